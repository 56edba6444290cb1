//! Moments as dates: `localtime`, `gmtime`, `strftime`, `asctime`, `ctime`, `mktime`.

use jiff::civil::{self, DateTime, Weekday};
use jiff::fmt::strtime::{BrokenDownTime, Config, PosixCustom};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned};
use rhai::{Array, Dynamic};

use super::parsing::parsed_by_format;
use crate::script::{Call, Failure, Namespace, Outcome, Registry, raise, type_name};
use crate::stdlib::builtins::number::not_an_integer;
use crate::stdlib::builtins::slices;
use crate::text::{as_float, as_int};

/// `time.struct_time`: a moment in some time zone.
#[derive(Debug, Clone)]
struct Date {
    moment: Zoned,
    /// Whether it is summer time, where that is not a matter of the zone: -1 if nobody knows.
    is_dst: Option<i64>,
}

/// The fields' names in scripts.
const NAMES: [&str; 9] = [
    "tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst",
];

pub(super) fn register(time: &mut Namespace<'_>) {
    time.function("localtime", &["secs?"], |call| {
        Ok(Dynamic::from(Date::of(moment(call, TimeZone::system)?)))
    })
    .function("gmtime", &["secs?"], |call| {
        Ok(Dynamic::from(Date::of(moment(call, || TimeZone::UTC)?)))
    })
    .function("ctime", &["secs?"], |call| {
        format(((&moment(call, TimeZone::system)?).into(), 0), "%c")
    })
    .function("asctime", &["t?"], |call| format(date(call, 0)?, "%c"))
    .function("strftime", &["format", "t?"], |call| {
        let directives = call.string(0)?;
        format(date(call, 1)?, &directives)
    })
    .function("mktime", &["t"], mktime);
    time.function("strptime", &["string", "format?"], |call| {
        let (text, format) = (call.string(0)?, call.string_or(1, "%a %b %d %H:%M:%S %Y")?);
        let (at, _) = parsed_by_format(&text, &format)?;
        struct_time(at, -1).ok_or_else(|| out_of_range("year"))
    });
}

pub(super) fn register_class(registry: &mut Registry) {
    let mut class = registry.class::<Date>("time.struct_time");
    for name in NAMES {
        class.getter(name, |call| {
            let index = NAMES.iter().position(|name| *name == call.name());
            let fields = call.this::<Date>().fields();
            Ok(Dynamic::from_int(fields[index.unwrap_or(0)]))
        });
    }
    class
        .getter("tm_zone", |call| {
            let Date { moment, .. } = call.this();
            let zone = moment.time_zone().to_offset_info(moment.timestamp());
            Ok(zone.abbreviation().into())
        })
        .getter("tm_gmtoff", |call| {
            let seconds = call.this::<Date>().moment.offset().seconds();
            Ok(Dynamic::from_int(seconds.into()))
        })
        .index_getter(|call| {
            let place = slices::at(call.int(0)?, NAMES.len())
                .ok_or_else(|| raise("IndexError", "tuple index out of range"))?;
            Ok(Dynamic::from_int(call.this::<Date>().fields()[place]))
        })
        .method("len", &[], |_| Ok(Dynamic::from_int(9)))
        .repr(|call| Ok(call.this::<Date>().repr().into()));
}

impl Date {
    fn of(moment: Zoned) -> Self {
        Self {
            moment,
            is_dst: None,
        }
    }

    /// Year, month, day, hour, minute, second, weekday from Monday = 0, day of the year, daylight saving.
    fn fields(&self) -> [i64; 9] {
        let Self { moment, is_dst } = self;
        let zone = moment.time_zone().to_offset_info(moment.timestamp());
        [
            moment.year().into(),
            moment.month().into(),
            moment.day().into(),
            moment.hour().into(),
            moment.minute().into(),
            moment.second().into(),
            moment.weekday().to_monday_zero_offset().into(),
            moment.day_of_year().into(),
            is_dst.unwrap_or_else(|| zone.dst().is_dst().into()),
        ]
    }

    fn repr(&self) -> String {
        let fields = NAMES.iter().zip(self.fields());
        let fields: Vec<_> = fields
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("time.struct_time({})", fields.join(", "))
    }
}

