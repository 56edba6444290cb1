//! Whoever does the calls of an executor: workers of this machine, or those of a pool on a server.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Array, FnPtr, NativeCallContext};

use crate::pool::Rules;
use crate::pool::job::Order;
use crate::script::progress::Bar;
use crate::script::{Call, Failure, Interp, Outcome};
use crate::stdlib::builtins::lazy::Lazy;
use crate::stdlib::multiprocessing::pool::iterator::{Outcomes, Taken};
use crate::stdlib::multiprocessing::pool::open::Outlasting;
use crate::stdlib::multiprocessing::pool::parcel::Ended;
use crate::stdlib::multiprocessing::pool::promise::{Callback, Promise, Shape};
use crate::stdlib::multiprocessing::pool::state::Pool;
use crate::stdlib::multiprocessing::pool::submit::How;
use crate::stdlib::multiprocessing::remote::{ServerOutcomes, ServerPool, ServerRules};
use crate::sync::Deadline;

/// How long it is waited for one of several pools, before it is looked at the others.
const SLICE: Duration = Duration::from_millis(20);

/// A pool of workers.
#[derive(Debug, Clone)]
pub(super) enum Doers {
    Here(Pool),
    Server(ServerPool),
}

fn at<'a>(call: &'a Call<'_>) -> (&'a Arc<Interp>, &'a NativeCallContext<'a>) {
    (call.interp, call.context)
}

impl Doers {
    pub(super) fn address(&self) -> usize {
        match self {
            Self::Here(pool) => pool.address(),
            Self::Server(pool) => pool.address(),
        }
    }

    /// Returns it as the end of the program waits for it.
    pub(super) fn outlasting(&self) -> Arc<dyn Outlasting> {
        match self {
            Self::Here(pool) => Arc::new(pool.clone()),
            Self::Server(pool) => pool.outlasting(),
        }
    }

    /// Checks that it takes calls, and notices workers that have become free.
    ///
    /// # Errors
    /// It belongs to another process, or takes no more calls.
    pub(super) fn prepare(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        match self {
            Self::Here(pool) => {
                pool.with(|state| state.open())??;
                pool.take_outcomes(interp)
            }
            Self::Server(pool) => pool.is_open(),
        }
    }

    /// Has a function called, and returns the promise of its result.
    ///
    /// # Errors
    /// It takes no more calls, or the function or an argument cannot be sent; those of a server.
    pub(super) fn submit(
        &self,
        call: &Call<'_>,
        function: FnPtr,
        args: Array,
    ) -> Result<Arc<Promise>, Failure> {
        let pool = match self {
            Self::Here(pool) => pool,
            Self::Server(pool) => {
                return pool.submit(at(call), &function, args, ServerRules::default());
            }
        };
        let errand = pool.errand(call, function, true)?;
        let how = How {
            rules: Rules::default(),
            shape: Shape::One,
            chunksize: Some(1),
            is_watched: false,
            callbacks: Vec::new(),
            bar: None,
        };
        pool.promise(call.interp, errand, vec![args.into()], how)
    }

    /// Has a function called with each item: `chunk` of them travel together, at most `ahead` are sent that nobody has read.
    ///
    /// # Errors
    /// As [`submit`](Self::submit).
    pub(super) fn map(
        &self,
        call: &Call<'_>,
        (function, spreads): (FnPtr, bool),
        items: Lazy,
        (chunk, ahead): (usize, usize),
        bar: Option<Arc<Bar>>,
    ) -> Result<Done, Failure> {
        let pool = match self {
            Self::Here(pool) => pool,
            Self::Server(pool) => {
                let how = (chunk, ahead);
                let done = pool.map_lazily(at(call), (&function, spreads), items, how, bar)?;
                return Ok(Done::Server(done));
            }
        };
        let errand = pool.errand(call, function, spreads)?;
        let rules = (Rules::default(), chunk, ahead);
        let items = (items, Order::OfTasks);
        let done = Outcomes::begin(call.interp, pool.clone(), errand, items, rules)?;
        done.show(bar)?;
        Ok(Done::Here(done))
    }

    /// Waits for a result. Returns whether it has come.
    ///
    /// # Errors
    /// The error of an interrupted wait; those of a server.
    pub(super) fn settled(
        &self,
        interp: &Arc<Interp>,
        promise: &Promise,
        deadline: Deadline,
    ) -> Result<bool, Failure> {
        match self {
            Self::Here(pool) => pool.settled(interp, promise, deadline),
            Self::Server(pool) => pool.settled(interp, promise, deadline),
        }
    }

    /// Waits for a result, and gives it or throws it.
    ///
    /// # Errors
    /// What the call threw; `TimeoutError`; as [`settled`](Self::settled).
    pub(super) fn result(
        &self,
        interp: &Arc<Interp>,
        promise: &Promise,
        deadline: Deadline,
    ) -> Outcome {
        match self {
            Self::Here(pool) => pool.result(interp, promise, deadline),
            Self::Server(pool) => pool.result(interp, promise, deadline),
        }
    }

