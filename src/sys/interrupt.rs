//! Signals that have arrived: the one that asked this process to stop, and those that a script handles. A handler
//! notes them, and every wait checks them. Also sleeping until a signal arrives.

use std::io;
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};

use super::clock::{Deadline, now_ns};
use super::{futex, identity};

/// Repeats a system call that a signal has broken off.
pub(crate) fn unless_interrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            result => return result,
        }
    }
}

/// The signal number; 0 if there is no request.
static REQUESTED: AtomicI32 = AtomicI32::new(0);

/// Records that this signal asked the process to stop. Safe to call from a signal handler.
///
/// Ctrl-C does not replace another request, because it may ask for less.
pub(crate) fn request(signal: i32) {
    if signal == libc::SIGINT {
        let _ = REQUESTED.compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst);
    } else {
        REQUESTED.store(signal, Ordering::SeqCst);
    }
    alert();
}

/// The ID of the only thread that requests are for; 0 if they are for all threads.
static ADDRESSEE: AtomicU32 = AtomicU32::new(0);

/// Makes the calling thread the only one that gets requests.
pub(crate) fn address_to_me() {
    ADDRESSEE.store(identity::thread_id(), Ordering::SeqCst);
    alert();
}

/// Makes all threads get requests, as at the start.
pub(crate) fn address_to_all() {
    ADDRESSEE.store(0, Ordering::SeqCst);
    alert();
}

/// Returns the number of the signal that asked the calling thread to stop, or 0.
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

/// Clears the request.
pub(crate) fn clear() {
    REQUESTED.store(0, Ordering::SeqCst);
}

/// Returns whether a request is pending.
#[inline]
pub(crate) fn pending() -> bool {
    requested() != 0
}

/// Signals that have arrived and that a script handles: bit n for signal n.
static CAUGHT: AtomicU64 = AtomicU64::new(0);

/// Records a signal that a script handles. Safe to call from a signal handler.
pub(crate) fn catch(signal: i32) {
    CAUGHT.fetch_or(1 << (signal & 63), Ordering::SeqCst);
    alert();
}

/// What [`take_caught`] takes for [`announce`]: no signal has this number.
pub(crate) const NEWS: i32 = 0;

/// What [`take_caught`] takes for a request to report what the program does. The C library keeps the signal of this number to itself.
pub(crate) const REPORT: i32 = 32;

/// What [`take_caught`] takes for a request that all threads say where they are. It is there for a while, for all of them to see. The C
/// library keeps the signal of this number to itself, too.
pub(crate) const PLACES: i32 = 33;

/// When the threads of this process were last asked where they are, in nanoseconds of the monotonic clock.
static PLACES_ASKED: AtomicU64 = AtomicU64::new(0);

/// Asks all threads of this process to say where they are. Safe to call from a signal handler.
pub(crate) fn ask_for_places() {
    PLACES_ASKED.store(now_ns(), Ordering::SeqCst);
    catch(PLACES);
}

/// Returns when [`ask_for_places`] was last called, in nanoseconds of the monotonic clock.
pub(crate) fn places_asked() -> u64 {
    PLACES_ASKED.load(Ordering::SeqCst)
}

/// Takes the request of that time back, and none that has come since.
pub(crate) fn forget_places(asked: u64) {
    take_caught(PLACES);
    if places_asked() != asked {
        catch(PLACES);
    }
}

/// The signals that scripts may handle.
pub(crate) const SIGNALS: std::ops::Range<i32> = 1..64;

/// Records that something has come that the script handles at its next step, as if a signal had.
pub(crate) fn announce() {
    catch(NEWS);
}

/// Returns whether a signal is pending for a script's handler.
#[inline]
pub(crate) fn caught_any() -> bool {
    CAUGHT.load(Ordering::Relaxed) != 0
}

/// Returns whether this signal is pending for a script's handler.
pub(crate) fn is_caught(signal: i32) -> bool {
    CAUGHT.load(Ordering::Relaxed) & 1 << (signal & 63) != 0
}

/// Returns whether this signal was pending for a script's handler, and clears it.
pub(crate) fn take_caught(signal: i32) -> bool {
    let bit = 1 << (signal & 63);
    CAUGHT.fetch_and(!bit, Ordering::SeqCst) & bit != 0
}

/// Clears the signals that are pending for a script's handlers.
pub(crate) fn forget_caught() {
    CAUGHT.store(0, Ordering::SeqCst);
}

/// Counts the events that sleepers and running scripts must check.
static ALERTS: AtomicU32 = AtomicU32::new(0);

/// Wakes every thread that sleeps until the next event. Safe to call from a signal handler.
pub(crate) fn alert() {
    ALERTS.fetch_add(1, Ordering::SeqCst);
    futex::wake(&ALERTS, u32::MAX);
}

/// Must be read before checking for events, for the sleep afterwards, or to know that nothing has happened since that check.
#[inline]
pub(crate) fn alerts() -> u32 {
    ALERTS.load(Ordering::SeqCst)
}

/// Sleeps until an event that happened after `alerts` was read, at most until `until`.
pub(crate) fn sleep(alerts: u32, until: Deadline) {
    futex::wait(&ALERTS, alerts, until);
}

/// The word that [`alerts`] reads, for compiled code that looks at it without a call.
#[cfg(feature = "compile")]
pub(crate) fn alerts_word() -> *const u32 {
    ALERTS.as_ptr()
}
