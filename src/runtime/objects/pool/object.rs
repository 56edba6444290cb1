//! The pool itself: its calls and its end.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Weak};

use rhai::{Array, Dynamic, FnPtr};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::arguments::{Arguments, arguments};
use super::super::errors::WaitError;
use super::super::home::no_function;
use super::super::values::Values;
use super::failure::{of_operation, of_task};
use super::job::Job;
use super::stats::{PoolStats, SlowTask, WorkerStats};
use super::waiters::Waiters;
use crate::pool::Rules;
use crate::runtime::Error;
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::stdlib::multiprocessing::pool::parcel::Errand;
use crate::stdlib::multiprocessing::pool::promise::{Promise, Shape, Threw};
use crate::stdlib::multiprocessing::pool::state;
use crate::stdlib::multiprocessing::pool::submit::How;
use crate::sync::Deadline;

/// Worker processes that call functions of scripts; scripts and Python call it `Pool`.
///
/// - A worker that dies, however it dies, fails only the task that it had in hand ([`Error::WorkerLost`]) and is replaced.
/// - Functions are named as for [`Runtime::call_fn`](crate::Runtime::call_fn). Functions that the runtime evaluates later are tasks too: they get new workers.
/// - Items, arguments and results are converted by serde, as the items of a [`Queue`](crate::objects::Queue) are.
/// - Clones are the same pool. It works in any thread, also while the runtime evaluates. When the last clone is dropped, the workers are
///   ended at once, and tasks that have no result fail.
/// - A [`Stopper`](crate::Stopper) or a limit that ends an evaluation ends the workers too, as it ends the children of scripts: tasks that
///   have no result fail with [`Error::Stopped`]. The pool starts other workers for the next task.
/// - Workers are replaced by whoever waits for a result. They have the permissions of children: each counts for
///   [`allow_processes`](crate::Permissions::allow_processes). They are daemons and cannot start processes themselves.
///
/// # Example
/// ```no_run
/// use procscript::{Permissions, Runtime};
///
/// procscript::init();
/// let permissions = Permissions::none().allow_processes(4, 1);
/// let mut runtime = Runtime::builder().permissions(permissions).build()?;
/// runtime.eval::<()>("fn square(x) { x * x }")?;
///
/// let pool = runtime.pool(4)?;
/// let squares: Vec<i64> = pool.map("square", 0..10)?;
/// assert_eq!(squares[9], 81);
///
/// let job = pool.submit::<_, i64>("square", (7,))?;
/// assert_eq!(job.wait()?, 49);
/// # Ok::<(), procscript::Error>(())
/// ```
#[derive(Clone)]
pub struct Pool(Arc<Held>);

/// A pool that is terminated when nobody holds it any more.
struct Held {
    pool: state::Pool,
    interp: Weak<Interp>,
    rules: Rules,
    waiters: Arc<Waiters>,
}

/// Returns the function of the program with this name.
pub(in crate::runtime) fn function(interp: &Interp, name: &str) -> Result<FnPtr, Error> {
    match FnPtr::new(name) {
        Ok(function) if interp.program.function(name).is_some() => Ok(function),
        _ => Err(no_function(interp, name)),
    }
}

impl Pool {
    pub(super) fn of(interp: &Arc<Interp>, pool: state::Pool, rules: Rules) -> Self {
        let interp = Arc::downgrade(interp);
        Self(Arc::new(Held {
            pool,
            interp,
            rules,
            waiters: Arc::default(),
        }))
    }

