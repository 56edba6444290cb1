//! The barrier in memory.

use std::sync::atomic::AtomicU64;

use super::Cause;
use crate::shm::{Latch, Latched, ObjectHeader, ProcessId, WaitLine, peek, shared_struct};

/// The phase of a barrier.
pub(super) mod phase {
    /// Parties come.
    pub(in super::super) const FILLING: u64 = 0;
    /// All have come; the last one runs the action.
    pub(in super::super) const ACTING: u64 = 1;
    /// Nobody passes until it is reset.
    pub(in super::super) const BROKEN: u64 = 2;
}

/// The answers to those in line.
pub(super) mod call {
    /// All have come.
    pub(in super::super) const PASS: u64 = 1;
    /// The round before is over: come in.
    pub(in super::super) const COME_IN: u64 = 2;
    /// The barrier broke, in the round whose number stands above the low byte.
    pub(in super::super) const BROKEN: u64 = 3;
}

/// Names that are kept.
const NAMES: usize = 4;

shared_struct! {
    pub(super) struct BarrierObject {
        header: ObjectHeader,
        pub(super) latch: Latch,
        pub(super) parties: AtomicU64,
        pub(super) phase: AtomicU64,
        /// Counts rounds, however they ended.
        pub(super) round: AtomicU64,
        /// How many have come in this round.
        pub(super) arrived: AtomicU64,
        /// Those of them who wait.
        pub(super) waiting: WaitLine,
        /// Those who came while the last of them was acting.
        pub(super) outside: WaitLine,
        /// Those who are to get `answer`.
        pub(super) leaving: WaitLine,
        pub(super) answer: AtomicU64,
        /// [`crate::shm::Thread::id`] and process of who runs the action.
        pub(super) actor: AtomicU64,
        pub(super) actor_process: AtomicU64,
        pub(super) expected: Expected,
        pub(super) broken: BrokenRound,
    }

    /// Who may still come. Processes that got the barrier when they were started are known; others are counted when they come.
    pub(super) struct Expected {
        /// How many processes are known.
        pub(super) known: AtomicU64,
        /// Of those, how many have not ended.
        pub(super) living: AtomicU64,
        /// Others who have come in this round.
        pub(super) others: AtomicU64,
        /// The most others there were in a round.
        pub(super) most_others: AtomicU64,
        /// Known processes that failed since the last round was completed, and how many of those had never come.
        pub(super) failed: AtomicU64,
        pub(super) never_came: AtomicU64,
        pub(super) names: Names,
    }

    /// How the barrier broke last.
    pub(super) struct BrokenRound {
        pub(super) round: AtomicU64,
        /// A [`Cause`].
        pub(super) cause: AtomicU64,
        pub(super) came: AtomicU64,
        pub(super) names: Names,
    }

    /// A list of processes that keeps the first few.
    pub(super) struct Names {
        count: AtomicU64,
        processes: [AtomicU64; NAMES],
    }
}

impl Names {
    pub(super) fn count(&self) -> u64 {
        peek(&self.count)
    }

    pub(super) fn kept(&self) -> Vec<ProcessId> {
        let kept = self.processes.iter().take(self.count() as usize);
        kept.map(|word| ProcessId::unpack(peek(word))).collect()
    }

    /// Inside a transaction: the list starts over.
    pub(super) fn set(&self, latched: &Latched<'_>, processes: &[ProcessId]) {
        for (word, process) in self.processes.iter().zip(processes) {
            latched.set(word, process.pack());
        }
        latched.set(&self.count, processes.len() as u64);
    }

    /// Inside a transaction: one more.
    pub(super) fn add(&self, latched: &Latched<'_>, process: ProcessId) {
        let count = self.count();
        if let Some(word) = self.processes.get(count as usize) {
            latched.set(word, process.pack());
        }
        latched.set(&self.count, count + 1);
    }
}

/// Causes by the number they are kept as.
const CAUSES: [Cause; 6] = [
    Cause::Quiet,
    Cause::TimedOut,
    Cause::Interrupted,
    Cause::Died,
    Cause::DiedActing,
    Cause::TooFew,
];

impl Cause {
    pub(super) fn number(self) -> u64 {
        CAUSES.iter().position(|cause| *cause == self).unwrap_or(0) as u64
    }

    pub(super) fn numbered(number: u64) -> Cause {
        CAUSES.get(number as usize).copied().unwrap_or(Cause::Quiet)
    }
}

#[cfg(test)]
impl BarrierObject {
    pub(super) fn audit(&self, segment: &crate::shm::Segment) {
        assert!(self.latch.is_at_rest());
        for line in [&self.waiting, &self.outside, &self.leaving] {
            assert!(line.is_whole(segment));
        }
        assert!(self.leaving.is_empty());
        let acting = peek(&self.phase) == phase::ACTING;
        assert!(acting || self.outside.is_empty());
        let waiting = self.waiting.members(segment).count() as u64;
        assert_eq!(peek(&self.arrived), waiting + u64::from(acting));
        assert!(peek(&self.expected.living) <= peek(&self.expected.known));
    }
}
