//! `timezone`: a fixed distance from UTC.

use super::delta::Delta;
use super::fields::{DAY, HOUR, MINUTE, SECOND};
use crate::script::{Failure, raise};
use crate::text::quoted;

/// A fixed distance from UTC, in microseconds to the east, and its name.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    offset: i64,
    name: Option<String>,
}

/// Two zones are equal whatever their names are.
impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.offset == other.offset
    }
}

impl Zone {
    pub(super) fn utc() -> Self {
        Self {
            offset: 0,
            name: None,
        }
    }

    /// # Errors
    /// `ValueError` for a day or more.
    pub(super) fn new(offset: Delta, name: Option<String>) -> Result<Self, Failure> {
        let microseconds = i64::try_from(offset.microseconds()).unwrap_or(i64::MAX);
        if microseconds.saturating_abs() >= DAY {
            let text = format!(
                "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {}.",
                offset.repr()
            );
            return Err(raise("ValueError", text));
        }
        Ok(Self {
            offset: microseconds,
            name,
        })
    }

    /// Returns a zone of the system at some moment.
    pub(super) fn of_seconds(seconds: i32, name: Option<String>) -> Self {
        Self {
            offset: i64::from(seconds) * SECOND,
            name,
        }
    }

    /// Returns the distance in microseconds.
    pub(super) fn offset(&self) -> i64 {
        self.offset
    }

    pub(super) fn given_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// `UTC+01:00`
    pub(super) fn name(&self) -> String {
        match (&self.name, self.offset) {
            (Some(name), _) => name.clone(),
            (None, 0) => "UTC".into(),
            (None, offset) => format!("UTC{}", shown(offset, ":")),
        }
    }

    pub(super) fn repr(&self) -> String {
        let offset = || Delta::of(self.offset).repr();
        match (&self.name, self.offset) {
            (None, 0) => "datetime.timezone.utc".into(),
            (None, _) => format!("datetime.timezone({})", offset()),
            (Some(name), _) => format!("datetime.timezone({}, {})", offset(), quoted(name)),
        }
    }
}

/// Returns a distance from UTC as hours and minutes, with seconds and their fractions where there are some.
pub(super) fn shown(offset: i64, separator: &str) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let offset = offset.abs();
    let (hours, minutes) = (offset / HOUR, offset % HOUR / MINUTE);
    let mut text = format!("{sign}{hours:02}{separator}{minutes:02}");
    let (seconds, fraction) = (offset % MINUTE / SECOND, offset % SECOND);
    if seconds != 0 || fraction != 0 {
        text.push_str(&format!("{separator}{seconds:02}"));
    }
    if fraction != 0 {
        text.push_str(&format!(".{fraction:06}"));
    }
    text
}
