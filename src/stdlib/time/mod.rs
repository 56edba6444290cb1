//! `time`: clocks, and sleeping; dates are in [`calendar`], and read by [`parsing`].

mod calendar;
mod parsing;

pub(super) use self::calendar::{civil_date, local_date, struct_time};
pub(super) use self::parsing::{parsed_by_format, replaced};

use std::any::TypeId;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rhai::Dynamic;

use super::builtins::print::flush_output;
use crate::script::{Call, Outcome, Registry, raise};
use crate::sync::{Deadline, Offset, wait_kind};
use crate::sys;

/// The value of the global constant `time`.
#[derive(Debug, Clone)]
pub(crate) struct Time;

/// Sleeping longer than this lets a reader see an incomplete line first.
const MOMENT: Duration = Duration::from_millis(10);

pub(super) fn register(registry: &mut Registry) {
    // Rhai's own `sleep` cannot be interrupted.
    for seconds in [TypeId::of::<i64>(), TypeId::of::<f64>()] {
        registry.exactly("sleep", &[seconds], &["secs"], sleep);
    }
    let mut time = registry.namespace("time", Time);
    time.function("sleep", &["#", "secs"], sleep)
        .function("time", &[], |_| {
            Ok(Dynamic::from_float(since_epoch().as_secs_f64()))
        })
        .function("time_ns", &[], |_| {
            Ok(Dynamic::from_int(since_epoch().as_nanos() as i64))
        })
        .function("monotonic", &[], |_| Ok(monotonic()))
        .function("perf_counter", &[], |_| Ok(monotonic()))
        .function("monotonic_ns", &[], |_| {
            Ok(Dynamic::from_int(sys::clock::now_ns().cast_signed()))
        })
        .function("perf_counter_ns", &[], |_| {
            Ok(Dynamic::from_int(sys::clock::now_ns().cast_signed()))
        })
        .function("process_time", &[], |_| {
            Ok(Dynamic::from_float(sys::cpu::used_time().as_secs_f64()))
        });
    calendar::register(&mut time);
    calendar::register_class(registry);
}

pub(in crate::stdlib) fn since_epoch() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

fn monotonic() -> Dynamic {
    Dynamic::from_float(sys::clock::now_ns() as f64 / 1e9)
}

/// `time.sleep(secs)`: ends early when the script has to stop.
fn sleep(call: &mut Call<'_>) -> Outcome {
    let seconds = call.float(0)?;
    if seconds.is_nan() {
        return Err(raise("ValueError", "Invalid value NaN (not a number)"));
    }
    if seconds < 0.0 {
        return Err(raise("ValueError", "sleep length must be non-negative"));
    }
    let Ok(length) = Duration::try_from_secs_f64(seconds) else {
        let text = "timestamp too large to convert to C _PyTime_t";
        return Err(raise("OverflowError", text));
    };
    if length > MOMENT {
        flush_output(call.interp)?;
    }
    let interp = call.interp;
    let end = Instant::now().checked_add(length);
    interp.waiting((wait_kind::TIME, Offset::NONE), end, || {
        interp.sleep_until(Deadline::after(length), || false)
    })?;
    Ok(Dynamic::UNIT)
}
