//! Which process this is: pools belong to one, and its copies are others.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many forks there are between the first process and this one. Asking the kernel for a number takes longer than much of what a pool does.
static HERE: AtomicU64 = AtomicU64::new(0);

/// Notes that this process is a copy of the one that pools so far belong to.
pub(super) fn begin_process() {
    HERE.fetch_add(1, Ordering::Relaxed);
}

/// Returns a number that no process has which this one is a copy of.
pub(super) fn here() -> u64 {
    HERE.load(Ordering::Relaxed)
}
