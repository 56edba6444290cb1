//! Where threads are that do not wait: each notes its line when a report is made, and only then, so that it costs nothing otherwise.
//!
//! Whoever makes a report asks the other processes by a SIGQUIT with a mark (`sys/signal.rs`), which those that answer it say in their entries.

use std::sync::atomic::Ordering;

use super::call_site::CallSite;
use super::offset::{peek, poke};
use super::process_entry::ProcessState;
use super::process_id::ProcessId;
use super::session::Session;
use super::thread_slot::Thread;
use super::waiting::ThreadInfo;
use crate::sys::clock::now_ns;

impl Thread<'_> {
    /// Notes that this thread is at this line now.
    pub(crate) fn note_place(self, site: CallSite) {
        poke(&self.slot.place_site, site.word());
        self.slot.place_since.store(now_ns(), Ordering::Release);
    }
}

impl ThreadInfo {
    /// Returns whether the thread has neither waited nor noted its line since `since_ns`.
    fn owes_place(&self, since_ns: u64) -> bool {
        self.wait.is_none() && self.placed_ns < since_ns
    }
}

impl Session {
    /// Sets whether SIGQUIT asks this process for the lines of its threads, and is no signal of its script.
    pub(crate) fn set_answers(&self, answers: bool) {
        if let Ok(entry) = self.my_entry() {
            poke(&entry.answers, u64::from(answers));
        }
    }

    /// Returns the other processes that can be asked for the lines of their threads, and have threads that do not wait; with their numbers in the system.
    pub(crate) fn members_that_compute(&self) -> Vec<(ProcessId, u32)> {
        let segment = self.segment();
        let threads = segment.threads();
        let computes = |id: ProcessId| {
            let mut of_it = threads.iter().filter(|thread| thread.process == id);
            of_it.any(|thread| thread.wait.is_none())
        };
        let answers = |id: ProcessId| {
            let entry = segment.entry_of(id);
            entry.is_some_and(|entry| peek(&entry.answers) != 0)
        };
        let processes = segment.processes().into_iter();
        let others = processes.filter(|process| {
            process.id != self.me()
                && process.state == ProcessState::Running
                && answers(process.id)
                && computes(process.id)
        });
        others.map(|process| (process.id, process.pid)).collect()
    }

    /// Returns whether a thread of these processes, or another one of this process, has not noted its line since `since_ns`.
    pub(crate) fn awaits_places(&self, asked: &[(ProcessId, u32)], since_ns: u64) -> bool {
        let me = self.thread().map_or(0, |thread| thread.row());
        let mine = |thread: &ThreadInfo| thread.process == self.me() && thread.row != me;
        let of_asked =
            |thread: &ThreadInfo| asked.iter().any(|(process, _)| *process == thread.process);
        let threads = self.segment().threads();
        let mut threads = threads.iter();
        threads.any(|thread| thread.owes_place(since_ns) && (mine(thread) || of_asked(thread)))
    }
}
