//! The members of `time`.

use jiff::civil;
use rhai::Dynamic;

use super::clock::{Clock, Precision};
use super::delta::Delta;
use super::fields::{self, microsecond, number};
use super::moment::Moment;
use super::strings;
use super::zone_class::{self, argument};
use crate::script::bind::FORMAT;
use crate::script::{Call, Class, Failure, Namespace, Outcome, Registry, raise};
use crate::text::as_string;

pub(super) const PARAMS: &[&str] = &["hour?", "minute?", "second?", "microsecond?", "tzinfo?"];

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<Clock>("datetime.time");
    members(&mut class);
    class
        .by_parts(
            "time",
            |_, clock: &Clock| Ok(zone_class::zoned_parts(clock.at, clock.zone.as_ref())),
            |_, parts| {
                let (at, zone) = zone_class::of_zoned_parts(parts)?;
                Ok(Clock { at, zone })
            },
        )
        .method("isoformat", &["timespec?"], |call| {
            let precision = precision(call, 0)?;
            Ok(call.this::<Clock>().iso(precision).into())
        })
        .method("strftime", &["format"], formatted)
        .unlisted(FORMAT, &["format"], formatted)
        .method("replace", PARAMS, |call| {
            let clock: Clock = call.this();
            let at = replaced(call, 0, clock.at)?;
            let zone = match call.has(4) {
                true => argument(call, 4)?,
                false => clock.zone,
            };
            Ok(Dynamic::from(Clock { at, zone }))
        })
        .method("to_string", &[], |call| {
            Ok(call.this::<Clock>().iso(Precision::Auto).into())
        })
        .method("to_debug", &[], |call| {
            Ok(call.this::<Clock>().repr().into())
        });
}

/// Registers the members that times of day and moments have in common.
pub(super) fn members(class: &mut Class<'_>) {
    class
        .getter(
            "hour",
            |call| Ok(i64::from(clock_of(call).at.hour()).into()),
        )
        .getter("minute", |call| {
            Ok(i64::from(clock_of(call).at.minute()).into())
        })
        .getter("second", |call| {
            Ok(i64::from(clock_of(call).at.second()).into())
        })
        .getter("microsecond", |call| {
            Ok(microsecond(clock_of(call).at).into())
        })
        .getter("tzinfo", |call| Ok(zone_class::value(clock_of(call).zone)))
        .getter("fold", |_| Ok(Dynamic::from_int(0)))
        .method("utcoffset", &[], |call| {
            let offset = clock_of(call).zone.map(|zone| Delta::of(zone.offset()));
            Ok(offset.map_or(Dynamic::UNIT, Dynamic::from))
        })
        .method("tzname", &[], |call| {
            let name = clock_of(call).zone.map(|zone| zone.name());
            Ok(name.map_or(Dynamic::UNIT, Dynamic::from))
        })
        .method("dst", &[], |_| Ok(Dynamic::UNIT));
}

/// Returns the time of day of the receiver, which is one or a moment.
fn clock_of(call: &Call<'_>) -> Clock {
    match call.this_if::<Moment>() {
        Some(moment) => Clock {
            at: moment.at.time(),
            zone: moment.zone,
        },
        None => call.this(),
    }
}

/// Returns a time of day with what the parameters from `first` on say in place of its own.
pub(super) fn replaced(
    call: &mut Call<'_>,
    first: usize,
    at: civil::Time,
) -> Result<civil::Time, Failure> {
    let hour = number(call, first, at.hour())?;
    let minute = number(call, first + 1, at.minute())?;
    let second = number(call, first + 2, at.second())?;
    let microsecond = number(call, first + 3, microsecond(at))?;
    fields::clock(hour, minute, second, microsecond)
}

/// Parameter `index` as the name of a precision.
///
/// # Errors
/// `ValueError` for an unknown one.
pub(super) fn precision(call: &mut Call<'_>, index: usize) -> Result<Precision, Failure> {
    let Some(name) = call.given(index) else {
        return Ok(Precision::Auto);
    };
    let precision = as_string(&name).and_then(|name| Precision::named(&name));
    precision.ok_or_else(|| raise("ValueError", "Unknown timespec value"))
}

/// `datetime.time(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let at = replaced(call, 0, civil::Time::midnight())?;
    let zone = argument(call, 4)?;
    Ok(Dynamic::from(Clock { at, zone }))
}

pub(super) fn register_class(class: &mut Namespace<'_>) {
    class
        .function("fromisoformat", &["time_string"], |call| {
            let text = call.string(0)?;
            let (at, zone) = strings::iso_clock(&text)?;
            Ok(Dynamic::from(Clock { at, zone }))
        })
        .constant("min", midnight(), |_| Ok(Dynamic::from(midnight())));
}

fn midnight() -> Clock {
    Clock {
        at: civil::Time::midnight(),
        zone: None,
    }
}

/// `strftime(format)`, which `format` and `"{:%Y}"` call too.
fn formatted(call: &mut Call<'_>) -> Outcome {
    let (clock, format) = (call.this::<Clock>(), call.string(0)?);
    let at = civil::Date::constant(1900, 1, 1).to_datetime(clock.at);
    strings::formatted(at, clock.zone.as_ref(), &format).map(Dynamic::from)
}
