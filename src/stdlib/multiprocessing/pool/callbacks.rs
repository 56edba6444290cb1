//! Callbacks of pools: they run in the process that sent the tasks, inside its waits or at the next step of its script.
//!
//! While somebody is to be called back, an alarm interrupts the script now and then, as a signal would, to look for outcomes.

use std::fmt;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use super::here;
use super::parcel::Ended;
use super::promise::{Callback, When};
use super::state::{Pool, WeakPool};
use crate::process::timer::{self, Alarm};
use crate::script::report::{self, task_frames};
use crate::script::{Exception, Interp, State, Stop};
use crate::stdlib::signal::handlers::Handlers;
use crate::sys::interrupt;
use crate::sys::lock::locked;

/// How often the script looks.
const LOOK: Duration = Duration::from_millis(5);

/// A pool with callbacks that have not been called, of this machine or on a server.
pub(in crate::stdlib::multiprocessing) trait Expectant:
    fmt::Debug + Send + Sync
{
    /// Returns an address by which it is compared with other pools.
    fn address(&self) -> usize;

    /// Reads the outcomes that have come, and calls back. Returns whether somebody is still to be called back.
    fn look(&self, interp: &Arc<Interp>) -> bool;
}

/// The pools of a runtime with callbacks that have not been called.
#[derive(Debug, Default)]
pub(crate) struct Callbacks(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    interp: Weak<Interp>,
    pools: Vec<Arc<dyn Expectant>>,
    alarm: Option<Alarm>,
}

impl State for Callbacks {
    fn begin_process(&self) {
        here::begin_process();
        self.forget();
    }

    fn reset(&self) {
        self.forget();
    }

    fn handle_signals(&self) -> bool {
        if Handlers::is_main_thread() && interrupt::take_caught(interrupt::NEWS) {
            self.look();
        }
        false
    }
}

impl Callbacks {
    fn forget(&self) {
        let mut waiting = locked(&self.0);
        waiting.pools.clear();
        waiting.alarm = None;
    }

    pub(crate) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    /// Makes the script look for outcomes of this pool, until nobody is to be called back any more.
    pub(in crate::stdlib::multiprocessing) fn expect(
        &self,
        interp: &Arc<Interp>,
        pool: impl Expectant + 'static,
    ) {
        let mut waiting = locked(&self.0);
        waiting.interp = Arc::downgrade(interp);
        if !(waiting.pools.iter()).any(|other| other.address() == pool.address()) {
            waiting.pools.push(Arc::new(pool));
        }
        waiting.set_alarm();
    }

    fn look(&self) {
        let (interp, pools) = {
            let mut waiting = locked(&self.0);
            waiting.alarm = None;
            (waiting.interp.upgrade(), waiting.pools.clone())
        };
        let Some(interp) = interp else {
            return;
        };
        let is_done = |pool: &&Arc<dyn Expectant>| !pool.look(&interp);
        let done: Vec<usize> = (pools.iter().filter(is_done))
            .map(|pool| pool.address())
            .collect();
        let mut waiting = locked(&self.0);
        waiting.pools.retain(|pool| !done.contains(&pool.address()));
        waiting.set_alarm();
    }
}

impl Waiting {
    fn set_alarm(&mut self) {
        if !self.pools.is_empty() && self.alarm.is_none() {
            // Without a thread for it the callbacks run in the waits of the script.
            self.alarm = timer::set(LOOK, interrupt::announce).ok();
        }
    }
}

impl Expectant for WeakPool {
    fn address(&self) -> usize {
        self.address()
    }

    fn look(&self, interp: &Arc<Interp>) -> bool {
        self.upgrade().is_some_and(|pool| {
            let _ = pool.take_outcomes(interp);
            let _ = pool.look_after_workers(interp);
            pool.run_callbacks(interp);
            let mut state = pool.lock();
            let _ = state.advance(interp, pool.processes());
            state.is_expectant()
        })
    }
}

impl Pool {
    /// Has the script look for outcomes, until nobody is to be called back any more.
    pub(crate) fn expect_callbacks(&self, interp: &Arc<Interp>) {
        Callbacks::of(interp).expect(interp, self.downgrade());
    }

    /// Calls back those who are due, in order. A callback that waits on the pool calls no other.
    pub(crate) fn run_callbacks(&self, interp: &Arc<Interp>) {
        if self.belongs_here().is_err() || !self.lock().due.begin() {
            return;
        }
        let next = || self.lock().due.next();
        while let Some((callback, result)) = next() {
            call_back(interp, &callback, result);
        }
    }
}

/// Calls somebody back. What the function throws is reported.
pub(in crate::stdlib::multiprocessing) fn call_back(
    interp: &Arc<Interp>,
    callback: &Callback,
    result: Ended,
) {
    let argument = match (&callback.when, result) {
        (When::Returned, Ok(value)) => value,
        (When::Threw, Err(exception)) => rhai::Dynamic::from(exception),
        (When::Ended(value), _) => value.clone(),
        _ => return,
    };
    let called = callback
        .caller
        .call(&callback.function, None, vec![argument]);
    let Err(error) = called else {
        return;
    };
    if Stop::of(&error).is_some() {
        // The script ends at its next step.
        return;
    }
    let frames = task_frames(&error, &interp.program, Some(&callback.function), false);
    let exception = Exception::from_error(&error).with_frames(frames);
    report::print(interp, &report::diagnostic_of(interp, &exception));
}
