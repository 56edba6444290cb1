//! Named moments at which a test may kill the process: one after every store of every critical section.
//!
//! Outside the crate's own tests a step is nothing at all.

/// Marks a moment at which the process may die.
#[inline(always)]
pub(crate) fn step() {
    #[cfg(test)]
    points::reached();
}

/// The counter behind the steps of a test.
#[cfg(test)]
pub(crate) mod points {
    use std::sync::atomic::{AtomicU64, Ordering};

    use crate::sys::testing::kill_myself;

    static REACHED: AtomicU64 = AtomicU64::new(0);
    static FATAL: AtomicU64 = AtomicU64::new(0);

    /// In a forked child: die when the `fatal`-th step from now is reached.
    pub(crate) fn arm(fatal: u64) {
        REACHED.store(0, Ordering::Relaxed);
        FATAL.store(fatal, Ordering::Relaxed);
    }

    /// Steps are harmless again.
    pub(crate) fn disarm() {
        FATAL.store(0, Ordering::Relaxed);
    }

    #[inline(always)]
    pub(super) fn reached() {
        if FATAL.load(Ordering::Relaxed) != 0 {
            count();
        }
    }

    #[cold]
    fn count() {
        let reached = REACHED.fetch_add(1, Ordering::SeqCst) + 1;
        if reached == FATAL.load(Ordering::Relaxed) {
            kill_myself();
        }
    }
}
