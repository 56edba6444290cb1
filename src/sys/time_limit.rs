//! A time limit that the kernel enforces: the process is killed when it is over, whatever it is doing then.
//!
//! `timer_create(2)` with SIGKILL as its signal. The timer is not inherited by children.

use std::fmt;
use std::io;
use std::time::Duration;

use nix::sys::signal::{SigEvent, SigevNotify, Signal};
use nix::sys::timer::{Expiration, Timer, TimerSetTimeFlags};
use nix::time::ClockId;

/// A time limit of this process.
pub(crate) struct TimeLimit(Timer);

impl TimeLimit {
    /// Creates a limit that is not set.
    ///
    /// # Errors
    /// The system has no timer left.
    pub(crate) fn new() -> io::Result<Self> {
        let event = SigEvent::new(SigevNotify::SigevSignal {
            signal: Signal::SIGKILL,
            si_value: 0,
        });
        Ok(Self(Timer::new(ClockId::CLOCK_MONOTONIC, event)?))
    }

    /// Kills this process after this time, unless the limit is set anew or cleared before.
    ///
    /// # Errors
    /// The system does not take the time.
    pub(crate) fn set(&mut self, limit: Duration) -> io::Result<()> {
        // None at all would clear the limit.
        let limit = limit.max(Duration::from_nanos(1));
        let expiration = Expiration::OneShot(limit.into());
        Ok(self.0.set(expiration, TimerSetTimeFlags::empty())?)
    }

    /// Clears the limit.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        let never = Expiration::OneShot(Duration::ZERO.into());
        Ok(self.0.set(never, TimerSetTimeFlags::empty())?)
    }
}

impl fmt::Debug for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeLimit").finish_non_exhaustive()
    }
}
