//! `datetime`: a day and a time of day, which may be those of a zone.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned, civil};

use super::clock::{Precision, numbers};
use super::day::Day;
use super::delta::Delta;
use super::fields;
use super::zone::{Zone, shown};
use crate::script::{Failure, raise};

/// A day and a time of day.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    pub at: civil::DateTime,
    pub zone: Option<Zone>,
}

/// What microseconds are counted from.
const EPOCH: civil::DateTime = civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

impl Moment {
    /// Returns the moment of a time of the system, to the microsecond.
    pub(super) fn of_zoned(moment: &Zoned, zone: Option<Zone>) -> Result<Self, Failure> {
        let at = moment.datetime();
        let time = fields::to_microsecond(at.time());
        let day = fields::in_range(at.date())?;
        Ok(Self {
            at: day.to_datetime(time),
            zone,
        })
    }

    /// Returns the moment of this many seconds after 1970 in a zone of the system.
    ///
    /// # Errors
    /// `ValueError` or `OverflowError` for a time that is too far away.
    pub(super) fn of_seconds(seconds: f64, zone: &TimeZone) -> Result<Self, Failure> {
        if seconds.is_nan() {
            return Err(raise("ValueError", "cannot convert float NaN to integer"));
        }
        let microseconds = (seconds * 1e6).round_ties_even();
        let timestamp = Timestamp::from_microsecond(microseconds as i64);
        let in_range = microseconds.abs() < 1e18;
        let timestamp = timestamp.ok().filter(|_| in_range).ok_or_else(|| {
            let year = 1970.0 + seconds / 31_556_952.0;
            raise(
                "ValueError",
                format!("year {} is out of range", year.floor()),
            )
        })?;
        Self::of_zoned(&timestamp.to_zoned(zone.clone()), None)
    }

    /// Returns the microseconds since 1970, as the clock shows them.
    fn shown_microseconds(&self) -> i128 {
        self.at.duration_since(EPOCH).as_micros()
    }

    /// Returns the microseconds since 1970 in UTC; without a zone, as the clock shows them.
    pub(super) fn microseconds(&self) -> i128 {
        let offset = self.zone.as_ref().map_or(0, Zone::offset);
        self.shown_microseconds() - i128::from(offset)
    }

    /// Returns the seconds since 1970: without a zone, of this local time.
    ///
    /// # Errors
    /// `OverflowError` for a time that is too far away.
    pub(super) fn timestamp(&self) -> Result<f64, Failure> {
        if self.zone.is_some() {
            return Ok(self.microseconds() as f64 / 1e6);
        }
        let local = self.at.to_zoned(TimeZone::system());
        let local = local.map_err(|_| fields::overflow())?;
        Ok(local.timestamp().as_microsecond() as f64 / 1e6)
    }

    /// Returns the moment after some time, as the clock shows it.
    ///
    /// # Errors
    /// `OverflowError` for years that Python does not have.
    pub(super) fn after(&self, delta: Delta) -> Result<Self, Failure> {
        let microseconds = i64::try_from(delta.microseconds());
        let span = microseconds
            .ok()
            .and_then(|count| Span::new().try_microseconds(count).ok());
        let at = span.and_then(|span| self.at.checked_add(span).ok());
        let at = at.ok_or_else(fields::overflow)?;
        fields::in_range(at.date())?;
        Ok(Self {
            at,
            zone: self.zone.clone(),
        })
    }

    /// Returns the same moment in another zone; without one, in that of the system. A moment without a zone is taken as local.
    ///
    /// # Errors
    /// `OverflowError` for years that Python does not have.
    pub(super) fn in_zone(&self, zone: Option<Zone>) -> Result<Self, Failure> {
        let here = match &self.zone {
            Some(zone) => zone.clone(),
            None => self.local_zone()?,
        };
        let zone = match zone {
            Some(zone) => zone,
            None => {
                let seconds = (self.shown_microseconds() - i128::from(here.offset())) as f64 / 1e6;
                let timestamp = Timestamp::from_second(seconds.floor() as i64);
                let timestamp = timestamp.map_err(|_| fields::overflow())?;
                zone_at(&timestamp.to_zoned(TimeZone::system()))
            }
        };
        let shift = Delta::of(zone.offset() - here.offset());
        let moment = Self {
            at: self.at,
            zone: Some(zone),
        };
        moment.after(shift)
    }

    fn local_zone(&self) -> Result<Zone, Failure> {
        let local = self.at.to_zoned(TimeZone::system());
        Ok(zone_at(&local.map_err(|_| fields::overflow())?))
    }

    pub(super) fn repr(&self) -> String {
        let (day, zone) = (self.at.date(), self.zone.as_ref());
        let zone = zone.map_or(String::new(), |zone| format!(", tzinfo={}", zone.repr()));
        let (year, month, day) = (day.year(), day.month(), day.day());
        let time = numbers(self.at.time());
        format!("datetime.datetime({year}, {month}, {day}, {time}{zone})")
    }

    /// `2026-01-31T03:04:05+01:00`
    pub(super) fn iso(&self, separator: &str, precision: Precision) -> String {
        let zone = self.zone.as_ref();
        let zone = zone.map_or(String::new(), |zone| shown(zone.offset(), ":"));
        let (day, time) = (Day(self.at.date()).iso(), precision.shown(self.at.time()));
        format!("{day}{separator}{time}{zone}")
    }
}

/// Returns the zone of the system at a moment.
fn zone_at(moment: &Zoned) -> Zone {
    let about = moment.time_zone().to_offset_info(moment.timestamp());
    let name = about.abbreviation().to_string();
    Zone::of_seconds(about.offset().seconds(), Some(name))
}
