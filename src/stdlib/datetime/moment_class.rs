//! The members of `datetime`.

use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned, civil};
use rhai::Dynamic;

use super::clock::{Clock, Precision};
use super::clock_class::{self, precision};
use super::day::Day;
use super::day_class;
use super::delta::Delta;
use super::fields;
use super::moment::Moment;
use super::strings;
use super::zone::Zone;
use super::zone_class::{self, argument};
use crate::script::bind::FORMAT;
use crate::script::{Call, Class, Failure, Namespace, Outcome, Registry, raise, type_name};
use crate::stdlib::time::struct_time;

pub(super) const PARAMS: &[&str] = &[
    "year",
    "month",
    "day",
    "hour?",
    "minute?",
    "second?",
    "microsecond?",
    "tzinfo?",
];

const REPLACED: &[&str] = &[
    "year?",
    "month?",
    "day?",
    "hour?",
    "minute?",
    "second?",
    "microsecond?",
    "tzinfo?",
];

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<Moment>("datetime.datetime");
    day_class::members(&mut class);
    clock_class::members(&mut class);
    class
        .by_parts(
            "datetime",
            |_, moment: &Moment| Ok(zone_class::zoned_parts(moment.at, moment.zone.as_ref())),
            |_, parts| {
                let (at, zone) = zone_class::of_zoned_parts(parts)?;
                Ok(Moment { at, zone })
            },
        )
        .method("date", &[], |call| {
            Ok(Dynamic::from(Day(call.this::<Moment>().at.date())))
        })
        .method("time", &[], |call| {
            let at = call.this::<Moment>().at.time();
            Ok(Dynamic::from(Clock { at, zone: None }))
        })
        .method("timetz", &[], |call| {
            let Moment { at, zone } = call.this();
            Ok(Dynamic::from(Clock {
                at: at.time(),
                zone,
            }))
        })
        .method("timestamp", &[], |call| {
            call.this::<Moment>().timestamp().map(Dynamic::from)
        })
        .method("isoformat", &["sep?", "timespec?"], |call| {
            let separator = call.string_or(0, "T")?;
            let precision = precision(call, 1)?;
            Ok(call.this::<Moment>().iso(&separator, precision).into())
        })
        .method("strftime", &["format"], formatted)
        .unlisted(FORMAT, &["format"], formatted);
    changes(&mut class);
}

/// The members that make other values of a moment, and its forms.
fn changes(class: &mut Class<'_>) {
    class
        .method("replace", REPLACED, |call| {
            let moment: Moment = call.this();
            let day = day_class::replaced(call, moment.at.date())?;
            let time = clock_class::replaced(call, 3, moment.at.time())?;
            let zone = match call.has(7) {
                true => argument(call, 7)?,
                false => moment.zone,
            };
            let at = day.to_datetime(time);
            Ok(Dynamic::from(Moment { at, zone }))
        })
        .method("astimezone", &["tz?"], |call| {
            let zone = argument(call, 0)?;
            call.this::<Moment>().in_zone(zone).map(Dynamic::from)
        })
        .method("timetuple", &[], |call| {
            let is_dst = -1;
            struct_time(call.this::<Moment>().at, is_dst).ok_or_else(fields::overflow)
        })
        .method("utctimetuple", &[], |call| {
            let moment: Moment = call.this();
            let utc = match moment.zone {
                Some(_) => moment.in_zone(Some(Zone::utc()))?,
                None => moment,
            };
            struct_time(utc.at, 0).ok_or_else(fields::overflow)
        })
        .method("to_string", &[], |call| {
            Ok(call.this::<Moment>().iso(" ", Precision::Auto).into())
        })
        .method("to_debug", &[], |call| {
            Ok(call.this::<Moment>().repr().into())
        });
}

/// `datetime.datetime(year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let (year, month, day) = (call.int(0)?, call.int(1)?, call.int(2)?);
    let day = fields::day(year, month, day)?;
    let time = clock_class::replaced(call, 3, civil::Time::midnight())?;
    let zone = argument(call, 7)?;
    let at = day.to_datetime(time);
    Ok(Dynamic::from(Moment { at, zone }))
}

