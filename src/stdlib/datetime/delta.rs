//! `timedelta`: the time between two moments, in microseconds.

use super::fields::{DAY, SECOND};
use crate::script::{Failure, raise};

/// The time between two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Delta(i128);

/// The most days.
const DAYS_MAX: i128 = 999_999_999;

impl Delta {
    pub(super) const RESOLUTION: Self = Self(1);
    pub(super) const MIN: Self = Self(-DAYS_MAX * DAY as i128);
    pub(super) const MAX: Self = Self((DAYS_MAX + 1) * DAY as i128 - 1);

    /// # Errors
    /// `OverflowError` for more days than Python has.
    pub(super) fn new(microseconds: i128) -> Result<Self, Failure> {
        let days = microseconds.div_euclid(DAY.into());
        if !(-DAYS_MAX..=DAYS_MAX).contains(&days) {
            let text = format!("days={days}; must have magnitude <= 999999999");
            return Err(raise("OverflowError", text));
        }
        Ok(Self(microseconds))
    }

    /// Returns a number of microseconds that is not too large.
    pub(super) fn of(microseconds: i64) -> Self {
        Self(microseconds.into())
    }

    /// # Errors
    /// `OverflowError` for more days than Python has.
    pub(super) fn of_float(microseconds: f64) -> Result<Self, Failure> {
        if microseconds.is_nan() {
            return Err(raise("ValueError", "cannot convert float NaN to integer"));
        }
        Self::new(microseconds.round_ties_even() as i128)
    }

    pub(super) fn microseconds(self) -> i128 {
        self.0
    }

    /// Returns days, seconds and microseconds, of which only days may be negative.
    pub(super) fn parts(self) -> (i64, i64, i64) {
        let (days, rest) = (self.0.div_euclid(DAY.into()), self.0.rem_euclid(DAY.into()));
        let rest = rest as i64;
        (days as i64, rest / SECOND, rest % SECOND)
    }

    pub(super) fn total_seconds(self) -> f64 {
        self.0 as f64 / SECOND as f64
    }

    /// `datetime.timedelta(days=1, seconds=2)`
    pub(super) fn repr(self) -> String {
        let (days, seconds, microseconds) = self.parts();
        let parts = [
            ("days", days),
            ("seconds", seconds),
            ("microseconds", microseconds),
        ];
        let parts = parts.into_iter().filter(|(_, number)| *number != 0);
        let parts: Vec<_> = parts
            .map(|(name, number)| format!("{name}={number}"))
            .collect();
        match parts.is_empty() {
            true => "datetime.timedelta(0)".into(),
            false => format!("datetime.timedelta({})", parts.join(", ")),
        }
    }

    /// `1 day, 2:03:04`
    pub(super) fn str(self) -> String {
        let (days, seconds, microseconds) = self.parts();
        let (minutes, second) = (seconds / 60, seconds % 60);
        let mut text = format!("{}:{:02}:{second:02}", minutes / 60, minutes % 60);
        if days != 0 {
            let plural = if days.abs() == 1 { "" } else { "s" };
            text.insert_str(0, &format!("{days} day{plural}, "));
        }
        if microseconds != 0 {
            text.push_str(&format!(".{microseconds:06}"));
        }
        text
    }
}
