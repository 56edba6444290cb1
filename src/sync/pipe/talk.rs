//! How long to look for an answer before sleeping: as long as the other side's answers are worth it.
//!
//! A script's answer takes some microseconds, a sleep and a wake-up several times that. But on a machine with more to do than it has
//! processors the other side does not run while we look.

use std::sync::atomic::{AtomicU32, Ordering};

/// How long a script takes to answer a message, generously.
const ANSWER_NS: u64 = 12_000;

/// The number of late answers in a row after which it stops spinning.
const MISSES_MAX: u32 = 4;

/// How often to try again after that.
const TRY_AGAIN: u32 = 64;

/// How well looking has gone of late.
#[derive(Debug, Default)]
pub(super) struct Talk {
    misses: AtomicU32,
}

impl Talk {
    pub(super) fn spin_ns(&self) -> u64 {
        let misses = self.misses.load(Ordering::Relaxed);
        if misses < MISSES_MAX || misses.is_multiple_of(TRY_AGAIN) {
            ANSWER_NS
        } else {
            0
        }
    }

    /// Records whether the answer arrived in time.
    pub(super) fn note(&self, in_time: bool) {
        // Approximate where threads share the end.
        let misses = self.misses.load(Ordering::Relaxed);
        let misses = if in_time { 0 } else { misses.wrapping_add(1) };
        self.misses.store(misses, Ordering::Relaxed);
    }
}
