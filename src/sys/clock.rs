//! The monotonic clock, and deadlines of waits.

use std::time::Duration;

use rustix::time::{ClockId, Timespec, clock_gettime};

/// The longest that a wait sleeps before it looks around again: for a stop that came just before the sleep or to another thread, for
/// the death of a process, for a wake-up that was lost with a process that was killed.
pub(crate) const HEARTBEAT: Duration = Duration::from_millis(50);

/// [`HEARTBEAT`] in nanoseconds.
pub(crate) const HEARTBEAT_NS: u64 = HEARTBEAT.as_nanos() as u64;

/// Returns how long a wait sleeps at a time when this much time is left; `None` is for ever.
pub(crate) fn slice(left: Option<Duration>) -> Duration {
    left.map_or(HEARTBEAT, |left| left.min(HEARTBEAT))
}

const NANOSECONDS_PER_SECOND: u64 = 1_000_000_000;

/// Nanoseconds since an arbitrary point in the past, the same for every process on this machine.
///
/// `clock_gettime(CLOCK_MONOTONIC)`; it does not count the time the machine was suspended.
#[inline]
pub(crate) fn now_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    (now.tv_sec as u64) * NANOSECONDS_PER_SECOND + now.tv_nsec as u64
}

/// Returns the time since the machine was started, including the time it was suspended.
pub(crate) fn since_boot() -> Duration {
    let now = clock_gettime(ClockId::Boottime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// The latest moment at which a blocking operation gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline(u64);

impl Deadline {
    /// Wait for ever.
    pub(crate) const NEVER: Deadline = Deadline(u64::MAX);

    /// Do not wait: the operation succeeds at once or not at all.
    pub(crate) const NOW: Deadline = Deadline(0);

    /// Waits at most this long from now.
    pub(crate) fn after(duration: Duration) -> Deadline {
        let ns = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        // A sum that overflows is centuries ahead, which means never.
        Deadline(now_ns().saturating_add(ns))
    }

    /// Waits until this reading of [`now_ns`].
    pub(crate) fn at_ns(ns: u64) -> Deadline {
        Deadline(ns)
    }

    /// Returns the reading of [`now_ns`] at which the wait ends; `u64::MAX` for [`Deadline::NEVER`].
    pub(crate) fn as_ns(self) -> u64 {
        self.0
    }

    /// Returns whether this is [`Deadline::NEVER`].
    pub(crate) fn is_never(self) -> bool {
        self == Deadline::NEVER
    }

    /// Returns whether this is [`Deadline::NOW`]: the caller polls.
    pub(crate) fn is_now(self) -> bool {
        self == Deadline::NOW
    }

    /// Returns whether the clock, read as `now_ns`, has reached the deadline.
    pub(crate) fn passed(self, now_ns: u64) -> bool {
        self.0 <= now_ns
    }

    /// Returns the earlier of the deadline and `ns` nanoseconds after `now_ns`.
    pub(crate) fn within(self, now_ns: u64, ns: u64) -> Deadline {
        self.min(Deadline(now_ns.saturating_add(ns)))
    }

    /// Returns the earlier of the deadline and the next [`HEARTBEAT`] after `now_ns`.
    pub(crate) fn or_heartbeat(self, now_ns: u64) -> Deadline {
        self.within(now_ns, HEARTBEAT_NS)
    }

    /// Returns the time until then; `None` for ever.
    pub(crate) fn left(self) -> Option<Duration> {
        let left = || Duration::from_nanos(self.0.saturating_sub(now_ns()));
        (!self.is_never()).then(|| {
            if self.is_now() {
                Duration::ZERO
            } else {
                left()
            }
        })
    }

    /// Converts it for the kernel: `None` for "never".
    pub(super) fn timespec(self) -> Option<Timespec> {
        (!self.is_never()).then_some(Timespec {
            tv_sec: (self.0 / NANOSECONDS_PER_SECOND) as i64,
            tv_nsec: (self.0 % NANOSECONDS_PER_SECOND) as _,
        })
    }
}
