//! `Future`: the result of a call that an executor does.

use std::sync::Arc;

use rhai::Dynamic;

use super::doers::Doers;
use crate::script::bind::attribute_or_method;
use crate::script::caller::Caller;
use crate::script::{
    Call, Exception, Failure, Interp, Outcome, Registry, raise, raise_bare, throw, type_name,
};
use crate::stdlib::multiprocessing::pool::parcel::Ended;
use crate::stdlib::multiprocessing::pool::promise::{Callback, Promise, When};
use crate::sync::Deadline;

/// The result of a call. Clones are the same future.
#[derive(Debug, Clone)]
pub(super) struct Future {
    pool: Doers,
    promise: Arc<Promise>,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Future>("Future")
        .by_address(Future::address)
        .withhold(|_: &Future| Some("a future cannot be sent to another process: send its result"))
        .method("result", &["timeout?"], |call| {
            let this: Future = call.this();
            let deadline = deadline(call)?;
            this.pool.result(call.interp, &this.promise, deadline)
        })
        .method("exception", &["timeout?"], exception)
        .method("cancel", &[], cancel)
        .method("cancelled", &[], |call| {
            let this: Future = call.this();
            this.look(call)?;
            Ok(this.promise.is_cancelled().into())
        })
        .method("running", &[], |call| {
            let this: Future = call.this();
            this.look(call)?;
            let is_running = this.pool.is_running(call.interp, &this.promise)?;
            Ok(is_running.into())
        })
        .method("done", &[], |call| {
            let this: Future = call.this();
            this.look(call)?;
            Ok(this.is_done().into())
        })
        .method("add_done_callback", &["func"], add_done_callback)
        .method("set_result", &["result", "/"], |call| {
            let result = call.value(0);
            set(call, Ok(result))
        })
        .method("set_exception", &["exception"], |call| {
            let given = call.value(0);
            let found = given.clone();
            let exception = given.try_cast::<Exception>();
            let exception = exception.ok_or_else(|| call.mismatch(0, "an exception", &found))?;
            set(call, Err(exception))
        })
        .index_getter(attribute)
        .index_setter(set_attribute)
        .attributes(|future, name| {
            let future = future.read_lock::<Future>()?;
            future.attribute(name)
        })
        .repr(|call| {
            let this: Future = call.this();
            Ok(this.repr(call.interp).into())
        });
}

/// Reading an attribute that the script has set.
fn attribute(call: &mut Call<'_>) -> Outcome {
    let name = call.string(0)?;
    let found = call.this::<Future>().attribute(&name);
    attribute_or_method(call, "Future", &name, found)
}

/// `future.url = url`: a dict cannot have futures as its keys.
fn set_attribute(call: &mut Call<'_>) -> Outcome {
    let (name, value) = (call.string(0)?, call.value(1));
    let promise = call.this::<Future>().promise;
    // What the attribute was is dropped when nothing is locked: it may be the future itself.
    let old = promise.with_attributes(|all| all.insert(name.as_str().into(), value));
    drop(old);
    Ok(Dynamic::UNIT)
}

impl Future {
    pub(super) fn new(pool: Doers, promise: Arc<Promise>) -> Self {
        Self { pool, promise }
    }

    fn attribute(&self, name: &str) -> Option<Dynamic> {
        self.promise.with_attributes(|all| all.get(name).cloned())
    }

    pub(super) fn pool(&self) -> &Doers {
        &self.pool
    }

    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.promise).addr()
    }

    pub(super) fn is_done(&self) -> bool {
        self.promise.result().is_some()
    }

    /// Returns whether the call threw; a cancelled one did not.
    pub(super) fn threw(&self) -> bool {
        matches!(self.promise.result(), Some(Err(_))) && !self.promise.is_cancelled()
    }

    /// Returns a number that is larger for futures that were done later.
    pub(super) fn place(&self) -> u64 {
        self.promise.place()
    }

    /// Reads what has come.
    fn look(&self, call: &Call<'_>) -> Result<(), Failure> {
        self.pool
            .settled(call.interp, &self.promise, Deadline::NOW)?;
        Ok(())
    }

    fn repr(&self, interp: &Arc<Interp>) -> String {
        let is_running = || self.pool.is_running(interp, &self.promise);
        let state = match self.promise.result() {
            None if is_running().unwrap_or_default() => "running".into(),
            None => "pending".into(),
            Some(_) if self.promise.is_cancelled() => "cancelled".into(),
            Some(Ok(value)) => format!("finished returned {}", type_name(value)),
            Some(Err(exception)) => format!("finished raised {}", exception.kind()),
        };
        format!("<Future at 0x{:x} state={state}>", self.address())
    }
}

fn deadline(call: &mut Call<'_>) -> Result<Deadline, Failure> {
    Ok(call.timeout(0)?.map_or(Deadline::NEVER, Deadline::after))
}

/// `future.exception(timeout)`: what the call threw, `None` if it returned.
fn exception(call: &mut Call<'_>) -> Outcome {
    let this: Future = call.this();
    let deadline = deadline(call)?;
    this.pool.settled(call.interp, &this.promise, deadline)?;
    match this.promise.result() {
        None => Err(raise_bare("TimeoutError")),
        Some(Ok(_)) => Ok(Dynamic::UNIT),
        Some(Err(exception)) if this.promise.is_cancelled() => Err(throw(exception.clone())),
        Some(Err(exception)) => Ok(Dynamic::from(exception.clone())),
    }
}

/// `future.cancel()`: true if no worker does the call, now or later.
fn cancel(call: &mut Call<'_>) -> Outcome {
    let this: Future = call.this();
    let is_cancelled = this.pool.cancel(call.interp, &this.promise)?;
    Ok(is_cancelled.into())
}

/// `future.add_done_callback(f)`: calls `f(future)` when it is done, at once if it is.
fn add_done_callback(call: &mut Call<'_>) -> Outcome {
    let this: Future = call.this();
    let callback = Callback {
        function: call.function(0)?,
        caller: Caller::of(call.interp, call.context)?,
        when: When::Ended(Dynamic::from(this.clone())),
    };
    this.pool.call_back(call.interp, &this.promise, callback)?;
    Ok(Dynamic::UNIT)
}

/// `future.set_result(value)` and `future.set_exception(e)`, which are for those who test executors.
fn set(call: &mut Call<'_>, result: Ended) -> Outcome {
    let this: Future = call.this();
    this.look(call)?;
    if this.is_done() {
        let state = if this.promise.is_cancelled() {
            "CANCELLED"
        } else {
            "FINISHED"
        };
        return Err(raise(
            "InvalidStateError",
            format!("{state}: {}", this.repr(call.interp)),
        ));
    }
    this.pool.settle(call.interp, &this.promise, result)?;
    Ok(Dynamic::UNIT)
}