    /// Calls a function with each item, and returns the results in the order of the items, when all tasks have ended; Python's `map`. The
    /// number of items that a worker gets at once adapts to the time that they take.
    ///
    /// # Errors
    /// The first error in the order of the items, as [`Job::wait`] returns it; [`map_results`](Self::map_results) returns the others too. There is no
    /// such function; an item has no form in scripts; the pool was closed.
    pub fn map<T: Serialize, R: DeserializeOwned + 'static>(
        &self,
        function: &str,
        items: impl IntoIterator<Item = T>,
    ) -> Result<Vec<R>, Error> {
        self.map_results(function, items)?.into_iter().collect()
    }

    /// Like [`map`](Self::map), with the result or the error of each task.
    ///
    /// # Errors
    /// There is no such function; an item has no form in scripts; the pool was closed; [`Error::Stopped`], or [`WaitError::Ended`] if the
    /// runtime is gone.
    ///
    /// # Example
    /// ```no_run
    /// # procscript::init();
    /// # let permissions = procscript::Permissions::none().allow_processes(2, 1);
    /// # let mut runtime = procscript::Runtime::builder().permissions(permissions).build()?;
    /// runtime.eval::<()>("fn half(x) { if x % 2 == 0 { x / 2 } else { throw ValueError(`${x} is odd`) } }")?;
    /// for half in runtime.pool(2)?.map_results::<_, i64>("half", [4, 5])? {
    ///     match half {
    ///         Ok(half) => println!("{half}"),
    ///         Err(error) => println!("{error}"),
    ///     }
    /// }
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn map_results<T: Serialize, R: DeserializeOwned + 'static>(
        &self,
        function: &str,
        items: impl IntoIterator<Item = T>,
    ) -> Result<Vec<Result<R, Error>>, Error> {
        let interp = self.interp()?;
        let items = Values::of(&interp).items(items)?;
        self.results(&interp, function, items, false)
    }

    /// Like [`map`](Self::map), with several arguments for each task: each item is a tuple or a list of them; Python's `starmap`.
    ///
    /// # Errors
    /// As [`map`](Self::map).
    pub fn starmap<A: Arguments, R: DeserializeOwned + 'static>(
        &self,
        function: &str,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<R>, Error> {
        let interp = self.interp()?;
        let args = |args: A| arguments(&interp, &args).map(Dynamic::from_array);
        let items = items.into_iter().map(args);
        let items = items.collect::<Result<Array, _>>()?;
        let results = self.results(&interp, function, items, true)?;
        results.into_iter().collect()
    }

    /// Sends a call of a function to the workers and returns at once; Python's `apply_async`. `args` is a tuple or a list of arguments.
    ///
    /// # Errors
    /// There is no such function; an argument has no form in scripts; the pool was closed; [`Error::Stopped`], or [`WaitError::Ended`] if the
    /// runtime is gone.
    pub fn submit<A: Arguments, R: DeserializeOwned + 'static>(
        &self,
        function: &str,
        args: A,
    ) -> Result<Job<R>, Error> {
        let interp = self.interp()?;
        let args = arguments(&interp, &args)?.into();
        let promise = self.send(&interp, function, vec![args], (Shape::One, true))?;
        Ok(Job {
            pool: self.0.pool.clone(),
            promise,
            interp: self.0.interp.clone(),
            waiters: self.0.waiters.clone(),
            result: PhantomData,
        })
    }

    fn results<R: DeserializeOwned + 'static>(
        &self,
        interp: &Arc<Interp>,
        function: &str,
        items: Array,
        spreads: bool,
    ) -> Result<Vec<Result<R, Error>>, Error> {
        let pool = &self.0.pool;
        let promise = self.send(interp, function, items, (Shape::Each, spreads))?;
        let all = pool.result(interp, &promise, Deadline::NEVER);
        let all = all.map_err(|why| of_operation(interp, &why))?;
        let values = Values::of(interp);
        let one = |(index, value): (usize, Dynamic)| match value.try_cast_result::<Threw>() {
            Ok(threw) => Err(of_task(interp, &threw.0)),
            Err(value) => Ok(values.result(value, &format!("results[{index}]"))?),
        };
        let all = all.into_array().unwrap_or_default();
        Ok(all.into_iter().enumerate().map(one).collect())
    }

    fn send(
        &self,
        interp: &Arc<Interp>,
        name: &str,
        items: Array,
        (shape, spreads): (Shape, bool),
    ) -> Result<Arc<Promise>, Error> {
        let failed = |why: Failure| of_operation(interp, &why);
        let function = function(interp, name)?;
        let how = How {
            rules: self.0.rules,
            shape,
            chunksize: (shape == Shape::One).then_some(1),
            is_watched: shape == Shape::Each,
            callbacks: Vec::new(),
            bar: None,
        };
        let errand = Errand::written(interp, function, spreads).map_err(failed)?;
        let pool = &self.0.pool;
        pool.promise(interp, errand, items, how).map_err(failed)
    }

    /// The number of workers that the pool has.
    pub fn workers(&self) -> usize {
        self.0.pool.processes()
    }

    /// What the workers have done so far, and the slowest tasks.
    ///
    /// # Errors
    /// [`Error::Stopped`], or [`WaitError::Ended`] if the runtime is gone.
    pub fn stats(&self) -> Result<PoolStats, Error> {
        let interp = self.interp()?;
        let pool = &self.0.pool;
        let stats = |state: &mut state::State| PoolStats {
            workers: state.work().into_iter().map(WorkerStats::of).collect(),
            slowest: state.slowest.tasks().iter().map(SlowTask::of).collect(),
        };
        let stats = pool.take_outcomes(&interp).and_then(|()| pool.with(stats));
        stats.map_err(|why| of_operation(&interp, &why))
    }

    /// Takes no more tasks, and waits until the workers have done those that they have been given and have ended; Python's `close` and
    /// `join`. Dropping the pool ends the workers at once.
    ///
    /// # Errors
    /// [`Error::Stopped`], or [`WaitError::Ended`] if the runtime is gone.
    pub fn close(&self) -> Result<(), Error> {
        let interp = self.interp()?;
        let pool = &self.0.pool;
        let closed = pool.close(&interp).and_then(|()| pool.join(&interp));
        closed.map_err(|why| of_operation(&interp, &why))
    }

    /// Returns the interpreter, unless it is stopped or gone.
    fn interp(&self) -> Result<Arc<Interp>, Error> {
        let interp = self.0.interp.upgrade().filter(|interp| !interp.is_over());
        let interp = interp.ok_or(WaitError::Ended)?;
        match interp.stopping() {
            Some(_) => Err(Error::Stopped),
            None => Ok(interp),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // With the runtime, its workers have ended.
        if let Some(interp) = self.interp.upgrade().filter(|interp| !interp.is_over()) {
            self.pool.terminate(&interp);
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("workers", &self.workers())
            .finish_non_exhaustive()
    }
}
