//! The result of a call that has not come yet.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use rhai::{Array, Dynamic, FnPtr, Map};

use super::parcel::Ended;
use crate::pool::JobId;
use crate::script::caller::Caller;
use crate::script::{Exception, Outcome, raise_bare, throw};
use crate::sys::lock::locked;

/// What the outcomes of a job make together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The outcome of its only task.
    One,
    /// A list; the first error in the order of the tasks, if there is one.
    Many,
    /// A list, in which tasks that failed are [`Threw`].
    Each,
}

/// A task's error as a value among results.
#[derive(Debug, Clone)]
pub(crate) struct Threw(pub Exception);

/// A function that is called with the result when it has come.
#[derive(Debug, Clone)]
pub(crate) struct Callback {
    pub function: FnPtr,
    pub caller: Caller,
    pub when: When,
}

/// What a callback is called with.
#[derive(Debug, Clone)]
pub(crate) enum When {
    /// The result, if there is one.
    Returned,
    /// The error, if there is one.
    Threw,
    /// This value, however the call ended.
    Ended(Dynamic),
}

/// The result of a call.
#[derive(Debug)]
pub(crate) struct Promise {
    pub job: JobId,
    pub shape: Shape,
    result: OnceLock<Ended>,
    callbacks: Mutex<Vec<Callback>>,
    /// Its place among all promises of the process in the order in which they got their results.
    place: AtomicU64,
    /// What a script has noted on the future.
    attributes: Mutex<Map>,
}

/// How many promises have got a result.
static SETTLED: AtomicU64 = AtomicU64::new(0);

impl Promise {
    pub(crate) fn new(job: JobId, shape: Shape, callbacks: Vec<Callback>) -> Self {
        Self {
            job,
            shape,
            result: OnceLock::new(),
            callbacks: Mutex::new(callbacks),
            place: AtomicU64::default(),
            attributes: Mutex::default(),
        }
    }

    /// Reads or changes the attributes that a script has set.
    pub(crate) fn with_attributes<T>(&self, look: impl FnOnce(&mut Map) -> T) -> T {
        look(&mut locked(&self.attributes))
    }

    /// Returns the result, if it has come.
    pub(crate) fn result(&self) -> Option<&Ended> {
        self.result.get()
    }

    /// Returns the result or throws it.
    ///
    /// # Errors
    /// What the task threw; `TimeoutError` if the result has not come.
    pub(crate) fn outcome(&self) -> Outcome {
        match self.result() {
            Some(Ok(value)) => Ok(value.clone()),
            Some(Err(exception)) => Err(throw(exception.clone())),
            None => Err(raise_bare("TimeoutError")),
        }
    }

    /// As [`outcome`](Self::outcome), where nobody else asks.
    ///
    /// # Errors
    /// As [`outcome`](Self::outcome).
    pub(crate) fn into_outcome(self) -> Outcome {
        match self.result.into_inner() {
            Some(result) => result.map_err(throw),
            None => Err(raise_bare("TimeoutError")),
        }
    }

    /// Returns whether the call was cancelled.
    pub(crate) fn is_cancelled(&self) -> bool {
        matches!(self.result(), Some(Err(exception)) if exception.python_kind() == "CancelledError")
    }

    /// Takes the outcomes of the job, which is done. Returns the callbacks that are due.
    pub(crate) fn keep(&self, mut outcomes: impl Iterator<Item = Ended>) -> Vec<Callback> {
        let result = match self.shape {
            Shape::One => outcomes.next(),
            Shape::Many => Some(outcomes.collect::<Result<Array, _>>().map(Dynamic::from)),
            Shape::Each => {
                let value =
                    |outcome: Ended| outcome.unwrap_or_else(|why| Dynamic::from(Threw(why)));
                Some(Ok(outcomes.map(value).collect::<Array>().into()))
            }
        };
        self.settle(result.unwrap_or(Ok(Dynamic::UNIT)))
    }

    /// Sets the result, if there is none. Returns the callbacks that are due.
    pub(crate) fn settle(&self, result: Ended) -> Vec<Callback> {
        let mut callbacks = locked(&self.callbacks);
        if self.result.get().is_none() {
            let place = SETTLED.fetch_add(1, Ordering::Relaxed);
            self.place.store(place, Ordering::Relaxed);
            let _ = self.result.set(result);
        }
        std::mem::take(&mut callbacks)
    }

    /// Returns a number that is larger for promises that got their result later.
    pub(crate) fn place(&self) -> u64 {
        self.place.load(Ordering::Relaxed)
    }

    /// Adds a callback; it is returned if it is due at once.
    pub(crate) fn call_back(&self, callback: Callback) -> Option<Callback> {
        let mut callbacks = locked(&self.callbacks);
        if self.result.get().is_some() {
            return Some(callback);
        }
        callbacks.push(callback);
        None
    }

    /// Returns whether somebody is to be called back.
    pub(crate) fn has_callbacks(&self) -> bool {
        !locked(&self.callbacks).is_empty()
    }
}
