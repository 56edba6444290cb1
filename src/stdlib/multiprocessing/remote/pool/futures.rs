//! What executors need of a pool on a server: their calls, tasks that are cancelled, and its orderly end.

use std::sync::Arc;

use rhai::{Array, Dynamic, FnPtr};

use super::super::super::pool::open::Outlasting;
use super::super::super::pool::parcel::Ended;
use super::super::super::pool::promise::{Promise, Shape};
use super::super::super::pool::state::Stage;
use super::calls::{At, How};
use super::outcomes::cancelled;
use super::results::Outcomes;
use super::rules::Rules;
use super::state::Pool;
use crate::remote::pool::Cancelled;
use crate::script::progress::Bar;
use crate::script::{Failure, Interp, raise};
use crate::stdlib::builtins::lazy::Lazy;
use crate::sync::Deadline;
use crate::sys::lock::locked;

impl Pool {
    /// Returns an address by which it is compared with other pools.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Has a function called with these arguments, and returns the promise of its result.
    ///
    /// # Errors
    /// The pool takes no tasks, or the arguments cannot be sent; those of the server.
    pub(crate) fn submit(
        &self,
        at: At<'_>,
        function: &FnPtr,
        args: Array,
        rules: Rules,
    ) -> Result<Arc<Promise>, Failure> {
        let how = How {
            rules,
            shape: Shape::One,
            chunk: 1,
            callbacks: Vec::new(),
            bar: None,
        };
        let errand = self.errand(at.0, function, true)?;
        let promise = self.promise(at, &errand, &[args.into()], how)?;
        self.flow(at.0, Deadline::NEVER)?;
        Ok(promise)
    }

    /// Has a function called with each item, and returns the promise of a list of its results, in which tasks that failed are
    /// [`Threw`](super::super::super::pool::promise::Threw).
    ///
    /// # Errors
    /// As [`submit`](Self::submit).
    pub(crate) fn submit_each(
        &self,
        at: At<'_>,
        function: &FnPtr,
        items: &[Dynamic],
        rules: Rules,
    ) -> Result<Arc<Promise>, Failure> {
        let errand = self.errand(at.0, function, false)?;
        let how = How {
            rules,
            shape: Shape::Each,
            chunk: self.fair_chunk(at.0, items.len())?,
            callbacks: Vec::new(),
            bar: None,
        };
        self.promise(at, &errand, items, how)
    }

    /// Has a function called with each item, and returns the outcomes in the order of the items.
    ///
    /// # Errors
    /// The pool takes no tasks; those of the server.
    pub(crate) fn map_lazily(
        &self,
        at: At<'_>,
        (function, spreads): (&FnPtr, bool),
        items: Lazy,
        (chunk, ahead): (usize, usize),
        bar: Option<Arc<Bar>>,
    ) -> Result<Outcomes, Failure> {
        let errand = self.errand(at.0, function, spreads)?;
        let rules = (Rules::default(), chunk, ahead);
        self.outcomes(at, errand, (items, true), rules, bar)
    }

    /// Cancels the only task of a promise. Returns false if a worker has begun it, or it has ended.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn cancel(&self, interp: &Arc<Interp>, promise: &Promise) -> Result<bool, Failure> {
        self.settled(interp, promise, Deadline::NOW)?;
        let message = locked(&self.0.jobs).message_of(promise.job.0);
        if let Some(message) = message {
            self.cancel_message(interp, message)?;
        }
        self.run_callbacks(interp);
        Ok(promise.is_cancelled())
    }

    /// Cancels every task that no worker has begun.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn cancel_all(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        let messages = locked(&self.0.jobs).messages();
        let unsent = self.using(
            interp,
            |submitter, _| Ok(submitter.cancel_unsent(&messages)),
        )?;
        self.end_cancelled(&unsent);
        let others = locked(&self.0.jobs).messages();
        for message in others {
            self.cancel_message(interp, message)?;
        }
        self.run_callbacks(interp);
        Ok(())
    }

    fn cancel_message(&self, interp: &Arc<Interp>, message: u64) -> Result<(), Failure> {
        let state = self.using(interp, |submitter, caller| {
            submitter.cancel(message, true, caller)
        })?;
        if state == Cancelled::Yes {
            self.end_cancelled(&[message]);
        }
        Ok(())
    }

    fn end_cancelled(&self, messages: &[u64]) {
        let mut jobs = locked(&self.0.jobs);
        for message in messages {
            jobs.end(*message, |batch| vec![Err(cancelled()); batch.count]);
        }
        drop(jobs);
        self.show_progress();
    }

    /// Returns whether a worker has begun the only task of a promise, which has no result.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn is_running(
        &self,
        interp: &Arc<Interp>,
        promise: &Promise,
    ) -> Result<bool, Failure> {
        let message = locked(&self.0.jobs).message_of(promise.job.0);
        let Some(message) = message.filter(|_| promise.result().is_none()) else {
            return Ok(false);
        };
        let state = self.using(interp, |submitter, caller| {
            submitter.cancel(message, false, caller)
        })?;
        Ok(state != Cancelled::Yes)
    }

    /// Gives a promise a result by hand.
    pub(crate) fn settle(&self, promise: &Promise, result: Ended) {
        let due = promise.settle(result);
        locked(&self.0.jobs).due.note(promise, due);
    }

    /// Takes no more tasks.
    ///
    /// # Errors
    /// `RuntimeError`: the pool belongs to another process.
    pub(crate) fn close(&self) -> Result<(), Failure> {
        self.belongs_here()?;
        let mut jobs = locked(&self.0.jobs);
        if jobs.stage == Stage::Running {
            jobs.stage = Stage::Closed;
        }
        Ok(())
    }

    /// Waits until the tasks of a closed pool have ended, and ends its use.
    ///
    /// # Errors
    /// `ValueError`: it takes tasks; those of the server; the wait was interrupted.
    pub(crate) fn join(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        self.belongs_here()?;
        match locked(&self.0.jobs).stage {
            Stage::Running => return Err(raise("ValueError", "Pool is still running")),
            Stage::Terminated => return Ok(()),
            Stage::Closed => (),
        }
        self.wait(interp, Deadline::NEVER, |jobs| jobs.is_idle().then_some(()))?;
        self.run_callbacks(interp);
        self.end(interp);
        Ok(())
    }
}

impl Pool {
    /// Returns it as the end of the program waits for it.
    pub(crate) fn outlasting(&self) -> Arc<dyn Outlasting> {
        Arc::new(self.clone())
    }
}

impl Outlasting for Pool {
    fn address(&self) -> usize {
        self.address()
    }

    fn is_over(&self, _interp: &Arc<Interp>) -> bool {
        let jobs = locked(&self.0.jobs);
        jobs.stage != Stage::Running && jobs.is_idle() && jobs.due.is_empty()
    }

    fn finish(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        self.close().and_then(|()| self.join(interp))
    }
}
