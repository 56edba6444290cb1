//! Signals that have come: the one that asked this process to stop, and those a script handles. Noted by a handler, read by every
//! wait. And sleeping until one comes.

use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};

use super::clock::Deadline;
use super::{futex, identity};

/// The signal's number; 0 while nobody has asked.
static REQUESTED: AtomicI32 = AtomicI32::new(0);

/// Record that this signal asked the process to stop. Safe to call from a signal handler.
///
/// Ctrl-C does not take the place of another that has come: it may ask for less.
pub(crate) fn request(signal: i32) {
    if signal == libc::SIGINT {
        let _ = REQUESTED.compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst);
    } else {
        REQUESTED.store(signal, Ordering::SeqCst);
    }
    alert();
}

/// The id of the only thread that requests are for; 0 while they are for all.
static ADDRESSEE: AtomicU32 = AtomicU32::new(0);

/// From now on requests are for the calling thread alone.
pub(crate) fn address_to_me() {
    ADDRESSEE.store(identity::thread_id(), Ordering::SeqCst);
}

/// From now on requests are for every thread, as at the beginning.
pub(crate) fn address_to_all() {
    ADDRESSEE.store(0, Ordering::SeqCst);
}

/// The number of the signal that asked the calling thread, 0 if none has.
#[inline]
pub(crate) fn requested() -> i32 {
    match REQUESTED.load(Ordering::Relaxed) {
        0 => 0,
        signal if is_for_me() => signal,
        _ => 0,
    }
}

#[cold]
fn is_for_me() -> bool {
    let addressee = ADDRESSEE.load(Ordering::Relaxed);
    addressee == 0 || addressee == identity::thread_id()
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

/// Signals that came and that a script handles: bit n for signal n.
static CAUGHT: AtomicU64 = AtomicU64::new(0);

/// Record that a signal came that a script handles. Safe to call from a signal handler.
pub(crate) fn catch(signal: i32) {
    CAUGHT.fetch_or(1 << (signal & 63), Ordering::SeqCst);
    alert();
}

/// Whether a signal waits for a script's handler.
#[inline]
pub(crate) fn caught_any() -> bool {
    CAUGHT.load(Ordering::Relaxed) != 0
}

/// Whether this signal waits for a script's handler; it does not any more.
pub(crate) fn take_caught(signal: i32) -> bool {
    let bit = 1 << (signal & 63);
    CAUGHT.fetch_and(!bit, Ordering::SeqCst) & bit != 0
}

/// How often something came that whoever sleeps has to look at.
static ALERTS: AtomicU32 = AtomicU32::new(0);

/// Wakes every thread that sleeps until something comes. Safe to call from a signal handler.
pub(crate) fn alert() {
    ALERTS.fetch_add(1, Ordering::SeqCst);
    futex::wake(&ALERTS, u32::MAX);
}

/// To be read before looking whether something has come, for the sleep after that.
pub(crate) fn alerts() -> u32 {
    ALERTS.load(Ordering::SeqCst)
}

/// Sleeps until something comes that had not when `alerts` was read, at the longest until `until`.
pub(crate) fn sleep(alerts: u32, until: Deadline) {
    futex::wait(&ALERTS, alerts, until);
}
