//! A task whose result has not come.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::super::errors::WaitError;
use super::super::home;
use super::super::values::Values;
use super::failure::{of_operation, of_task};
use super::waiters::Waiters;
use crate::runtime::Error;
use crate::script::interp::Interp;
use crate::stdlib::multiprocessing::pool::promise::Promise;
use crate::stdlib::multiprocessing::pool::state;
use crate::sync::Deadline;

/// The result of a task that [`Pool::submit`](crate::objects::Pool::submit) has sent to a worker; Python calls it `AsyncResult`.
///
/// It works in any thread. Clones are the same task. Dropping it does not affect the task.
pub struct Job<R> {
    pub(super) pool: state::Pool,
    pub(super) promise: Arc<Promise>,
    pub(super) interp: Weak<Interp>,
    pub(super) waiters: Arc<Waiters>,
    pub(super) result: PhantomData<fn() -> R>,
}

impl<R> Job<R> {
    /// Whether the task has ended, by a result or by an error.
    ///
    /// # Errors
    /// [`Error::Stopped`], or [`WaitError::Ended`] if the runtime is gone.
    pub fn is_done(&self) -> Result<bool, Error> {
        self.settled(Deadline::NOW)
    }

    /// Cancels the task, unless a worker has begun it. Returns whether it is cancelled: then no worker begins it, and waiting for it fails with
    /// an exception of kind `CancelledError`. Python calls it `Future.cancel`.
    ///
    /// # Errors
    /// [`Error::Stopped`], or [`WaitError::Ended`] if the runtime is gone.
    pub fn cancel(&self) -> Result<bool, Error> {
        let interp = self.interp()?;
        // A task that has ended cannot be cancelled.
        let cancelled = self.pool.take_outcomes(&interp);
        let cancelled =
            cancelled.and_then(|()| self.pool.with(|state| state.cancel(&self.promise)));
        cancelled.map_err(|why| of_operation(&interp, &why))
    }

    fn settled(&self, deadline: Deadline) -> Result<bool, Error> {
        if self.promise.result().is_some() {
            return Ok(true);
        }
        let interp = self.interp()?;
        let settled = self.pool.settled(&interp, &self.promise, deadline);
        settled.map_err(|why| of_operation(&interp, &why))
    }

    fn interp(&self) -> Result<Arc<Interp>, Error> {
        let interp = self.interp.upgrade().filter(|interp| !interp.is_over());
        interp.ok_or_else(|| WaitError::Ended.into())
    }
}

impl<R: DeserializeOwned + 'static> Job<R> {
    /// Waits for the result of the task. It can be waited for again, in other threads too.
    ///
    /// # Errors
    /// - [`Error::Failed`]: the function threw. The kind of its [`Diagnostic`](crate::error::Diagnostic) is `TimeoutError` if the task took longer
    ///   than its time limit, and the message names the task. A pool that was closed or dropped before the task ended is a `RuntimeError`.
    /// - [`Error::WorkerLost`]: the worker died.
    /// - [`Error::Conversion`]: the result is not an `R`. The error contains the script's value.
    /// - [`Error::Stopped`], or [`WaitError::Ended`] if the runtime is gone.
    pub fn wait(&self) -> Result<R, Error> {
        self.wait_until(Deadline::NEVER)
    }

    /// Like [`wait`](Self::wait), but waits no longer than `timeout`. The task goes on after that.
    ///
    /// # Errors
    /// As [`wait`](Self::wait), and [`WaitError::TimedOut`].
    pub fn wait_timeout(&self, timeout: Duration) -> Result<R, Error> {
        self.wait_until(home::after(timeout))
    }

    /// Like [`wait`](Self::wait), as a future for any executor. Dropping it does not affect the task.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    ///
    /// # Example
    /// ```no_run
    /// # async fn of(pool: procscript::objects::Pool) -> Result<(), procscript::Error> {
    /// let (one, two) = (pool.submit::<_, u32>("square", (1,))?, pool.submit::<_, u32>("square", (2,))?);
    /// let sum = one.wait_async().await? + two.wait_async().await?;
    /// # let _ = sum;
    /// # Ok(()) }
    /// ```
    pub async fn wait_async(&self) -> Result<R, Error> {
        poll_fn(|context| {
            match self.settled(Deadline::NOW) {
                Ok(false) => (),
                Ok(true) => return Poll::Ready(Ok(())),
                Err(error) => return Poll::Ready(Err(error)),
            }
            let pool = (&self.pool, &self.interp);
            match self.waiters.enter(pool, &self.promise, context.waker()) {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(WaitError::Session(error.to_string()).into())),
            }
        })
        .await?;
        self.wait_until(Deadline::NOW)
    }

    fn wait_until(&self, deadline: Deadline) -> Result<R, Error> {
        if !self.settled(deadline)? {
            return Err(WaitError::TimedOut.into());
        }
        let interp = self.interp()?;
        match self.promise.result() {
            None => Err(WaitError::TimedOut.into()),
            Some(Err(exception)) => Err(of_task(&interp, exception)),
            Some(Ok(value)) => Ok(Values::of(&interp).result(value.clone(), "result")?),
        }
    }
}

impl<R> Clone for Job<R> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            promise: self.promise.clone(),
            interp: self.interp.clone(),
            waiters: self.waiters.clone(),
            result: PhantomData,
        }
    }
}

impl<R> fmt::Debug for Job<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_ok = self.promise.result().map(Result::is_ok);
        f.debug_struct("Job").field("is_ok", &is_ok).finish()
    }
}
