//! One entry of the process table: who the process is, and whether it lives.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::error::ShmError;
use super::layout::{MAX_PROCESSES, PROCESSES_START, ROW};
use super::offset::{Offset, peek};
use super::process_id::ProcessId;
use super::process_name::ProcessName;
use super::segment::Segment;
use super::shared::shared_struct;
use crate::sys::identity;
use crate::sys::robust::LifeWord;

shared_struct! {
    /// The session's record of one process.
    pub(super) struct ProcessEntry {
        pub(super) state: AtomicU64,
        /// Counts the entry's owners: with the index it names a process for good.
        pub(super) generation: AtomicU64,
        pub(super) pid: AtomicU64,
        /// When the process entered, in nanoseconds since boot; with the pid it names a process of the system for good.
        pub(super) entered: AtomicU64,
        /// The process that reserved the entry.
        pub(super) parent: AtomicU64,
        /// The thread whose life word represents the process; 0 when it left and no other has stepped in.
        pub(super) main_thread: AtomicU64,
        pub(super) daemon: AtomicU64,
        /// First of the reference nodes the process holds.
        pub(super) references: AtomicU64,
        /// Block with the call carried to a spawned process.
        pub(super) payload: AtomicU64,
        /// Block with what the process left for its parent.
        pub(super) report: AtomicU64,
        name: ProcessName,
        /// How many threads may act for the process: its main one and those that scripts started.
        pub(super) hands: AtomicU64,
        /// The number of the loss when there was last one hand less.
        pub(super) hands_lost: AtomicU64,
        /// 1 once the host has objects of the session, or such as end processes.
        pub(super) host_hand: AtomicU64,
        /// The object that stands for the process, if one was created; it may be gone.
        pub(super) handle: AtomicU64,
        /// 1 while SIGQUIT makes the process report, or say where its threads are.
        pub(super) answers: AtomicU64,
        _rest: [AtomicU64; 8],
    }
}

const _: () = assert!(size_of::<ProcessEntry>() as u64 == ROW);

/// The entry may be reserved. Until then it describes its last process.
pub(super) const FREE: u64 = 0;
/// A parent is starting a child.
pub(super) const RESERVED: u64 = 1;
/// The process has entered.
pub(super) const RUNNING: u64 = 2;
/// The process is gone and has given everything back; its parent may still ask about it.
pub(super) const ENDED: u64 = 3;

/// The state of a process, as far as the session knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProcessState {
    /// Its parent is starting it.
    Starting,
    /// It has entered the session and lives.
    Running,
    /// It has ended, and its parent has not taken note of that yet.
    Ended,
}

/// One line of the process table.
#[derive(Clone, Debug)]
pub(crate) struct ProcessInfo {
    /// Its id in the session.
    pub(crate) id: ProcessId,
    /// Its id in the system; 0 until it is started.
    pub(crate) pid: u32,
    /// The process that started it; [`ProcessId::NONE`] for the first one.
    pub(crate) parent: ProcessId,
    /// The name it was given.
    pub(crate) name: String,
    /// Whether it ends with its parent.
    pub(crate) daemon: bool,
    /// Whether it lives.
    pub(crate) state: ProcessState,
}

/// The identity of a new child.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Birth<'a> {
    /// Its name; at most 64 bytes of it are kept.
    pub(crate) name: &'a str,
    /// Whether it ends with its parent.
    pub(crate) daemon: bool,
}

impl ProcessEntry {
    pub(super) fn set_name(&self, name: &str) {
        self.name.set(name);
    }

    pub(super) fn name(&self) -> String {
        self.name.get()
    }
}

impl Segment {
    pub(super) fn process_rows(&self) -> u64 {
        self.header()
            .process_rows
            .load(Ordering::Acquire)
            .min(MAX_PROCESSES)
            // Who maps the file as it is may see a table that has grown since.
            .min((self.length() - PROCESSES_START) / ROW)
    }

    pub(super) fn process_entry(&self, row: u32) -> &ProcessEntry {
        self.at(Offset(PROCESSES_START + u64::from(row) * ROW))
    }

    /// Returns the entry of a process, as long as it is that process's.
    pub(super) fn entry_of(&self, process: ProcessId) -> Option<&ProcessEntry> {
        if u64::from(process.row) >= self.process_rows() {
            return None;
        }
        let entry = self.process_entry(process.row);
        let same = entry.generation.load(Ordering::Acquire) == u64::from(process.generation);
        same.then_some(entry)
    }

    /// Returns the entry of a process that has not been given up yet.
    pub(super) fn used_entry_of(&self, process: ProcessId) -> Result<&ProcessEntry, ShmError> {
        self.entry_of(process)
            .filter(|entry| entry.state.load(Ordering::Acquire) != FREE)
            .ok_or(ShmError::NoSuchProcess)
    }

    /// Returns whether the process has ended, or has left the session. A zombie has ended; one that lost its first thread has not.
    pub(crate) fn process_is_dead(&self, process: ProcessId) -> bool {
        let Some(entry) = self.entry_of(process) else {
            return true;
        };
        if entry.state.load(Ordering::Acquire) != RUNNING {
            return true;
        }
        loop {
            let main = entry.main_thread.load(Ordering::SeqCst);
            if main == 0 {
                return !identity::process_is_alive(
                    peek(&entry.pid) as u32,
                    Duration::from_nanos(peek(&entry.entered)),
                );
            }
            if !self.thread_is_dead(main) {
                return false;
            }
            // A thread that leaves in order resigns before its row is cleared.
            if entry.main_thread.load(Ordering::SeqCst) == main {
                return true;
            }
        }
    }

