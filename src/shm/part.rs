//! Waits that are parts of others, which are recorded as a whole.

use std::cell::Cell;

thread_local! {
    /// The thread waits for a part of what it has recorded.
    static IS_PART: Cell<bool> = const { Cell::new(false) };
}

/// Runs a wait that is a part of one that has been recorded, and is not recorded itself.
pub(crate) fn as_part<T>(wait: impl FnOnce() -> T) -> T {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            IS_PART.set(self.0);
        }
    }
    let _restore = Restore(IS_PART.replace(true));
    wait()
}

/// Returns whether the thread is in such a part.
pub(super) fn is_part() -> bool {
    IS_PART.get()
}
