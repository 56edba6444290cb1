//! A time limit that the kernel enforces: the process ends when it is over, whatever it is doing then.
//!
//! `timer_create(2)` with SIGVTALRM, which ends a process and which nobody else sends; and, for a process that is stopped or has changed
//! what that signal does, SIGKILL a moment later. Timers are not inherited by children.

use std::fmt;
use std::io;
use std::time::Duration;

use nix::sys::signal::{SigEvent, SigevNotify, Signal};
use nix::sys::timer::{Expiration, Timer, TimerSetTimeFlags};
use nix::time::ClockId;

use super::signal;

/// How much later the process is killed that SIGVTALRM has not ended.
const LATER: Duration = Duration::from_secs(1);

/// A time limit of this process.
pub(crate) struct TimeLimit {
    ends: Timer,
    kills: Timer,
}

impl TimeLimit {
    /// The exit code of a process whose time was over, as Python counts.
    pub(crate) const EXITCODE: i64 = -(Signal::SIGVTALRM as i64);

    /// Creates a limit that is not set.
    ///
    /// # Errors
    /// The system has no timer left.
    pub(crate) fn new() -> io::Result<Self> {
        signal::default(Signal::SIGVTALRM)?;
        let timer = |signal| {
            let notify = SigevNotify::SigevSignal {
                signal,
                si_value: 0,
            };
            Timer::new(ClockId::CLOCK_MONOTONIC, SigEvent::new(notify))
        };
        Ok(Self {
            ends: timer(Signal::SIGVTALRM)?,
            kills: timer(Signal::SIGKILL)?,
        })
    }

    /// Ends this process after this time, unless the limit is set anew or cleared before.
    ///
    /// # Errors
    /// The system does not take the time.
    pub(crate) fn set(&mut self, limit: Duration) -> io::Result<()> {
        // None at all would clear the limit.
        let limit = limit.max(Duration::from_nanos(1));
        self.set_both(limit, limit.saturating_add(LATER))
    }

    /// Clears the limit.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        self.set_both(Duration::ZERO, Duration::ZERO)
    }

    fn set_both(&mut self, ends: Duration, kills: Duration) -> io::Result<()> {
        let flags = TimerSetTimeFlags::empty();
        self.kills.set(Expiration::OneShot(kills.into()), flags)?;
        Ok(self.ends.set(Expiration::OneShot(ends.into()), flags)?)
    }
}

impl fmt::Debug for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeLimit").finish_non_exhaustive()
    }
}
