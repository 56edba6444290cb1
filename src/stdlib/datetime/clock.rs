//! `time`: a time of day.

use jiff::civil;

use super::fields::microsecond;
use super::zone::{Zone, shown};

/// A time of day, which may be that of a zone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clock {
    pub at: civil::Time,
    pub zone: Option<Zone>,
}

impl Clock {
    pub(super) fn repr(&self) -> String {
        let zone = self.zone.as_ref();
        let zone = zone.map_or(String::new(), |zone| format!(", tzinfo={}", zone.repr()));
        format!("datetime.time({}{zone})", numbers(self.at))
    }

    /// `03:04:05+01:00`
    pub(super) fn iso(&self, precision: Precision) -> String {
        let zone = self.zone.as_ref();
        let zone = zone.map_or(String::new(), |zone| shown(zone.offset(), ":"));
        format!("{}{zone}", precision.shown(self.at))
    }
}

/// Returns the numbers of a time of day without the zeros at their end: `3, 4`.
pub(super) fn numbers(at: civil::Time) -> String {
    let (second, microsecond) = (at.second(), microsecond(at));
    let mut text = format!("{}, {}", at.hour(), at.minute());
    if second != 0 || microsecond != 0 {
        text.push_str(&format!(", {second}"));
    }
    if microsecond != 0 {
        text.push_str(&format!(", {microsecond}"));
    }
    text
}

/// How much of a time of day is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    Auto,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
    Microseconds,
}

impl Precision {
    /// The names that `timespec` may have.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "auto" => Self::Auto,
            "hours" => Self::Hours,
            "minutes" => Self::Minutes,
            "seconds" => Self::Seconds,
            "milliseconds" => Self::Milliseconds,
            "microseconds" => Self::Microseconds,
            _ => return None,
        })
    }

    /// Returns a time of day as far as it is shown.
    pub(super) fn shown(self, at: civil::Time) -> String {
        let (hour, minute, second) = (at.hour(), at.minute(), at.second());
        let microsecond = microsecond(at);
        match self {
            Self::Hours => format!("{hour:02}"),
            Self::Minutes => format!("{hour:02}:{minute:02}"),
            Self::Auto if microsecond == 0 => format!("{hour:02}:{minute:02}:{second:02}"),
            Self::Seconds => format!("{hour:02}:{minute:02}:{second:02}"),
            Self::Milliseconds => {
                let millisecond = microsecond / 1000;
                format!("{hour:02}:{minute:02}:{second:02}.{millisecond:03}")
            }
            Self::Auto | Self::Microseconds => {
                format!("{hour:02}:{minute:02}:{second:02}.{microsecond:06}")
            }
        }
    }
}
