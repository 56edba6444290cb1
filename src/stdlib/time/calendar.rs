//! Points in time as dates: `localtime`, `gmtime`, `strftime`, `ctime`, `mktime`.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use rhai::{Array, Dynamic};

use crate::script::Outcome;
use crate::script::bind::{Namespace, Registry};
use crate::script::call::Call;
use crate::script::exceptions::{Failure, raise};
use crate::script::values::type_name;
use crate::stdlib::builtins::number::{as_float, as_int};

/// `time.struct_time`: a date in some time zone.
#[derive(Debug, Clone)]
struct Date {
    /// Year, month, day, hour, minute, second, weekday from Monday = 0, day of the year, daylight saving.
    fields: [i64; 9],
    zone: String,
    /// Seconds east of UTC.
    offset: i64,
}

/// What scripts call the fields.
const NAMES: [&str; 9] = [
    "tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst",
];

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) fn register(time: &mut Namespace<'_>) {
    time.function("localtime", &["secs?"], |call| {
        Date::of(call, 0, TimeZone::system).map(Dynamic::from)
    })
    .function("gmtime", &["secs?"], |call| {
        Date::of(call, 0, || TimeZone::UTC).map(Dynamic::from)
    })
    .function("ctime", &["secs?"], |call| {
        Ok(Date::of(call, 0, TimeZone::system)?.asctime().into())
    })
    .function("asctime", &["t?"], |call| {
        Ok(date(call, 0)?.asctime().into())
    })
    .function("strftime", &["format", "t?"], |call| {
        let format = call.string(0)?;
        Ok(date(call, 1)?.format(&format).into())
    })
    .function("mktime", &["t"], mktime);
}

pub(super) fn register_class(registry: &mut Registry) {
    let mut class = registry.class::<Date>("time.struct_time");
    for name in NAMES {
        class.getter(name, |call| {
            let index = NAMES.iter().position(|name| *name == call.name());
            Ok(Dynamic::from_int(
                call.this::<Date>().fields[index.unwrap_or(0)],
            ))
        });
    }
    class
        .getter("tm_zone", |call| Ok(call.this::<Date>().zone.into()))
        .getter("tm_gmtoff", |call| {
            Ok(Dynamic::from_int(call.this::<Date>().offset))
        })
        .index_getter(|call| {
            let index = call.int(0)?;
            let index = if index < 0 { index + 9 } else { index };
            let field = usize::try_from(index).ok();
            field
                .and_then(|index| call.this::<Date>().fields.get(index).copied())
                .map(Dynamic::from_int)
                .ok_or_else(|| raise("IndexError", "tuple index out of range"))
        })
        .method("len", &[], |_| Ok(Dynamic::from_int(9)))
        .method("to_string", &[], |call| {
            Ok(call.this::<Date>().repr().into())
        })
        .method("to_debug", &[], |call| {
            Ok(call.this::<Date>().repr().into())
        });
}

/// A date argument: a `struct_time`, or nine numbers; now when left out.
fn date(call: &mut Call<'_>, index: usize) -> Result<Date, Failure> {
    let Some(value) = call.given(index) else {
        return Ok(Date::new(&Timestamp::now().to_zoned(TimeZone::system())));
    };
    if let Some(date) = value.read_lock::<Date>() {
        return Ok(date.clone());
    }
    let fields = value.read_lock::<Array>().and_then(|items| {
        let numbers: Option<Vec<i64>> = items.iter().map(as_int).collect();
        <[i64; 9]>::try_from(numbers?).ok()
    });
    match fields {
        Some(fields) => Ok(Date {
            fields,
            zone: String::new(),
            offset: 0,
        }),
        None => {
            let found = type_name(&value);
            let text = format!("Tuple or struct_time argument required, not {found}");
            Err(raise("TypeError", text))
        }
    }
}

/// `time.mktime(t)`: seconds since 1970 of a date in the local time zone.
fn mktime(call: &mut Call<'_>) -> Outcome {
    let [year, month, day, hour, minute, second, ..] = date(call, 0)?.fields;
    let wrong = || raise("OverflowError", "mktime argument out of range");
    let small = |number: i64| i8::try_from(number).map_err(|_| wrong());
    let year = i16::try_from(year).map_err(|_| wrong())?;
    let (month, day, hour) = (small(month)?, small(day)?, small(hour)?);
    let civil = DateTime::new(year, month, day, hour, small(minute)?, small(second)?, 0);
    let zoned = civil
        .and_then(|civil| civil.to_zoned(TimeZone::system()))
        .map_err(|_| wrong())?;
    Ok(Dynamic::from_float(zoned.timestamp().as_second() as f64))
}

