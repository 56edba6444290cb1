//! How much work loops do in this thread, counted in nodes of the tree.

use std::cell::Cell;

thread_local! {
    static DONE: Cell<u64> = const { Cell::new(0) };
    static ENTRIES: Cell<u64> = const { Cell::new(0) };
}

/// Returns the work of all loops so far.
pub(super) fn done() -> u64 {
    DONE.get()
}

/// Notes work.
pub(super) fn add(work: u64) {
    DONE.set(DONE.get().saturating_add(work));
}

/// Returns how often compiled code has been entered.
pub(super) fn entries() -> u64 {
    ENTRIES.get()
}

/// Notes that compiled code is entered.
pub(super) fn enter() {
    ENTRIES.set(ENTRIES.get().wrapping_add(1));
}
