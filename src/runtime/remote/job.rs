//! A task of a pool on a server whose result has not come.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::held::Held;
use crate::runtime::Error;
use crate::runtime::objects::{Values, WaitError, of_task};
use crate::stdlib::multiprocessing::pool::promise::Promise;
use crate::sync::Deadline;

/// The result of a task that [`RemotePool::submit`](crate::RemotePool::submit) has sent to a server; Python calls it `AsyncResult`.
///
/// It works in any thread. Clones are the same task. Dropping it does not affect the task; it keeps its pool.
pub struct RemoteJob<R> {
    pub(super) pool: Arc<Held>,
    pub(super) promise: Arc<Promise>,
    pub(super) result: PhantomData<fn() -> R>,
}

impl<R> RemoteJob<R> {
    /// Whether the task has ended, by a result or by an error.
    ///
    /// # Errors
    /// Those of the server; [`Error::Stopped`], or [`WaitError::Ended`] if the runtime is gone.
    pub fn is_done(&self) -> Result<bool, Error> {
        self.settled(Deadline::NOW)
    }

    /// Cancels the task, unless a worker has begun it. Returns whether it is cancelled: then no worker begins it, and waiting for it fails with
    /// an exception of kind `CancelledError`.
    ///
    /// # Errors
    /// As [`is_done`](Self::is_done).
    pub fn cancel(&self) -> Result<bool, Error> {
        let promise = &self.promise;
        self.pool.with(|pool, interp| pool.cancel(interp, promise))
    }

    fn settled(&self, deadline: Deadline) -> Result<bool, Error> {
        let promise = &self.promise;
        match promise.result() {
            Some(_) => Ok(true),
            None => self
                .pool
                .with(|pool, interp| pool.settled(interp, promise, deadline)),
        }
    }
}

impl<R: DeserializeOwned + 'static> RemoteJob<R> {
    /// Waits for the result of the task. It can be waited for again, in other threads too.
    ///
    /// # Errors
    /// - [`Error::Failed`]: the function threw. The kind of its [`Diagnostic`](crate::error::Diagnostic) is `WorkerLost` if its workers died,
    ///   `TimeoutError` if the task took longer than its time limit; the message names the task.
    /// - [`Error::Conversion`]: the result is not an `R`. The error contains the script's value.
    /// - Those of the server; [`Error::Stopped`], or [`WaitError::Ended`] if the runtime is gone.
    pub fn wait(&self) -> Result<R, Error> {
        self.wait_until(Deadline::NEVER)
    }

    /// Like [`wait`](Self::wait), but waits no longer than `timeout`. The task goes on after that.
    ///
    /// # Errors
    /// As [`wait`](Self::wait), and [`WaitError::TimedOut`].
    pub fn wait_timeout(&self, timeout: Duration) -> Result<R, Error> {
        self.wait_until(Deadline::after(timeout))
    }

    fn wait_until(&self, deadline: Deadline) -> Result<R, Error> {
        self.settled(deadline)?;
        let interp = self.pool.interp()?;
        match self.promise.result() {
            None => Err(WaitError::TimedOut.into()),
            Some(Err(exception)) => Err(of_task(&interp, exception)),
            Some(Ok(value)) => Ok(Values::of(&interp).result(value.clone(), "result")?),
        }
    }
}

impl<R> Clone for RemoteJob<R> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            promise: self.promise.clone(),
            result: PhantomData,
        }
    }
}

impl<R> fmt::Debug for RemoteJob<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_ok = self.promise.result().map(Result::is_ok);
        f.debug_struct("RemoteJob").field("is_ok", &is_ok).finish()
    }
}
