//! How long the tasks of a batch take in a worker process.

use crate::sys::clock::now_ns;

/// A batch is timed task by task only if its first task takes this long, in nanoseconds: reading the clock takes time too.
const TIMED: u64 = 10_000;

/// How long the tasks of a batch took.
pub(super) struct Times {
    /// When a message was last sent.
    counted: u64,
    /// When the last task ended.
    before: u64,
    /// The place of the slowest task, and how long it took.
    pub slowest: (u32, u64),
    are_taken: bool,
}

impl Times {
    pub(super) fn begin() -> Self {
        let now = now_ns();
        Self {
            counted: now,
            before: now,
            slowest: (0, 0),
            are_taken: true,
        }
    }

    /// Notes the end of the task at `index`.
    #[inline]
    pub(super) fn note(&mut self, index: usize, is_only: bool) {
        if !self.are_taken {
            return;
        }
        let now = now_ns();
        let took = now - std::mem::replace(&mut self.before, now);
        if took > self.slowest.1 {
            self.slowest = (u32::try_from(index).unwrap_or(u32::MAX), took);
        }
        self.are_taken = took >= TIMED || is_only;
    }

    /// Returns the time since a message was last sent, in nanoseconds.
    pub(super) fn lap(&mut self) -> u64 {
        let now = now_ns();
        now - std::mem::replace(&mut self.counted, now)
    }
}
