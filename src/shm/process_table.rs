//! The process table: taking, entering and giving back its entries.

use std::sync::atomic::Ordering;

use super::error::ShmError;
use super::layout::{MAX_PROCESSES, PROCESSES_START, ROW};
use super::offset::{peek, poke};
use super::process_entry::{Birth, ENDED, FREE, ProcessEntry, RESERVED, RUNNING};
use super::process_id::{ExitKind, Leaver, ProcessId};
use super::session::Session;
use super::step::step;
use super::thread_slot::Thread;
use crate::sys::clock::since_boot;
use crate::sys::identity;

impl Thread<'_> {
    /// Takes a free entry for a child of `parent`.
    pub(super) fn reserve_entry(
        self,
        parent: ProcessId,
        birth: &Birth<'_>,
        most: Option<u64>,
    ) -> Result<ProcessId, ShmError> {
        let segment = self.segment;
        let header = segment.header();
        self.transact(|arena| {
            if let Some(most) = most
                && segment.living_beside_the_first() >= most
            {
                return Err(ShmError::Crowded { most });
            }
            let rows = segment.process_rows();
            let first = peek(&header.next_process) % rows;
            let free = (0..rows)
                .map(|step| ((first + step) % rows) as u32)
                .find(|row| peek(&segment.process_entry(*row).state) == FREE);
            let row = match free {
                Some(row) => row,
                None if rows < MAX_PROCESSES => {
                    arena.grow_table(&header.process_rows, PROCESSES_START, ROW)?;
                    rows as u32
                }
                None => return Err(ShmError::TooManyProcesses),
            };
            let entry = segment.process_entry(row);
            let generation = (peek(&entry.generation) as u32).wrapping_add(1).max(1);
            arena.set(&entry.generation, u64::from(generation));
            for word in [
                &entry.pid,
                &entry.entered,
                &entry.main_thread,
                &entry.hands_lost,
                &entry.host_hand,
                &entry.handle,
                &entry.answers,
            ] {
                poke(word, 0);
            }
            // Its main thread, which is about to run.
            poke(&entry.hands, 1);
            entry.set_name(birth.name);
            poke(&entry.daemon, u64::from(birth.daemon));
            poke(&entry.parent, parent.pack());
            step();
            arena.set(&entry.state, RESERVED);
            arena.set(&header.next_process, u64::from(row) + 1);
            Ok(ProcessId { row, generation })
        })
    }

    /// Makes the reserved entry this process's own.
    pub(super) fn enter_entry(self, process: ProcessId) -> Result<(), ShmError> {
        let pid = identity::process_id();
        let entered = since_boot().as_nanos() as u64;
        self.transact(|arena| {
            let entry = self
                .segment
                .entry_of(process)
                .ok_or(ShmError::NoSuchProcess)?;
            if peek(&entry.state) != RESERVED {
                return Err(ShmError::NoSuchProcess);
            }
            arena.set(&entry.pid, u64::from(pid));
            arena.set(&entry.entered, entered);
            arena.set(&entry.main_thread, self.id);
            arena.set(&entry.state, RUNNING);
            Ok(())
        })
    }

    /// Keeps the process of a reserved entry from entering; false if it has entered.
    pub(super) fn refuse_entry(self, entry: &ProcessEntry) -> bool {
        let refused = self.transact(|arena| {
            let is_reserved = peek(&entry.state) == RESERVED;
            if is_reserved {
                arena.set(&entry.state, ENDED);
            }
            Ok(is_reserved)
        });
        refused.unwrap_or(false)
    }
}

impl Session {
    /// Gives back what a process holds that is gone or leaving; its entry stays for its parent.
    pub(super) fn end_entry(&self, thread: Thread<'_>, entry: &ProcessEntry, leaver: Leaver) {
        self.release_all(thread, entry, leaver);
        if matches!(peek(&entry.state), RESERVED | RUNNING) {
            self.segment().count_end();
            if leaver.exit != ExitKind::Finished {
                let failed = &self.segment().header().last_to_fail;
                poke(failed, leaver.process.pack());
            }
        }
        thread.free_from(&entry.payload);
        entry.state.store(ENDED, Ordering::Release);
        step();
    }

    /// Gives back everything, and the entry itself.
    pub(super) fn free_entry(&self, thread: Thread<'_>, entry: &ProcessEntry, process: ProcessId) {
        let exit = ExitKind::Died;
        self.end_entry(thread, entry, Leaver { process, exit });
        thread.free_from(&entry.report);
        entry.state.store(FREE, Ordering::Release);
        step();
    }
}