    /// Returns whether the process is dead and all its threads have been swept, so that nothing it did is left half done.
    pub(super) fn process_is_gone(&self, process: ProcessId) -> bool {
        self.process_is_dead(process)
            && (0..self.thread_rows()).all(|row| {
                let slot = self.thread_slot(row);
                slot.claim.load(Ordering::Acquire) == 0 || peek(&slot.process) != process.pack()
            })
    }

    /// Returns whether the process of a row has died, and nobody has given back what it held.
    pub(super) fn died_unswept(&self, row: u32) -> bool {
        let entry = self.process_entry(row);
        let generation = entry.generation.load(Ordering::Acquire) as u32;
        let ran = entry.state.load(Ordering::Acquire) == RUNNING;
        ran && self.process_is_dead(ProcessId { row, generation })
            || self.ended_before_entering(entry)
    }

    /// Returns the id in the system and the name of a process; of one that has ended, as long as its entry has not been
    /// used again.
    pub(crate) fn describe(&self, process: ProcessId) -> Option<(u32, String)> {
        let entry = self.entry_of(process)?;
        let described = (peek(&entry.pid) as u32, entry.name());
        // It may have been used again just now.
        self.entry_of(process).map(|_| described)
    }

    /// Returns whether the process was started and has ended before it entered the session. As long as its parent lives, its number
    /// is its own, because reaping gives the entry up; an orphan's may be used again, and then the entry stays as long as the other.
    pub(super) fn ended_before_entering(&self, entry: &ProcessEntry) -> bool {
        let pid = peek(&entry.pid) as u32;
        let reserved = || entry.state.load(Ordering::Acquire) == RESERVED;
        reserved() && pid != 0 && !identity::process_runs(pid) && reserved()
    }

    /// Returns whether a process was started for this reserved entry, and runs: it enters even if its parent has been killed meanwhile.
    ///
    /// A living parent may be about to note the process that it has started, so this is certain only once the parent is gone.
    pub(super) fn may_still_enter(&self, entry: &ProcessEntry) -> bool {
        let given_up = ProcessId::unpack(peek(&entry.parent)).is_none();
        !given_up && peek(&entry.pid) != 0 && !self.ended_before_entering(entry)
    }

    /// Returns how many processes live or are being started, the session's first not counted.
    pub(super) fn living_beside_the_first(&self) -> u64 {
        let lives = |row: &u32| {
            let Some(info) = self.info(*row) else {
                return false;
            };
            let first = info.id.row == 0 && info.id.generation == 1;
            let is_over = match info.state {
                ProcessState::Starting => self.ended_before_entering(self.process_entry(*row)),
                ProcessState::Running => false,
                ProcessState::Ended => true,
            };
            !first && !is_over
        };
        (0..self.process_rows() as u32).filter(lives).count() as u64
    }

    /// Returns the life word that represents a process, to sleep on.
    pub(crate) fn main_life(&self, process: ProcessId) -> Option<&LifeWord> {
        let main = self.entry_of(process)?.main_thread.load(Ordering::SeqCst);
        let row = (main & 0x1fff).checked_sub(1)?;
        let slot = self.thread_slot(row);
        (peek(&slot.generation) == main >> 32).then_some(&slot.life)
    }

    /// Returns all processes of the session.
    pub(crate) fn processes(&self) -> Vec<ProcessInfo> {
        let rows = 0..self.process_rows() as u32;
        rows.filter_map(|row| self.info(row)).collect()
    }

    /// Returns a process of the session, also one that has ended but not been taken note of.
    pub(crate) fn process(&self, process: ProcessId) -> Option<ProcessInfo> {
        self.entry_of(process)?;
        self.info(process.row)
    }

    /// Returns where the object that stands for a process was put; it may be gone.
    pub(crate) fn handle_of_process(&self, process: ProcessId) -> Offset {
        let entry = self.entry_of(process);
        entry.map_or(Offset::NONE, |entry| {
            Offset(entry.handle.load(Ordering::Acquire))
        })
    }

    /// Notes the object that stands for a process, unless another than `known` was noted meanwhile. Returns whether it was noted.
    pub(crate) fn name_handle(
        &self,
        process: ProcessId,
        known: Offset,
        handle: Offset,
    ) -> Result<bool, ShmError> {
        let noted = &self.used_entry_of(process)?.handle;
        let noted = noted.compare_exchange(known.0, handle.0, Ordering::AcqRel, Ordering::Acquire);
        Ok(noted.is_ok())
    }

    /// Returns the objects that a process refers to, as far as they can be read while it lives on.
    pub(crate) fn objects_of(&self, process: ProcessId) -> Vec<Offset> {
        let entry = self.entry_of(process);
        entry.map_or_else(Vec::new, |entry| {
            self.listed(Offset(peek(&entry.references)))
        })
    }

    pub(super) fn info(&self, row: u32) -> Option<ProcessInfo> {
        let entry = self.process_entry(row);
        let generation = entry.generation.load(Ordering::Acquire) as u32;
        let id = ProcessId { row, generation };
        let state = match entry.state.load(Ordering::Acquire) {
            RESERVED => ProcessState::Starting,
            RUNNING if !self.process_is_dead(id) => ProcessState::Running,
            RUNNING | ENDED => ProcessState::Ended,
            _ => return None,
        };
        Some(ProcessInfo {
            id,
            pid: peek(&entry.pid) as u32,
            parent: ProcessId::unpack(peek(&entry.parent)),
            name: entry.name(),
            daemon: peek(&entry.daemon) != 0,
            state,
        })
    }
}