/// Returns the moment of parameter 0, in seconds since 1970; now when left out.
fn moment(call: &mut Call<'_>, zone: fn() -> TimeZone) -> Result<Zoned, Failure> {
    let moment = match call.given(0) {
        None => Timestamp::now(),
        Some(value) => {
            let seconds = as_float(&value).ok_or_else(|| not_an_integer(&value))?;
            let out_of_range = |_| {
                let message = format!("year of {seconds} is out of range");
                raise("ValueError", message)
            };
            Timestamp::from_second(seconds.floor() as i64).map_err(out_of_range)?
        }
    };
    Ok(moment.to_zoned(zone()))
}

/// A date to be formatted, and its seconds: up to 61 in Python, and 59 in jiff.
type Formatted = (BrokenDownTime, i64);

/// Returns a date argument to be formatted: a `struct_time`, or nine numbers; now when left out.
fn date(call: &mut Call<'_>, index: usize) -> Result<Formatted, Failure> {
    let Some(value) = call.given(index) else {
        return Ok((BrokenDownTime::from(&Zoned::now()), 0));
    };
    match value.read_lock::<Date>() {
        Some(date) => Ok((BrokenDownTime::from(&date.moment), 0)),
        None => broken_down(fields(&value)?),
    }
}

/// Returns the fields of a `struct_time`, or of a list of nine numbers.
fn fields(value: &Dynamic) -> Result<[i64; 9], Failure> {
    if let Some(date) = value.read_lock::<Date>() {
        return Ok(date.fields());
    }
    let fields = value.read_lock::<Array>().and_then(|items| {
        let numbers: Option<Vec<i64>> = items.iter().map(as_int).collect();
        <[i64; 9]>::try_from(numbers?).ok()
    });
    fields.ok_or_else(|| {
        let found = type_name(value);
        let message = format!("Tuple or struct_time argument required, not {found}");
        raise("TypeError", message)
    })
}

/// Nine numbers as a local date. As in Python the day need not exist, and the weekday and the day of the year are taken as given.
fn broken_down(fields: [i64; 9]) -> Result<Formatted, Failure> {
    let [year, month, day, hour, minute, second, weekday, yearday, _] = fields;
    // Only its time zone stays.
    let mut date = BrokenDownTime::from(&Zoned::now());
    date.set_meridiem(None);
    set("year", year, |number| date.set_year(number))?;
    set("month", first(month), |number| date.set_month(number))?;
    set("day of month", first(day), |number| date.set_day(number))?;
    set("hour", hour, |number| date.set_hour(number))?;
    set("minute", minute, |number| date.set_minute(number))?;
    let held = if second <= 61 { second.min(59) } else { second };
    set("seconds", held, |number| date.set_second(number))?;
    let weekday = Weekday::from_sunday_zero_offset((weekday.saturating_add(1) % 7) as i8)
        .map_err(|_| out_of_range("day of week"))?;
    date.set_weekday(Some(weekday));
    let yearday = first(yearday);
    set("day of year", yearday, |number| {
        date.set_day_of_year(number)
    })?;
    let moment = carried_over(fields).map_err(|_| out_of_range("year"))?;
    date.set_offset(Some(moment.offset()));
    date.set_timestamp(Some(moment.timestamp()));
    // The week of a date is the one of its Thursday.
    let begin = civil::Date::constant(year as i16, 1, 1);
    let days = yearday - 1 + 3 - i64::from(weekday.to_monday_zero_offset());
    let thursday = begin.saturating_add(days.days());
    let week = (thursday.day_of_year() - 1) / 7 + 1;
    set("year", thursday.year().into(), |number| {
        date.set_iso_week_year(number)
    })?;
    set("day of year", week.into(), |number| {
        date.set_iso_week(number)
    })?;
    Ok((date, second))
}

/// Python takes a month or a day 0 for the first.
fn first(number: i64) -> i64 {
    if number == 0 { 1 } else { number }
}

fn set<T: TryFrom<i64>>(
    name: &str,
    number: i64,
    set: impl FnOnce(Option<T>) -> Result<(), jiff::Error>,
) -> Result<(), Failure> {
    let number = T::try_from(number).map_err(|_| out_of_range(name))?;
    set(Some(number)).map_err(|_| out_of_range(name))
}

