//! The members of `date`.

use jiff::Zoned;
use jiff::civil::{self, ISOWeekDate};
use jiff::tz::TimeZone;
use rhai::{Array, Dynamic};

use super::day::Day;
use super::fields::{self, number};
use super::moment::Moment;
use super::strings;
use crate::script::bind::FORMAT;
use crate::script::{Call, Class, Failure, Namespace, Outcome, Registry, raise};
use crate::stdlib::time::struct_time;

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<Day>("datetime.date");
    members(&mut class);
    class
        .by_parts(
            "date",
            |_, day: &Day| Ok(day.ordinal().into()),
            |_, parts| {
                let day = parts.as_int().ok().and_then(Day::of_ordinal);
                day.ok_or_else(|| "its number is missing".into())
            },
        )
        .method("isoformat", &[], |call| Ok(call.this::<Day>().iso().into()))
        .method("strftime", &["format"], formatted)
        .unlisted(FORMAT, &["format"], formatted)
        .method("replace", &["year?", "month?", "day?"], |call| {
            let Day(day) = call.this();
            replaced(call, day).map(|day| Dynamic::from(Day(day)))
        })
        .method("timetuple", &[], |call| {
            let at = call.this::<Day>().0.at(0, 0, 0, 0);
            struct_time(at, -1).ok_or_else(fields::overflow)
        })
        .method("to_string", &[], |call| Ok(call.this::<Day>().iso().into()))
        .method("to_debug", &[], |call| Ok(call.this::<Day>().repr().into()));
}

/// Registers the members that days and moments have in common.
pub(super) fn members(class: &mut Class<'_>) {
    class
        .getter("year", |call| Ok(i64::from(day_of(call).year()).into()))
        .getter("month", |call| Ok(i64::from(day_of(call).month()).into()))
        .getter("day", |call| Ok(i64::from(day_of(call).day()).into()))
        .method("weekday", &[], |call| {
            Ok(i64::from(day_of(call).weekday().to_monday_zero_offset()).into())
        })
        .method("isoweekday", &[], |call| {
            Ok(i64::from(day_of(call).weekday().to_monday_one_offset()).into())
        })
        .method("isocalendar", &[], |call| {
            let week = day_of(call).iso_week_date();
            let parts: Array = vec![
                i64::from(week.year()).into(),
                i64::from(week.week()).into(),
                i64::from(week.weekday().to_monday_one_offset()).into(),
            ];
            Ok(parts.into())
        })
        .method("toordinal", &[], |call| {
            Ok(Day(day_of(call)).ordinal().into())
        })
        .method("ctime", &[], |call| {
            let at = match call.this_if::<Moment>() {
                Some(moment) => moment.at,
                None => day_of(call).at(0, 0, 0, 0),
            };
            strings::formatted(at, None, "%a %b %e %H:%M:%S %Y").map(Dynamic::from)
        });
}

/// Returns the day of the receiver, which is a day or a moment.
fn day_of(call: &Call<'_>) -> civil::Date {
    match call.this_if::<Moment>() {
        Some(moment) => moment.at.date(),
        None => call.this::<Day>().0,
    }
}

/// Returns a day with what the parameters 0 to 2 say in place of its own.
pub(super) fn replaced(call: &mut Call<'_>, day: civil::Date) -> Result<civil::Date, Failure> {
    let year = number(call, 0, day.year())?;
    let month = number(call, 1, day.month())?;
    let number = number(call, 2, day.day())?;
    fields::day(year, month, number)
}

/// `datetime.date(year, month, day)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let (year, month, day) = (call.int(0)?, call.int(1)?, call.int(2)?);
    Ok(Dynamic::from(Day(fields::day(year, month, day)?)))
}

pub(super) fn register_class(class: &mut Namespace<'_>) {
    class
        .function("today", &[], |_| {
            Ok(Dynamic::from(Day(Zoned::now().date())))
        })
        .function("fromtimestamp", &["timestamp"], |call| {
            let seconds = call.float(0)?;
            let moment = Moment::of_seconds(seconds, &TimeZone::system())?;
            Ok(Dynamic::from(Day(moment.at.date())))
        })
        .function("fromisoformat", &["date_string"], |call| {
            let text = call.string(0)?;
            strings::iso_day(&text).map(|day| Dynamic::from(Day(day)))
        })
        .function("fromordinal", &["n"], |call| {
            let number = call.int(0)?;
            if number < 1 {
                return Err(raise("ValueError", "ordinal must be >= 1"));
            }
            let day = Day::of_ordinal(number);
            let year = || raise("ValueError", "year is out of range");
            day.map(Dynamic::from).ok_or_else(year)
        })
        .function("fromisocalendar", &["year", "week", "day"], |call| {
            let (year, week, day) = (call.int(0)?, call.int(1)?, call.int(2)?);
            from_week(year, week, day).map(|day| Dynamic::from(Day(day)))
        })
        .constant("min", Day(civil::Date::constant(1, 1, 1)), |_| {
            Ok(Dynamic::from(Day(civil::Date::constant(1, 1, 1))))
        })
        .constant("max", Day(civil::Date::MAX), |_| {
            Ok(Dynamic::from(Day(civil::Date::MAX)))
        });
}

/// Returns the day of a week of ISO 8601.
fn from_week(year: i64, week: i64, day: i64) -> Result<civil::Date, Failure> {
    let invalid = |text: String| raise("ValueError", text);
    if !(fields::YEAR_MIN..=fields::YEAR_MAX).contains(&year) {
        return Err(invalid(format!("Year is out of range: {year}")));
    }
    let weekday = i8::try_from(day).ok();
    let weekday = weekday.and_then(|day| civil::Weekday::from_monday_one_offset(day).ok());
    let weekday =
        weekday.ok_or_else(|| invalid(format!("Invalid weekday: {day} (range is [1, 7])")))?;
    let number = i8::try_from(week).unwrap_or(0);
    let date = ISOWeekDate::new(year as i16, number, weekday);
    let date = date.map_err(|_| invalid(format!("Invalid week: {week}")))?;
    fields::in_range(date.date())
}

/// `strftime(format)`, which `format` and `"{:%Y}"` call too.
fn formatted(call: &mut Call<'_>) -> Outcome {
    let format = call.string(0)?;
    let at = call.this::<Day>().0.at(0, 0, 0, 0);
    strings::formatted(at, None, &format).map(Dynamic::from)
}
