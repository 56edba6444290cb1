//! The members of `timedelta`.

use rhai::Dynamic;

use super::delta::Delta;
use super::fields::{DAY, HOUR, MINUTE, SECOND};
use crate::script::{Call, Namespace, Outcome, Registry};
use crate::text::{as_float, as_int};

/// The parameters of the constructor, and the microseconds of each.
pub(super) const PARAMS: &[&str] = &[
    "days?",
    "seconds?",
    "microseconds?",
    "milliseconds?",
    "minutes?",
    "hours?",
    "weeks?",
];
const UNITS: [i64; 7] = [DAY, SECOND, 1, 1000, MINUTE, HOUR, 7 * DAY];

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Delta>("datetime.timedelta")
        .by_parts(
            "timedelta",
            |_, delta: &Delta| Ok(delta.microseconds().to_string().into()),
            |_, parts| {
                let microseconds = parts.to_string().parse::<i128>();
                let microseconds = microseconds.map_err(|error| error.to_string())?;
                Delta::new(microseconds).map_err(|error| error.to_string())
            },
        )
        .getter("days", |call| Ok(call.this::<Delta>().parts().0.into()))
        .getter("seconds", |call| Ok(call.this::<Delta>().parts().1.into()))
        .getter("microseconds", |call| {
            Ok(call.this::<Delta>().parts().2.into())
        })
        .method("total_seconds", &[], |call| {
            Ok(call.this::<Delta>().total_seconds().into())
        })
        .method("to_string", &[], |call| {
            Ok(call.this::<Delta>().str().into())
        })
        .method("to_debug", &[], |call| {
            Ok(call.this::<Delta>().repr().into())
        });
}

pub(super) fn register_class(class: &mut Namespace<'_>) {
    class
        .constant("min", Delta::MIN, |_| Ok(Dynamic::from(Delta::MIN)))
        .constant("max", Delta::MAX, |_| Ok(Dynamic::from(Delta::MAX)))
        .constant("resolution", Delta::RESOLUTION, |_| {
            Ok(Dynamic::from(Delta::RESOLUTION))
        });
}

/// `datetime.timedelta(days=0, seconds=0, …)`: integers count exactly, and fractions are rounded once.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let (mut whole, mut fraction) = (0_i128, 0.0);
    for (index, unit) in UNITS.into_iter().enumerate() {
        if !call.has(index) {
            continue;
        }
        let value = call.value(index);
        if let Some(number) = as_int(&value) {
            whole += i128::from(number) * i128::from(unit);
        } else if let Some(number) = as_float(&value) {
            whole += number.trunc() as i128 * i128::from(unit);
            fraction += number.fract() * unit as f64;
        } else {
            return Err(call.mismatch(index, "a number", &value));
        }
    }
    let rounded = Delta::of_float(fraction)?.microseconds();
    Delta::new(whole.saturating_add(rounded)).map(Dynamic::from)
}
