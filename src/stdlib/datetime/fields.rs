//! The numbers of days and times of day, with Python's checks.

use jiff::civil;

use crate::script::{Call, Failure, raise};

pub(super) const YEAR_MIN: i64 = 1;
pub(super) const YEAR_MAX: i64 = 9999;

/// Microseconds of a second, a minute, an hour and a day.
pub(super) const SECOND: i64 = 1_000_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// Returns a day.
///
/// # Errors
/// `ValueError` if there is no such day.
pub(in crate::stdlib) fn day(year: i64, month: i64, day: i64) -> Result<civil::Date, Failure> {
    let invalid = |text: String| Err(raise("ValueError", text));
    if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
        return invalid(format!("year {year} is out of range"));
    }
    if !(1..=12).contains(&month) {
        return invalid("month must be in 1..12".into());
    }
    let number = i8::try_from(day).unwrap_or(0);
    civil::Date::new(year as i16, month as i8, number)
        .or_else(|_| invalid("day is out of range for month".into()))
}

/// Returns a time of day.
///
/// # Errors
/// `ValueError` for a number that is out of range.
pub(in crate::stdlib) fn clock(
    hour: i64,
    minute: i64,
    second: i64,
    microsecond: i64,
) -> Result<civil::Time, Failure> {
    let parts = [
        ("hour", hour, 23),
        ("minute", minute, 59),
        ("second", second, 59),
        ("microsecond", microsecond, 999_999),
    ];
    for (name, number, most) in parts {
        if !(0..=most).contains(&number) {
            return Err(raise("ValueError", format!("{name} must be in 0..{most}")));
        }
    }
    let nanosecond = (microsecond * 1000) as i32;
    civil::Time::new(hour as i8, minute as i8, second as i8, nanosecond)
        .map_err(|error| raise("ValueError", error.to_string()))
}

/// Parameter `index` as a number, by default this one.
pub(super) fn number(
    call: &mut Call<'_>,
    index: usize,
    default: impl Into<i64>,
) -> Result<i64, Failure> {
    call.int_or(index, default.into())
}

/// Returns the microseconds of a time of day.
pub(in crate::stdlib) fn microsecond(time: civil::Time) -> i64 {
    i64::from(time.subsec_nanosecond() / 1000)
}

/// Returns a time of day without what is below a microsecond.
pub(in crate::stdlib) fn to_microsecond(time: civil::Time) -> civil::Time {
    let nanosecond = (microsecond(time) * 1000) as i32;
    civil::Time::constant(time.hour(), time.minute(), time.second(), nanosecond)
}

/// Returns the error for a result that no date can have.
pub(super) fn overflow() -> Failure {
    raise("OverflowError", "date value out of range")
}

/// Checks that a day is one that Python has.
///
/// # Errors
/// `OverflowError` before the year 1.
pub(in crate::stdlib) fn in_range(date: civil::Date) -> Result<civil::Date, Failure> {
    match i64::from(date.year()) {
        YEAR_MIN..=YEAR_MAX => Ok(date),
        _ => Err(overflow()),
    }
}