fn out_of_range(name: &str) -> Failure {
    raise("ValueError", format!("{name} out of range"))
}

/// Returns the local date of a time in seconds since 1970, formatted as by `strftime`.
///
/// # Errors
/// `ValueError` for a time that is too far from now, or an invalid format.
pub(in crate::stdlib) fn local_date(seconds: f64, directives: &str) -> Result<String, Failure> {
    let moment = Timestamp::from_second(seconds.floor() as i64);
    let moment = moment.map_err(|_| out_of_range("year"))?;
    formatted(
        ((&moment.to_zoned(TimeZone::system())).into(), 0),
        directives,
    )
}

/// Returns a date that is in no zone, formatted as by `strftime`.
///
/// # Errors
/// `ValueError` for an invalid format.
pub(in crate::stdlib) fn civil_date(at: DateTime, directives: &str) -> Result<String, Failure> {
    formatted((BrokenDownTime::from(at), 0), directives)
}

/// Returns a date as a `time.struct_time`; `None` if it is too far away. `is_dst` is -1 if nobody knows.
pub(in crate::stdlib) fn struct_time(at: DateTime, is_dst: i64) -> Option<Dynamic> {
    let moment = at.to_zoned(TimeZone::UTC).ok()?;
    Some(Dynamic::from(Date {
        moment,
        is_dst: Some(is_dst),
    }))
}

fn format(date: Formatted, directives: &str) -> Outcome {
    formatted(date, directives).map(Dynamic::from)
}

/// `strftime` in the C locale. A `%` that begins no directive is left as it is.
fn formatted((date, second): Formatted, directives: &str) -> Result<String, Failure> {
    let config = Config::new().custom(PosixCustom::new()).lenient(true);
    let directives = of_c(directives, second);
    let string = date.to_string_with_config(&config, directives);
    string.map_err(|_| raise("ValueError", "Invalid format string"))
}

/// The same directives for jiff: it knows some that C does not, and no seconds from 60 on.
fn of_c(directives: &str, second: i64) -> String {
    let mut rest = directives;
    let mut all = String::new();
    while let Some((before, after)) = rest.split_once('%') {
        all.push_str(before);
        let flagged = after.strip_prefix(['_', '-', '0', '^', '#']);
        let name = flagged
            .unwrap_or(after)
            .trim_start_matches(|c: char| c.is_ascii_digit());
        rest = name.get(1..).unwrap_or_default();
        match name.chars().next() {
            Some('c') if second > 59 => all += &of_c("%a %b %e %T %Y", second),
            Some('r') if second > 59 => all += &of_c("%I:%M:%S %p", second),
            Some('T' | 'X') if second > 59 => all += &of_c("%H:%M:%S", second),
            Some('S') if second > 59 => all += &second.to_string(),
            Some(name) if DIRECTIVES.contains(name) => {
                all.push('%');
                all.push_str(&after[..after.len() - rest.len()]);
            }
            _ => {
                all.push_str("%%");
                rest = after;
            }
        }
    }
    all + rest
}

/// The directives of C.
const DIRECTIVES: &str = "%aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ";

/// `time.mktime(t)`: seconds since 1970 of a date in the local time zone. Fields out of range carry over: January 32 is
/// February 1.
fn mktime(call: &mut Call<'_>) -> Outcome {
    let moment = carried_over(fields(&call.value(0))?);
    let moment = moment.map_err(|_| raise("OverflowError", "mktime argument out of range"))?;
    Ok(Dynamic::from_float(moment.timestamp().as_second() as f64))
}

/// The moment of nine numbers, in which fields out of range carry over.
fn carried_over(fields: [i64; 9]) -> Result<Zoned, jiff::Error> {
    let [year, month, day, hour, minute, second, ..] = fields;
    let since = Span::new()
        .try_years(year)?
        .try_months(month.saturating_sub(1))?
        .try_days(day.saturating_sub(1))?
        .try_hours(hour)?
        .try_minutes(minute)?
        .try_seconds(second)?;
    let begin = DateTime::constant(0, 1, 1, 0, 0, 0, 0);
    begin.checked_add(since)?.to_zoned(TimeZone::system())
}
