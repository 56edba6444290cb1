//! `datetime`: days, moments, times of day, and the time between them, on the crate `jiff`.
//!
//! - [`delta`]: `timedelta`; [`zone`]: `timezone`; [`day`]: `date`; [`clock`]: `time`; [`moment`]: `datetime`.
//! - [`delta_class`], [`zone_class`], [`day_class`], [`clock_class`], [`moment_class`]: their constructors and members.
//! - [`fields`]: numbers that are checked; [`strings`]: `strftime`, `strptime`, ISO 8601; [`operators`]: `+`, `-`, `<`, ….

mod clock;
mod clock_class;
mod day;
mod day_class;
mod delta;
mod delta_class;
pub(super) mod fields;
mod moment;
mod moment_class;
mod operators;
mod strings;
mod zone;
mod zone_class;

use rhai::Dynamic;

use self::zone::Zone;
use crate::script::Registry;
use crate::script::bind::CALL;

/// The value of the global constant `datetime`.
#[derive(Debug, Clone)]
struct Datetime;

/// The classes as values, whose members are the functions of the classes: `datetime.datetime.now()`.
#[derive(Debug, Clone)]
struct MomentClass;

#[derive(Debug, Clone)]
struct DayClass;

#[derive(Debug, Clone)]
struct ClockClass;

#[derive(Debug, Clone)]
struct DeltaClass;

#[derive(Debug, Clone)]
struct ZoneClass;

const DATE: &[&str] = &["#", "year", "month", "day"];
const TIMEZONE: &[&str] = &["offset", "name?"];

pub(super) fn register(registry: &mut Registry) {
    delta_class::register(registry);
    zone_class::register(registry);
    day_class::register(registry);
    clock_class::register(registry);
    moment_class::register(registry);
    operators::register(registry);
    registry
        .namespace("datetime", Datetime)
        .function("datetime", moment_class::PARAMS, moment_class::construct)
        .function("date", DATE, day_class::construct)
        .function("time", clock_class::PARAMS, clock_class::construct)
        .function("timedelta", delta_class::PARAMS, delta_class::construct)
        .function("timezone", TIMEZONE, zone_class::construct)
        .constant("MINYEAR", fields::YEAR_MIN, |_| Ok(fields::YEAR_MIN.into()))
        .constant("MAXYEAR", fields::YEAR_MAX, |_| Ok(fields::YEAR_MAX.into()))
        .constant("UTC", Zone::utc(), |_| Ok(Dynamic::from(Zone::utc())))
        .constant("datetime", MomentClass, |_| Ok(Dynamic::from(MomentClass)))
        .constant("date", DayClass, |_| Ok(Dynamic::from(DayClass)))
        .constant("time", ClockClass, |_| Ok(Dynamic::from(ClockClass)))
        .constant("timedelta", DeltaClass, |_| Ok(Dynamic::from(DeltaClass)))
        .constant("timezone", ZoneClass, |_| Ok(Dynamic::from(ZoneClass)));
    // `let date = datetime.date; date(2024, 2, 29)`: a class is called by its name in messages.
    let mut class = registry.namespace("datetime::datetime", MomentClass);
    moment_class::register_class(&mut class);
    class.reserved(
        "datetime",
        CALL,
        moment_class::PARAMS,
        moment_class::construct,
    );
    let mut class = registry.namespace("datetime::date", DayClass);
    day_class::register_class(&mut class);
    class.reserved("date", CALL, DATE, day_class::construct);
    let mut class = registry.namespace("datetime::time", ClockClass);
    clock_class::register_class(&mut class);
    class.reserved("time", CALL, clock_class::PARAMS, clock_class::construct);
    let mut class = registry.namespace("datetime::timedelta", DeltaClass);
    delta_class::register_class(&mut class);
    class.reserved(
        "timedelta",
        CALL,
        delta_class::PARAMS,
        delta_class::construct,
    );
    let mut class = registry.namespace("datetime::timezone", ZoneClass);
    zone_class::register_class(&mut class);
    class.reserved("timezone", CALL, TIMEZONE, zone_class::construct);
}
