//! How much work loops do in this thread, counted in nodes of the tree.

use std::cell::Cell;

thread_local! {
    static DONE: Cell<u64> = const { Cell::new(0) };
}

/// Returns the work of all loops so far.
pub(super) fn done() -> u64 {
    DONE.get()
}

/// Notes work.
pub(super) fn add(work: u64) {
    DONE.set(DONE.get().saturating_add(work));
}
