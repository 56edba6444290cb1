//! Every wait for what workers on other machines do, and what happens meanwhile: outcomes are noted, bars advanced, callbacks called.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::super::super::pool::callbacks::{Callbacks, Expectant, call_back};
use super::super::super::pool::promise::{Callback, Promise};
use super::super::waiting::{noted, tell};
use super::jobs::Jobs;
use super::outcomes::{of_message, terminated};
use super::state::{Pool, Shared, Turned, is_in_turn};
use crate::remote::caller::Caller;
use crate::remote::pool::Outcome;
use crate::script::{Failure, Interp, throw};
use crate::sync::Deadline;
use crate::sys::clock::now_ns;
use crate::sys::lock::locked;

/// How often the server is asked for outcomes for which nobody waits, while somebody is to be called back.
const GLANCES: Duration = Duration::from_millis(50);

/// When the server is asked again that could not be reached.
const PAUSE: Duration = Duration::from_secs(5);

/// The longest time that the script is held up by that.
const GLANCE: Duration = Duration::from_millis(500);

impl Pool {
    /// Takes results until `is_over` gives something, or the time is up, which is `None`.
    ///
    /// # Errors
    /// Those of the server; the wait was interrupted.
    pub(super) fn wait<T>(
        &self,
        interp: &Arc<Interp>,
        deadline: Deadline,
        mut is_over: impl FnMut(&mut Jobs) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        self.belongs_here()?;
        let jobs = &self.0.jobs;
        self.run_callbacks(interp);
        if let Some(over) = is_over(&mut locked(jobs)) {
            return Ok(Some(over));
        }
        loop {
            let turned = noted(interp, deadline, || {
                self.turn(interp, deadline, &mut is_over)
            });
            self.show_progress();
            self.run_callbacks(interp);
            match turned? {
                Turned::Done(Some(over)) => return Ok(over),
                Turned::Done(None) if deadline.passed(now_ns()) => return Ok(None),
                Turned::Done(None) if interp.check_interrupts() => return Err(interp.interrupted()),
                Turned::Done(None) => (),
                Turned::Late => return Ok(None),
                Turned::Terminated => {
                    let over = is_over(&mut locked(jobs));
                    return over.map(Some).ok_or_else(|| throw(terminated()));
                }
            }
        }
    }

    /// Waits for results. A turn lasts for a moment only, so that the other threads get theirs.
    fn turn<T>(
        &self,
        interp: &Arc<Interp>,
        deadline: Deadline,
        is_over: &mut impl FnMut(&mut Jobs) -> Option<T>,
    ) -> Result<Turned<Option<Option<T>>>, Failure> {
        let Shared { jobs, turns, .. } = &*self.0;
        self.in_turn(interp, deadline, |submitter, caller| {
            // Another thread may have taken the results meanwhile.
            if let Some(over) = is_over(&mut locked(jobs)) {
                return Ok(Some(Some(over)));
            }
            let left = deadline.left().unwrap_or(Duration::MAX);
            let outcomes = submitter.collect(left.min(turns.patience()), deadline, caller)?;
            self.deliver(interp, &outcomes);
            let over = is_over(&mut locked(jobs));
            let ends = over.is_some() || submitter.open() == 0;
            Ok(ends.then_some(over))
        })
    }

    fn deliver(&self, interp: &Arc<Interp>, outcomes: &[(u64, Outcome)]) {
        let codec = self.codec(interp);
        let mut jobs = locked(&self.0.jobs);
        for (number, outcome) in outcomes {
            jobs.end(*number, |batch| of_message(outcome, batch, &codec));
        }
    }

    /// Shows how many tasks have ended since this was last called.
    pub(super) fn show_progress(&self) {
        // Whoever draws them is not kept from asking the pool.
        let steps = locked(&self.0.jobs).take_steps();
        for (bar, ended, is_over) in steps {
            bar.advance(ended);
            if is_over {
                bar.finish();
            }
        }
    }

    /// Calls back those who are due, in order. A callback that waits on the pool calls no other.
    pub(crate) fn run_callbacks(&self, interp: &Arc<Interp>) {
        if self.belongs_here().is_err() || is_in_turn() {
            return;
        }
        if !locked(&self.0.jobs).due.begin() {
            return;
        }
        let next = || locked(&self.0.jobs).due.next();
        while let Some((callback, result)) = next() {
            call_back(interp, &callback, result);
        }
    }

