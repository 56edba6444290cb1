//! `date`: a day.

use jiff::civil;

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(pub civil::Date);

/// The day whose number is 1.
const FIRST: civil::Date = civil::Date::constant(1, 1, 1);

impl Day {
    /// Returns the number of the day, from 1 for January 1 of the year 1.
    pub(super) fn ordinal(self) -> i64 {
        (self.0.duration_since(FIRST).as_hours() / 24) + 1
    }

    /// Returns the day of a number, if there is one.
    pub(super) fn of_ordinal(number: i64) -> Option<Self> {
        let days = jiff::Span::new().try_days(number.checked_sub(1)?).ok()?;
        let day = FIRST.checked_add(days).ok()?;
        (number >= 1).then_some(Self(day))
    }

    pub(super) fn repr(self) -> String {
        let Self(day) = self;
        let (year, month, day) = (day.year(), day.month(), day.day());
        format!("datetime.date({year}, {month}, {day})")
    }

    /// `2026-01-31`
    pub(super) fn iso(self) -> String {
        let Self(day) = self;
        format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
    }
}
