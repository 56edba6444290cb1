//! `Timer(interval, function, args)`: a thread that calls a function after a delay, unless it is cancelled before.
//!
//! Like Python's, it waits for an event, `finished`, that `cancel` sets.

use std::time::Duration;

use rhai::{Array, Dynamic};

use super::delay::Delay;
use super::roster::Roster;
use super::thread::Thread;
use crate::script::{Call, Dialect, Failure, Outcome, raise};
use crate::stdlib::multiprocessing::synchronize::event::Event;
use crate::text::as_float;

/// `Timer(interval, function, args)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let given = call.value(0);
    let seconds = as_float(&given).ok_or_else(|| call.mismatch(0, "a number", &given))?;
    if seconds.is_nan() {
        return Err(raise("ValueError", "Invalid value NaN (not a number)"));
    }
    let interval = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX);
    let function = call.function(1)?;
    let args = if call.has(2) {
        call.array(2)?
    } else {
        Array::new()
    };
    let finished = Event::new(call.interp, Dialect::Threading)?;
    let roster = Roster::of(call.interp);
    let daemon = roster.current().is_daemon();
    let thread = Thread::new(roster.next_name(None), daemon, Some(function), args);
    thread.with(|state| {
        let function = state.target.clone().map_or(Dynamic::UNIT, Dynamic::from);
        let attributes = [
            ("interval", given),
            ("function", function),
            ("args", state.args.clone().into()),
            ("finished", Dynamic::from(finished.clone())),
        ];
        let attributes = attributes.map(|(name, value)| (name.into(), value));
        state.attributes.extend(attributes);
        state.delay = Some(Delay { interval, finished });
    });
    Ok(Dynamic::from(thread))
}

/// `timer.cancel()`.
pub(super) fn cancel(call: &mut Call<'_>) -> Outcome {
    let delay = call.this::<Thread>().with(|state| state.delay.clone());
    let no_timer = || -> Failure {
        let text = "'Thread' object has no attribute 'cancel' (a Timer has it)";
        raise("AttributeError", text)
    };
    delay.ok_or_else(no_timer)?.finish();
    Ok(Dynamic::UNIT)
}
