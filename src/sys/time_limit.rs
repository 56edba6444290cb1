//! A time limit that the kernel enforces: the process ends when it is over, whatever it is doing then.
//!
//! `timer_create(2)` with SIGVTALRM, which ends a process and which nobody else sends. SIGCONT follows, because a process that is stopped meets
//! that signal only when it goes on, and SIGKILL for one that has changed what the signal does. Timers are not inherited by children.

use std::fmt;
use std::io;
use std::time::Duration;

use nix::sys::signal::{SigEvent, SigevNotify, Signal};
use nix::sys::timer::{Expiration, Timer, TimerSetTimeFlags};
use nix::time::ClockId;

use super::signal;

/// How much later a process is sent SIGCONT.
const SOON: Duration = Duration::from_millis(10);

/// How much later the process is killed that SIGVTALRM has not ended.
const LATER: Duration = Duration::from_secs(1);

/// A time limit of this process.
pub(crate) struct TimeLimit {
    ends: Timer,
    continues: Timer,
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
            continues: timer(Signal::SIGCONT)?,
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
        self.set_all(
            limit,
            limit.saturating_add(SOON),
            limit.saturating_add(LATER),
        )
    }

    /// Clears the limit.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        self.set_all(Duration::ZERO, Duration::ZERO, Duration::ZERO)
    }

    fn set_all(&mut self, ends: Duration, continues: Duration, kills: Duration) -> io::Result<()> {
        let set = |timer: &mut Timer, time: Duration| {
            timer.set(Expiration::OneShot(time.into()), TimerSetTimeFlags::empty())
        };
        set(&mut self.kills, kills)?;
        set(&mut self.continues, continues)?;
        Ok(set(&mut self.ends, ends)?)
    }
}

impl fmt::Debug for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeLimit").finish_non_exhaustive()
    }
}