    /// Has the script look for outcomes, until nobody is to be called back any more.
    pub(super) fn expect(&self, interp: &Arc<Interp>, promise: &Promise) {
        if promise.has_callbacks() {
            self.look_soon(interp);
        }
    }

    /// Has the script tell the server of messages that nobody wants any more, if there are any.
    pub(super) fn expect_news(&self, interp: &Arc<Interp>) {
        if locked(&self.0.jobs).is_expectant() {
            self.look_soon(interp);
        }
    }

    fn look_soon(&self, interp: &Arc<Interp>) {
        Callbacks::of(interp).expect(interp, Whole(Arc::downgrade(&self.0)));
    }

    /// Adds a callback for a result; it is called at once if the result is there.
    ///
    /// # Errors
    /// The pool belongs to another process.
    pub(crate) fn call_back(
        &self,
        interp: &Arc<Interp>,
        promise: &Promise,
        callback: Callback,
    ) -> Result<(), Failure> {
        self.belongs_here()?;
        match promise.call_back(callback) {
            None => self.expect(interp, promise),
            Some(callback) => {
                locked(&self.0.jobs).due.note(promise, vec![callback]);
                self.run_callbacks(interp);
            }
        }
        Ok(())
    }

    /// Waits for a result. Returns whether it has come.
    ///
    /// # Errors
    /// Those of [`wait`](Self::wait).
    pub(crate) fn settled(
        &self,
        interp: &Arc<Interp>,
        promise: &Promise,
        deadline: Deadline,
    ) -> Result<bool, Failure> {
        if promise.result().is_some() {
            self.run_callbacks(interp);
            return Ok(true);
        }
        let ready = |_: &mut Jobs| promise.result().map(|_| ());
        Ok(self.wait(interp, deadline, ready)?.is_some())
    }

    /// Waits for a result, and gives it or throws it.
    ///
    /// # Errors
    /// What the task threw; `TimeoutError`; those of [`wait`](Self::wait).
    pub(crate) fn result(
        &self,
        interp: &Arc<Interp>,
        promise: &Promise,
        deadline: Deadline,
    ) -> crate::script::Outcome {
        self.settled(interp, promise, deadline)?;
        promise.outcome()
    }

    /// Waits until `ready` gives a value, which depends on results of this pool.
    ///
    /// # Errors
    /// Those of [`wait`](Self::wait).
    pub(crate) fn wait_until<T>(
        &self,
        interp: &Arc<Interp>,
        deadline: Deadline,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        self.wait(interp, deadline, |_| ready())
    }

    /// Takes the results that have come, if nobody else uses the pool at this moment.
    fn glance(&self, interp: &Arc<Interp>) {
        if locked(&self.0.next_glance).is_some_and(|due| Instant::now() < due) {
            return;
        }
        let caller = Glancing {
            interp,
            pool: &self.0,
            until: Instant::now() + GLANCE,
        };
        let looked = self.in_turn(interp, Deadline::NOW, |submitter, _| {
            let outcomes = submitter.collect(Duration::ZERO, Deadline::NEVER, &caller)?;
            self.deliver(interp, &outcomes);
            Ok(())
        });
        // A server that is away is the affair of whoever waits.
        let pause = match looked {
            Ok(Turned::Done(()) | Turned::Late) => GLANCES,
            _ => PAUSE,
        };
        *locked(&self.0.next_glance) = Some(Instant::now() + pause);
        self.show_progress();
    }
}

/// A script that looks for outcomes between two of its steps.
struct Glancing<'a> {
    interp: &'a Interp,
    pool: &'a Shared,
    until: Instant,
}

impl Caller for Glancing<'_> {
    fn has_to_stop(&self) -> bool {
        Instant::now() >= self.until || self.pool.is_terminated()
    }

    fn tell(&self, text: &str) {
        tell(self.interp, text);
    }
}

/// A pool as its callbacks know it, which do not keep it.
struct Whole(Weak<Shared>);

impl Expectant for Whole {
    fn address(&self) -> usize {
        self.0.as_ptr().addr()
    }

    fn look(&self, interp: &Arc<Interp>) -> bool {
        let Some(pool) = self.0.upgrade().map(Pool) else {
            return false;
        };
        if pool.belongs_here().is_err() {
            return false;
        }
        // Whoever is in the middle of a request comes back here.
        if !is_in_turn() {
            pool.glance(interp);
            pool.run_callbacks(interp);
        }
        locked(&pool.0.jobs).is_expectant()
    }
}

impl fmt::Debug for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Whole").field(&self.address()).finish()
    }
}
