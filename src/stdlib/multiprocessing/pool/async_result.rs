//! `AsyncResult`: the result of `apply_async`, `map_async` and `starmap_async`.

use std::sync::Arc;

use rhai::Dynamic;

use super::promise::Promise;
use super::state::Pool;
use crate::script::{Call, Failure, Interp, Outcome, Registry, raise};
use crate::sync::Deadline;

/// The result of a call that goes on.
#[derive(Debug, Clone)]
pub(super) struct AsyncResult {
    pub pool: Pool,
    pub promise: Arc<Promise>,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<AsyncResult>("AsyncResult")
        .by_address(|result: &AsyncResult| Arc::as_ptr(&result.promise).addr())
        .method("get", &["timeout?"], |call| {
            let this: AsyncResult = call.this();
            let deadline = deadline(call, 0)?;
            this.pool.result(call.interp, &this.promise, deadline)
        })
        .method("wait", &["timeout?"], |call| {
            let this: AsyncResult = call.this();
            let deadline = deadline(call, 0)?;
            this.pool.settled(call.interp, &this.promise, deadline)?;
            Ok(Dynamic::UNIT)
        })
        .method("ready", &[], |call| {
            let this: AsyncResult = call.this();
            let settled = this
                .pool
                .settled(call.interp, &this.promise, Deadline::NOW)?;
            Ok(settled.into())
        })
        .method("successful", &[], successful)
        .repr(|call| {
            let this: AsyncResult = call.this();
            let state = match this.promise.result() {
                None => "pending",
                Some(Ok(_)) => "ready",
                Some(Err(_)) => "failed",
            };
            Ok(format!("<multiprocessing.pool.AsyncResult {state}>").into())
        });
}

fn deadline(call: &mut Call<'_>, index: usize) -> Result<Deadline, Failure> {
    let timeout = call.timeout(index)?;
    Ok(timeout.map_or(Deadline::NEVER, Deadline::after))
}

fn successful(call: &mut Call<'_>) -> Outcome {
    let this: AsyncResult = call.this();
    this.pool
        .settled(call.interp, &this.promise, Deadline::NOW)?;
    match this.promise.result() {
        Some(result) => Ok(result.is_ok().into()),
        None => {
            let text = "the result is not ready: call wait() or get() first";
            Err(raise("ValueError", text))
        }
    }
}

impl Pool {
    /// Waits for a result. Returns whether it has come.
    ///
    /// # Errors
    /// The error of an interrupted wait.
    pub(crate) fn settled(
        &self,
        interp: &Arc<Interp>,
        promise: &Promise,
        deadline: Deadline,
    ) -> Result<bool, Failure> {
        self.run_callbacks(interp);
        if promise.result().is_some() {
            return Ok(true);
        }
        if deadline.is_now() {
            self.belongs_here()?;
            self.look(interp)?;
            self.run_callbacks(interp);
            return Ok(promise.result().is_some());
        }
        let ready = |_: &mut super::state::State| promise.result().map(|_| ());
        Ok(self.wait(interp, deadline, ready)?.is_some())
    }

    /// Waits for a result, and gives it or throws it.
    ///
    /// # Errors
    /// What the task threw; `TimeoutError`; the error of an interrupted wait.
    pub(crate) fn result(
        &self,
        interp: &Arc<Interp>,
        promise: &Promise,
        deadline: Deadline,
    ) -> Outcome {
        self.settled(interp, promise, deadline)?;
        promise.outcome()
    }
}
