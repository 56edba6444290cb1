//! `+`, `-`, `*`, `/` and comparisons of days, moments, times of day and the time between them.

use std::any::TypeId;
use std::cmp::Ordering;

use rhai::Dynamic;

use super::clock::Clock;
use super::day::Day;
use super::delta::Delta;
use super::fields::{self, DAY};
use super::moment::Moment;
use super::moment_class::between;
use super::zone::Zone;
use crate::script::{Call, Failure, Handler, Outcome, Registry, raise};

const PAIR: &[&str] = &["a", "b"];

pub(super) fn register(registry: &mut Registry) {
    let delta = TypeId::of::<Delta>();
    for number in [TypeId::of::<i64>(), TypeId::of::<f64>()] {
        registry.exactly("*", &[delta, number], PAIR, |call| {
            let (delta, number) = (delta_of(call, 0), call.value(1));
            times(delta, &number)
        });
        registry.exactly("*", &[number, delta], PAIR, |call| {
            let (number, delta) = (call.value(0), delta_of(call, 1));
            times(delta, &number)
        });
        registry.exactly("/", &[delta, number], PAIR, |call| {
            let (delta, number) = (delta_of(call, 0), call.float(1)?);
            if number == 0.0 {
                return Err(division_by_zero());
            }
            let microseconds = delta.microseconds() as f64 / number;
            Delta::of_float(microseconds).map(Dynamic::from)
        });
    }
    pairs(registry);
    comparisons(registry);
}

/// The operators between two values of the module.
fn pairs(registry: &mut Registry) {
    let delta = TypeId::of::<Delta>();
    let (day, moment) = (TypeId::of::<Day>(), TypeId::of::<Moment>());
    let both: [(&str, [TypeId; 2], Handler); 11] = [
        ("+", [delta, delta], |call| {
            let (a, b) = (delta_of(call, 0), delta_of(call, 1));
            Delta::new(a.microseconds() + b.microseconds()).map(Dynamic::from)
        }),
        ("-", [delta, delta], |call| {
            let (a, b) = (delta_of(call, 0), delta_of(call, 1));
            Delta::new(a.microseconds() - b.microseconds()).map(Dynamic::from)
        }),
        ("/", [delta, delta], |call| {
            let (a, b) = (delta_of(call, 0), delta_of(call, 1));
            match b.microseconds() {
                0 => Err(division_by_zero()),
                _ => Ok((a.microseconds() as f64 / b.microseconds() as f64).into()),
            }
        }),
        ("%", [delta, delta], |call| {
            let (a, b) = (
                delta_of(call, 0).microseconds(),
                delta_of(call, 1).microseconds(),
            );
            match b {
                0 => Err(division_by_zero()),
                _ => Delta::new(((a % b) + b) % b).map(Dynamic::from),
            }
        }),
        ("+", [day, delta], |call| later_day(call, (0, 1), 1)),
        ("+", [delta, day], |call| later_day(call, (1, 0), 1)),
        ("-", [day, delta], |call| later_day(call, (0, 1), -1)),
        ("-", [day, day], |call| {
            let (a, b) = (call.value(0).cast::<Day>(), call.value(1).cast::<Day>());
            Delta::new(i128::from(a.ordinal() - b.ordinal()) * i128::from(DAY)).map(Dynamic::from)
        }),
        ("+", [moment, delta], |call| later(call, (0, 1), 1)),
        ("+", [delta, moment], |call| later(call, (1, 0), 1)),
        ("-", [moment, delta], |call| later(call, (0, 1), -1)),
    ];
    for (operator, types, handler) in both {
        registry.exactly(operator, &types, PAIR, handler);
    }
    registry.exactly("-", &[moment, moment], PAIR, |call| {
        let (a, b) = (
            call.value(0).cast::<Moment>(),
            call.value(1).cast::<Moment>(),
        );
        between(&a, &b).map(Dynamic::from)
    });
    registry.exactly("-", &[delta], &["a"], |call| {
        Delta::new(-delta_of(call, 0).microseconds()).map(Dynamic::from)
    });
    registry.exactly("abs", &[delta], &["a"], |call| {
        Delta::new(delta_of(call, 0).microseconds().abs()).map(Dynamic::from)
    });
}

