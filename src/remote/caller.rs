//! Whoever waits for an answer of a server.

use std::time::{Duration, Instant};

use crate::sys::clock::HEARTBEAT;

/// Whoever waits.
pub(crate) trait Caller {
    /// Returns whether the wait has to end now: the script is asked to stop, its time is up, a function for a signal threw.
    fn has_to_stop(&self) -> bool;

    /// Tells the user something that the operation does not end with.
    fn tell(&self, text: &str);
}

/// Nobody: a wait that is never asked to end, and has nobody to tell. For requests that end within seconds by themselves.
pub(super) struct Nobody;

impl Caller for Nobody {
    fn has_to_stop(&self) -> bool {
        false
    }

    fn tell(&self, _text: &str) {}
}

/// Sleeps for this long. Returns false if the caller has to stop before.
pub(super) fn sleep(caller: &dyn Caller, time: Duration) -> bool {
    let end = Instant::now() + time;
    loop {
        if caller.has_to_stop() {
            return false;
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        std::thread::sleep(left.min(HEARTBEAT));
    }
}
