//! Cleaning up after the dead: their critical sections, their messages in flight, their references, their entries.
//!
//! Every step is a transaction or can be done twice, so a sweeper that is killed leaves the rest to the next one. Only one sweeps at
//! a time, under the sweeper's latch; nobody waits long for one that is suspended.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::error::ShmError;
use super::latch::{Latched, Patience, Predecessor};
use super::offset::{Offset, peek, poke};
use super::process_entry::{ENDED, FREE, ProcessEntry, RESERVED, RUNNING};
use super::process_id::{ExitKind, Leaver, ProcessId};
use super::session::Session;
use super::step::step;
use super::thread_slot::{Thread, ThreadSlot, slot_thread_exists};
use crate::sys::clock::Deadline;
use crate::sys::robust::LifeWord;

/// How long to wait for another sweeper: it may be suspended. Whatever is not done then is left to the next sweep.
const PATIENCE: Duration = Duration::from_millis(20);

impl Session {
    /// Finishes what dead threads and processes left behind. Can be called at any time by anybody.
    pub(crate) fn sweep(&self) -> Result<(), ShmError> {
        self.sweep_as(self.thread()?);
        Ok(())
    }

    /// Returns the life words of the session's other processes, to sleep on; at most `most`.
    pub(crate) fn other_lives(&self, most: usize) -> Vec<&LifeWord> {
        let segment = self.segment();
        let me = self.me();
        (0..segment.process_rows() as u32)
            .filter(|row| *row != me.row)
            .filter_map(|row| {
                let entry = segment.process_entry(row);
                let running = entry.state.load(Ordering::Acquire) == RUNNING;
                let generation = entry.generation.load(Ordering::Acquire) as u32;
                running
                    .then(|| segment.main_life(ProcessId { row, generation }))
                    .flatten()
            })
            .take(most)
            .collect()
    }

    pub(super) fn sweep_as(&self, thread: Thread<'_>) {
        self.sweep_within(thread, Deadline::after(PATIENCE));
    }

    /// Sweeps if a process has died and nobody has swept it or is sweeping now, and destroys what waits to be destroyed. A wait does
    /// this at each heartbeat, because that death or end may be what it waits for.
    pub(crate) fn sweep_the_dead(&self, thread: Thread<'_>) {
        let segment = self.segment();
        if (0..segment.process_rows() as u32).any(|row| segment.died_unswept(row)) {
            self.sweep_within(thread, Deadline::NOW);
        } else {
            self.destroy_unreferenced(thread);
        }
    }

    fn sweep_within(&self, thread: Thread<'_>, deadline: Deadline) {
        if let Some(_sweeper) = become_sweeper(thread, deadline) {
            self.sweep_threads(thread);
            self.sweep_processes(thread);
        }
        self.destroy_unreferenced(thread);
    }

    /// Cleans up after a reaped child: finishes what it left, releases what it held, frees its entry.
    pub(crate) fn child_ended(&self, child: ProcessId) -> Result<(), ShmError> {
        self.discard_entry(child)
    }

    /// Cleans up after a child that could not be started: releases what it was granted, frees its entry.
    pub(crate) fn cancel_child(&self, child: ProcessId) -> Result<(), ShmError> {
        self.discard_entry(child)
    }

    fn discard_entry(&self, child: ProcessId) -> Result<(), ShmError> {
        let thread = self.thread()?;
        let entry = self.segment().used_entry_of(child)?;
        // From now on any sweep may free the entry, if this one is kept from it.
        entry
            .parent
            .store(ProcessId::NONE.pack(), Ordering::Release);
        step();
        if let Some(_sweeper) = become_sweeper(thread, Deadline::after(PATIENCE)) {
            self.sweep_threads(thread);
            let still_its = self.segment().entry_of(child).is_some();
            if still_its && peek(&entry.state) != FREE {
                self.free_entry(thread, entry, child);
            }
            self.sweep_processes(thread);
        }
        self.destroy_unreferenced(thread);
        Ok(())
    }

    fn sweep_threads(&self, thread: Thread<'_>) {
        for row in 0..self.segment().thread_rows() {
            let slot = self.segment().thread_slot(row);
            if slot.claim.load(Ordering::Acquire) != 0 {
                self.sweep_thread(thread, slot);
            }
        }
    }

    fn sweep_thread(&self, thread: Thread<'_>, slot: &ThreadSlot) {
        let claim = slot.claim.load(Ordering::Acquire);
        let life = slot.life.load();
        if life == 0 {
            // Being registered or given back right now, or its owner (or its sweeper) died in between: then it holds nothing.
            if claim != 0 && !slot_thread_exists(slot) {
                let _ = slot
                    .claim
                    .compare_exchange(claim, 0, Ordering::AcqRel, Ordering::Relaxed);
                step();
            }
            return;
        }
        if !slot.life.is_dead() && (peek(&slot.unmarked) == 0 || slot_thread_exists(slot)) {
            return;
        }
        thread.settle_arena();
        for word in [&slot.holding, &slot.line] {
            let object = Offset(peek(word));
            if let Some(known) = self
                .segment()
                .kind_of_listed(object)
                .and_then(|kind| self.operations(kind))
            {
                (known.settle)(self, thread, object);
            }
            poke(word, 0);
            step();
        }
        thread.discard_in_flight(slot);
        thread.return_unreferenced(slot);
        slot.life.clear();
        step();
        slot.claim.store(0, Ordering::Release);
        step();
    }

    fn sweep_processes(&self, thread: Thread<'_>) {
        for row in 0..self.segment().process_rows() as u32 {
            let entry = self.segment().process_entry(row);
            let generation = entry.generation.load(Ordering::Acquire) as u32;
            let process = ProcessId { row, generation };
            match entry.state.load(Ordering::Acquire) {
                RUNNING if self.segment().process_is_gone(process) => {
                    let exit = ExitKind::Died;
                    self.end_entry(thread, entry, Leaver { process, exit });
                    self.free_orphan(thread, entry, process);
                }
                RESERVED if self.segment().ended_before_entering(entry) => {
                    let exit = ExitKind::Died;
                    self.end_entry(thread, entry, Leaver { process, exit });
                    self.free_orphan(thread, entry, process);
                }
                ENDED | RESERVED => self.free_orphan(thread, entry, process),
                _ => {}
            }
        }
    }

    /// Frees an entry whose process is gone, or never came, when nobody is left who could ask about it, and nothing that its parent
    /// was doing with what the entry holds is left half done.
    fn free_orphan(&self, thread: Thread<'_>, entry: &ProcessEntry, process: ProcessId) {
        let parent = ProcessId::unpack(peek(&entry.parent));
        if !parent.is_none() && !self.segment().process_is_gone(parent) {
            return;
        }
        let is_over = match entry.state.load(Ordering::Acquire) {
            RESERVED => !self.segment().may_still_enter(entry) && thread.refuse_entry(entry),
            state => state == ENDED,
        };
        if is_over {
            self.free_entry(thread, entry, process);
        }
    }
}

fn become_sweeper(thread: Thread<'_>, deadline: Deadline) -> Option<Latched<'_>> {
    let patience = Patience {
        deadline,
        grace_ns: 0,
        stop: None,
    };
    let (sweeper, predecessor) = thread
        .segment
        .header()
        .sweeper
        .acquire(thread, patience)
        .ok()?;
    if predecessor == Predecessor::Died {
        thread.settle_arena();
    }
    Some(sweeper)
}