pub(super) fn register_class(class: &mut Namespace<'_>) {
    class
        .function("now", &["tz?"], |call| {
            let zone = argument(call, 0)?;
            let now = Moment::of_zoned(&zoned(Timestamp::now(), zone.as_ref()), zone)?;
            Ok(Dynamic::from(now))
        })
        .function("today", &[], |_| {
            Moment::of_zoned(&Zoned::now(), None).map(Dynamic::from)
        })
        .function("utcnow", &[], |_| {
            let now = Timestamp::now().to_zoned(TimeZone::UTC);
            Moment::of_zoned(&now, None).map(Dynamic::from)
        })
        .function("fromtimestamp", &["timestamp", "tz?"], |call| {
            let (seconds, zone) = (call.float(0)?, argument(call, 1)?);
            let Some(zone) = zone else {
                let local = Moment::of_seconds(seconds, &TimeZone::system());
                return local.map(Dynamic::from);
            };
            let utc = Moment {
                zone: Some(Zone::utc()),
                ..Moment::of_seconds(seconds, &TimeZone::UTC)?
            };
            utc.in_zone(Some(zone)).map(Dynamic::from)
        })
        .function("utcfromtimestamp", &["timestamp"], |call| {
            let seconds = call.float(0)?;
            Moment::of_seconds(seconds, &TimeZone::UTC).map(Dynamic::from)
        })
        .function("fromisoformat", &["date_string"], |call| {
            let text = call.string(0)?;
            let (at, zone) = strings::iso_moment(&text)?;
            Ok(Dynamic::from(Moment { at, zone }))
        })
        .function("strptime", &["date_string", "format"], |call| {
            let (text, format) = (call.string(0)?, call.string(1)?);
            let (at, zone) = strings::parsed(&text, &format)?;
            Ok(Dynamic::from(Moment { at, zone }))
        })
        .function("combine", &["date", "time", "tzinfo?"], combine)
        .constant("min", least(), |_| Ok(Dynamic::from(least())))
        .constant("max", most(), |_| Ok(Dynamic::from(most())));
}

/// Returns a moment of the system's clock in a zone; without one, in that of the system.
fn zoned(now: Timestamp, zone: Option<&Zone>) -> Zoned {
    let Some(zone) = zone else {
        return now.to_zoned(TimeZone::system());
    };
    let seconds = zone.offset().div_euclid(fields::SECOND) as i32;
    let offset = Offset::from_seconds(seconds).unwrap_or(Offset::UTC);
    now.to_zoned(TimeZone::fixed(offset))
}

/// `datetime.datetime.combine(date, time, tzinfo=time.tzinfo)`.
fn combine(call: &mut Call<'_>) -> Outcome {
    let (day, clock) = (call.value(0), call.value(1));
    let wrong = |number: u8, class: &str, found: &Dynamic| -> Failure {
        let found = type_name(found);
        let text = format!("combine() argument {number} must be datetime.{class}, not {found}");
        raise("TypeError", text)
    };
    let own_day = day.read_lock::<Day>().map(|day| day.0);
    let of_moment = || day.read_lock::<Moment>().map(|moment| moment.at.date());
    let date = own_day.or_else(of_moment);
    let date = date.ok_or_else(|| wrong(1, "date", &day))?;
    let clock = clock
        .try_cast_result::<Clock>()
        .map_err(|found| wrong(2, "time", &found))?;
    let zone = match call.has(2) {
        true => argument(call, 2)?,
        false => clock.zone,
    };
    let at = date.to_datetime(clock.at);
    Ok(Dynamic::from(Moment { at, zone }))
}

fn least() -> Moment {
    Moment {
        at: civil::DateTime::constant(1, 1, 1, 0, 0, 0, 0),
        zone: None,
    }
}

fn most() -> Moment {
    Moment {
        at: civil::DateTime::constant(9999, 12, 31, 23, 59, 59, 999_999_000),
        zone: None,
    }
}

/// Returns the time between two moments.
///
/// # Errors
/// `TypeError` if only one of them has a zone.
pub(super) fn between(later: &Moment, earlier: &Moment) -> Result<Delta, Failure> {
    if later.zone.is_some() != earlier.zone.is_some() {
        let text = "can't subtract offset-naive and offset-aware datetimes";
        return Err(raise("TypeError", text));
    }
    Delta::new(later.microseconds() - earlier.microseconds())
}

/// `strftime(format)`, which `format` and `"{:%Y}"` call too.
fn formatted(call: &mut Call<'_>) -> Outcome {
    let (moment, format) = (call.this::<Moment>(), call.string(0)?);
    strings::formatted(moment.at, moment.zone.as_ref(), &format).map(Dynamic::from)
}
