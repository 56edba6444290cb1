//! The wait of a timer before it calls its function.

use std::time::Duration;

use crate::stdlib::multiprocessing::synchronize::event::Event;
use crate::sync::Deadline;

/// The time a timer waits before it calls its function, and the event that ends the wait early.
#[derive(Debug, Clone)]
pub(crate) struct Delay {
    pub interval: Duration,
    /// Set when the timer was cancelled or has called its function.
    pub finished: Event,
}

impl Delay {
    /// Waits for the time to pass. Returns whether the function has to be called.
    pub(super) fn elapses(&self) -> bool {
        let deadline = Deadline::after(self.interval);
        matches!(
            self.finished.shared.wait(deadline),
            Err(crate::sync::WaitError::TimedOut)
        )
    }

    /// Ends the wait: the function is not called any more.
    pub(super) fn finish(&self) {
        // Without a session no thread waits for the event either.
        let _ = self.finished.shared.set();
    }
}