    /// Cancels a call. Returns false if a worker has begun it, or it has ended.
    ///
    /// # Errors
    /// It belongs to another process; those of a server.
    pub(super) fn cancel(&self, interp: &Arc<Interp>, promise: &Promise) -> Result<bool, Failure> {
        match self {
            Self::Here(pool) => {
                let is_cancelled = pool.with(|state| state.cancel(promise))?;
                pool.notify();
                pool.run_callbacks(interp);
                Ok(is_cancelled)
            }
            Self::Server(pool) => pool.cancel(interp, promise),
        }
    }

    /// Cancels every call that no worker has begun.
    ///
    /// # Errors
    /// As [`cancel`](Self::cancel).
    pub(super) fn cancel_all(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        match self {
            Self::Here(pool) => {
                pool.take_outcomes(interp)?;
                pool.with(|state| state.withdraw_all())
            }
            Self::Server(pool) => pool.cancel_all(interp),
        }
    }

    /// Returns whether a worker has begun a call that has no result.
    ///
    /// # Errors
    /// As [`cancel`](Self::cancel).
    pub(super) fn is_running(
        &self,
        interp: &Arc<Interp>,
        promise: &Promise,
    ) -> Result<bool, Failure> {
        match self {
            Self::Here(pool) => pool.with(|state| state.is_running(promise)),
            Self::Server(pool) => pool.is_running(interp, promise),
        }
    }

    /// Has somebody called back when a result has come, at once if it has.
    ///
    /// # Errors
    /// It belongs to another process.
    pub(super) fn call_back(
        &self,
        interp: &Arc<Interp>,
        promise: &Promise,
        callback: Callback,
    ) -> Result<(), Failure> {
        let pool = match self {
            Self::Here(pool) => pool,
            Self::Server(pool) => return pool.call_back(interp, promise, callback),
        };
        pool.belongs_here()?;
        match promise.call_back(callback) {
            None => pool.expect_callbacks(interp),
            Some(callback) => {
                pool.with(|state| state.due.note(promise, vec![callback]))?;
                pool.run_callbacks(interp);
            }
        }
        Ok(())
    }

    /// Gives a promise a result by hand.
    ///
    /// # Errors
    /// It belongs to another process.
    pub(super) fn settle(
        &self,
        interp: &Arc<Interp>,
        promise: &Promise,
        result: Ended,
    ) -> Result<(), Failure> {
        match self {
            Self::Here(pool) => {
                pool.with(|state| {
                    let due = promise.settle(result);
                    state.due.note(promise, due);
                })?;
                pool.notify();
                pool.run_callbacks(interp);
            }
            Self::Server(pool) => {
                pool.settle(promise, result);
                pool.run_callbacks(interp);
            }
        }
        Ok(())
    }

    /// Takes no more calls.
    ///
    /// # Errors
    /// It belongs to another process.
    pub(super) fn close(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        match self {
            Self::Here(pool) => {
                pool.close(interp)?;
                pool.run_callbacks(interp);
            }
            Self::Server(pool) => {
                pool.close()?;
                pool.run_callbacks(interp);
            }
        }
        Ok(())
    }

    /// Nobody can give it a call any more.
    pub(super) fn close_if_free(&self, interp: &Arc<Interp>) {
        match self {
            Self::Here(pool) => pool.close_if_free(interp),
            Self::Server(pool) => drop(pool.close()),
        }
    }

    /// Waits until `ready` gives a value, which depends on the results of these pools, at most until `deadline`; `None` then.
    ///
    /// # Errors
    /// The error of an interrupted wait; those of a server.
    pub(super) fn wait_for_any<T>(
        all: &[Self],
        interp: &Arc<Interp>,
        deadline: Deadline,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        let here = all.iter().map(|doers| match doers {
            Self::Here(pool) => Some(pool.clone()),
            Self::Server(_) => None,
        });
        if let Some(here) = here.collect::<Option<Vec<Pool>>>() {
            return Pool::wait_for_any(&here, interp, deadline, ready);
        }
        loop {
            for doers in all {
                let until = match all.len() {
                    1 => deadline,
                    _ => deadline.min(Deadline::after(SLICE)),
                };
                let found = match doers {
                    Self::Here(pool) => {
                        Pool::wait_for_any(std::slice::from_ref(pool), interp, until, &mut ready)
                    }
                    Self::Server(pool) => pool.wait_until(interp, until, &mut ready),
                }?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            if deadline.passed(crate::sys::clock::now_ns()) {
                return Ok(None);
            }
        }
    }
}

/// The outcomes of calls for many items, in their order.
#[derive(Debug, Clone)]
pub(super) enum Done {
    Here(Outcomes),
    Server(ServerOutcomes),
}

impl Done {
    /// Takes the next outcome, waiting for it until `deadline`.
    ///
    /// # Errors
    /// The error of an interrupted wait; those of a server.
    pub(super) fn advance(&self, deadline: Deadline) -> Result<Taken, Failure> {
        match self {
            Self::Here(outcomes) => outcomes.advance(deadline),
            Self::Server(outcomes) => outcomes.advance(deadline),
        }
    }

    /// Cancels the calls that no worker has begun; nobody reads the other results.
    pub(super) fn give_up(&self) {
        match self {
            Self::Here(outcomes) => outcomes.give_up(),
            Self::Server(outcomes) => outcomes.give_up(),
        }
    }
}
