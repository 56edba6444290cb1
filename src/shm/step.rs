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
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use crate::sys::testing::{kill_myself, stop_myself};

    static REACHED: AtomicU64 = AtomicU64::new(0);
    static FATAL: AtomicU64 = AtomicU64::new(0);
    static STOPS: AtomicBool = AtomicBool::new(false);

    /// In a forked child: die when the `fatal`-th step from now is reached.
    pub(crate) fn arm(fatal: u64) {
        REACHED.store(0, Ordering::Relaxed);
        FATAL.store(fatal, Ordering::Relaxed);
    }

    /// In a forked child: be suspended when that step from now is reached.
    pub(crate) fn arm_stop(step: u64) {
        STOPS.store(true, Ordering::Relaxed);
        arm(step);
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
            if STOPS.load(Ordering::Relaxed) {
                return stop_myself();
            }
            kill_myself();
        }
    }
}
