//! `Timer(interval, function, args)`: a thread that calls a function after a while, unless it is cancelled before.
//!
//! As Python's, it waits for an event that `cancel` sets: `finished`.

use std::time::Duration;

use rhai::{Array, Dynamic};

use super::thread::Thread;
use super::thread_class::made_up_name;
use crate::script::Outcome;
use crate::script::call::Call;
use crate::script::dialect::Dialect;
use crate::script::exceptions::{Failure, raise};
use crate::stdlib::multiprocessing::synchronize::event::Event;
use crate::stdlib::threading::roster::Roster;
use crate::sync::Deadline;

/// What a timer waits for.
#[derive(Debug, Clone)]
pub(crate) struct Timer {
    pub interval: Duration,
    /// Set when it was cancelled, or has called its function.
    pub finished: Event,
}

impl Timer {
    /// Waits for the time to pass; whether the function is to be called.
    pub(super) fn elapses(&self) -> bool {
        let deadline = Deadline::after(self.interval);
        matches!(
            self.finished.shared.wait(deadline),
            Err(crate::sync::WaitError::TimedOut)
        )
    }

    /// Nothing will be called from now on.
    pub(super) fn finish(&self) {
        // Without the session nobody waits for the event either.
        let _ = self.finished.shared.set();
    }
}

/// `Timer(interval, function, args)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let interval = call.float(0)?;
    let interval = Duration::try_from_secs_f64(interval.max(0.0)).unwrap_or(Duration::MAX);
    let function = call.function(1)?;
    let args = if call.has(2) {
        call.array(2)?
    } else {
        Array::new()
    };
    let finished = Event::new(call.interp, Dialect::Threading)?;
    let daemon = Roster::of(call.interp).current().is_daemon();
    let thread = Thread::new(made_up_name(call, None), daemon, Some(function), args);
    thread.with(|state| {
        state
            .attributes
            .insert("finished".into(), Dynamic::from(finished.clone()));
        state.timer = Some(Timer { interval, finished });
    });
    Ok(Dynamic::from(thread))
}

/// `timer.cancel()`.
pub(super) fn cancel(call: &mut Call<'_>) -> Outcome {
    let timer = call.this::<Thread>().with(|state| state.timer.clone());
    let no_timer = || -> Failure {
        let text = "'Thread' object has no attribute 'cancel' (a Timer has it)";
        raise("AttributeError", text)
    };
    timer.ok_or_else(no_timer)?.finish();
    Ok(Dynamic::UNIT)
}