impl Date {
    /// The date of parameter `index`, seconds since 1970; now when left out.
    fn of(call: &mut Call<'_>, index: usize, zone: fn() -> TimeZone) -> Result<Self, Failure> {
        let moment = match call.given(index) {
            None => Timestamp::now(),
            Some(value) => {
                let Some(seconds) = as_float(&value) else {
                    let found = type_name(&value);
                    let text = format!("'{found}' object cannot be interpreted as an integer");
                    return Err(raise("TypeError", text));
                };
                let moment = Timestamp::from_second(seconds.floor() as i64);
                moment.map_err(|_| {
                    raise("ValueError", format!("year of {seconds} is out of range"))
                })?
            }
        };
        Ok(Self::new(&moment.to_zoned(zone())))
    }

    fn new(zoned: &Zoned) -> Self {
        let about = zoned.time_zone().to_offset_info(zoned.timestamp());
        Self {
            fields: [
                zoned.year().into(),
                zoned.month().into(),
                zoned.day().into(),
                zoned.hour().into(),
                zoned.minute().into(),
                zoned.second().into(),
                zoned.weekday().to_monday_zero_offset().into(),
                zoned.day_of_year().into(),
                about.dst().is_dst().into(),
            ],
            zone: about.abbreviation().to_string(),
            offset: about.offset().seconds().into(),
        }
    }

    fn repr(&self) -> String {
        let fields = NAMES.iter().zip(self.fields);
        let fields: Vec<_> = fields
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("time.struct_time({})", fields.join(", "))
    }

    /// `Sun Jun 20 23:21:05 1993`.
    fn asctime(&self) -> String {
        let [year, _, day, hour, minute, second, ..] = self.fields;
        let (weekday, month) = (&self.weekday()[..3], &self.month()[..3]);
        format!("{weekday} {month} {day:2} {hour:02}:{minute:02}:{second:02} {year}")
    }

    fn weekday(&self) -> &'static str {
        DAYS[self.fields[6].rem_euclid(7) as usize]
    }

    fn month(&self) -> &'static str {
        MONTHS[(self.fields[1] - 1).rem_euclid(12) as usize]
    }

    /// `strftime`: what is no directive stays as it is.
    fn format(&self, format: &str) -> String {
        let mut out = String::with_capacity(format.len() * 2);
        let mut chars = format.chars();
        while let Some(char) = chars.next() {
            match char {
                '%' => match chars.next() {
                    Some(directive) => out.push_str(&self.directive(directive)),
                    None => out.push('%'),
                },
                other => out.push(other),
            }
        }
        out
    }

    fn directive(&self, directive: char) -> String {
        let [
            year,
            month,
            day,
            hour,
            minute,
            second,
            weekday,
            day_of_year,
            _,
        ] = self.fields;
        let hour12 = (hour + 11).rem_euclid(12) + 1;
        match directive {
            'Y' => format!("{year}"),
            'y' => format!("{:02}", year.rem_euclid(100)),
            'C' => format!("{:02}", year.div_euclid(100)),
            'm' => format!("{month:02}"),
            'd' => format!("{day:02}"),
            'e' => format!("{day:2}"),
            'H' => format!("{hour:02}"),
            'I' => format!("{hour12:02}"),
            'M' => format!("{minute:02}"),
            'S' => format!("{second:02}"),
            'p' => if hour < 12 { "AM" } else { "PM" }.into(),
            'j' => format!("{day_of_year:03}"),
            'a' => self.weekday()[..3].into(),
            'A' => self.weekday().into(),
            'b' | 'h' => self.month()[..3].into(),
            'B' => self.month().into(),
            'w' => format!("{}", (weekday + 1).rem_euclid(7)),
            'u' => format!("{}", weekday + 1),
            // Weeks of the year, from the first Sunday or Monday.
            'U' => format!("{:02}", (day_of_year + 6 - (weekday + 1).rem_euclid(7)) / 7),
            'W' => format!("{:02}", (day_of_year + 6 - weekday) / 7),
            'Z' => self.zone.clone(),
            'z' => {
                let (sign, offset) = (if self.offset < 0 { '-' } else { '+' }, self.offset.abs());
                format!("{sign}{:02}{:02}", offset / 3600, offset % 3600 / 60)
            }
            'c' => self.asctime(),
            'x' | 'D' => format!("{month:02}/{day:02}/{:02}", year.rem_euclid(100)),
            'X' | 'T' => format!("{hour:02}:{minute:02}:{second:02}"),
            'R' => format!("{hour:02}:{minute:02}"),
            'F' => format!("{year}-{month:02}-{day:02}"),
            'n' => "\n".into(),
            't' => "\t".into(),
            '%' => "%".into(),
            other => format!("%{other}"),
        }
    }
}