fn comparisons(registry: &mut Registry) {
    let types = [
        TypeId::of::<Delta>(),
        TypeId::of::<Day>(),
        TypeId::of::<Moment>(),
        TypeId::of::<Clock>(),
    ];
    for own in types {
        let pair = [own; 2];
        registry.exactly("<", &pair, PAIR, |call| Ok(order(call)?.is_lt().into()));
        registry.exactly("<=", &pair, PAIR, |call| Ok(order(call)?.is_le().into()));
        registry.exactly(">", &pair, PAIR, |call| Ok(order(call)?.is_gt().into()));
        registry.exactly(">=", &pair, PAIR, |call| Ok(order(call)?.is_ge().into()));
        registry.exactly("==", &pair, PAIR, |call| Ok(are_equal(call).into()));
        registry.exactly("!=", &pair, PAIR, |call| Ok((!are_equal(call)).into()));
    }
    let zones = [TypeId::of::<Zone>(); 2];
    registry.exactly("==", &zones, PAIR, |call| {
        let (a, b) = (call.value(0).cast::<Zone>(), call.value(1).cast::<Zone>());
        Ok((a == b).into())
    });
    registry.exactly("!=", &zones, PAIR, |call| {
        let (a, b) = (call.value(0).cast::<Zone>(), call.value(1).cast::<Zone>());
        Ok((a != b).into())
    });
}

/// Returns the order of two values of one type.
///
/// # Errors
/// `TypeError` if only one of them has a zone.
fn order(call: &mut Call<'_>) -> Result<Ordering, Failure> {
    let (a, b) = (call.value(0), call.value(1));
    if a.is::<Delta>() {
        return Ok(a.cast::<Delta>().cmp(&b.cast::<Delta>()));
    }
    if a.is::<Day>() {
        return Ok(a.cast::<Day>().cmp(&b.cast::<Day>()));
    }
    if a.is::<Moment>() {
        return moments(&a, &b);
    }
    clocks(&a, &b)
}

/// Values of which only one has a zone are never equal.
fn are_equal(call: &mut Call<'_>) -> bool {
    order(call).is_ok_and(Ordering::is_eq)
}

fn moments(a: &Dynamic, b: &Dynamic) -> Result<Ordering, Failure> {
    let (a, b) = (a.clone_cast::<Moment>(), b.clone_cast::<Moment>());
    if a.zone.is_some() != b.zone.is_some() {
        let text = "can't compare offset-naive and offset-aware datetimes";
        return Err(raise("TypeError", text));
    }
    Ok(a.microseconds().cmp(&b.microseconds()))
}

fn clocks(a: &Dynamic, b: &Dynamic) -> Result<Ordering, Failure> {
    let (a, b) = (a.clone_cast::<Clock>(), b.clone_cast::<Clock>());
    if a.zone.is_some() != b.zone.is_some() {
        let text = "can't compare offset-naive and offset-aware times";
        return Err(raise("TypeError", text));
    }
    let microseconds = |clock: &Clock| {
        let at = clock.at;
        let seconds = i64::from(at.hour()) * 3600 + i64::from(at.minute()) * 60;
        let seconds = seconds + i64::from(at.second());
        let offset = clock.zone.as_ref().map_or(0, Zone::offset);
        seconds * fields::SECOND + fields::microsecond(at) - offset
    };
    Ok(microseconds(&a).cmp(&microseconds(&b)))
}

/// An argument that the type of the operator makes sure of.
fn delta_of(call: &mut Call<'_>, index: usize) -> Delta {
    call.value(index).cast::<Delta>()
}

fn division_by_zero() -> Failure {
    raise("ZeroDivisionError", "integer division or modulo by zero")
}

fn times(delta: Delta, number: &Dynamic) -> Outcome {
    let product = match (number.as_int(), number.as_float()) {
        (Ok(number), _) => Delta::new(delta.microseconds().saturating_mul(number.into())),
        (_, Ok(number)) => Delta::of_float(delta.microseconds() as f64 * number),
        _ => Ok(delta),
    };
    product.map(Dynamic::from)
}

/// A day and whole days of a time: its seconds do not count.
fn later_day(call: &mut Call<'_>, (day, delta): (usize, usize), sign: i64) -> Outcome {
    let day = call.value(day).cast::<Day>();
    let days = delta_of(call, delta).parts().0;
    let number = day.ordinal() + sign * days;
    Day::of_ordinal(number)
        .map(Dynamic::from)
        .ok_or_else(fields::overflow)
}

fn later(call: &mut Call<'_>, (moment, delta): (usize, usize), sign: i128) -> Outcome {
    let moment = call.value(moment).cast::<Moment>();
    let delta = delta_of(call, delta);
    let delta = Delta::new(sign * delta.microseconds())?;
    moment.after(delta).map(Dynamic::from)
}
