//! The signal that asked this process to stop: noted by a handler, read by every wait.

use std::sync::atomic::{AtomicI32, Ordering};

/// The signal's number; 0 while nobody has asked.
static REQUESTED: AtomicI32 = AtomicI32::new(0);

/// Record that this signal asked the process to stop. Safe to call from a signal handler.
pub(crate) fn request(signal: i32) {
    REQUESTED.store(signal, Ordering::SeqCst);
}

/// The number of the signal that asked, 0 if none has.
pub(crate) fn requested() -> i32 {
    REQUESTED.load(Ordering::Relaxed)
}

/// Forget the request.
pub(crate) fn clear() {
    REQUESTED.store(0, Ordering::SeqCst);
}

/// Whether a request waits to be noticed.
#[inline]
pub(crate) fn pending() -> bool {
    requested() != 0
}
