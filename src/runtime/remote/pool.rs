//! Pools on a server with arguments and results of Rust types.

use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rhai::Dynamic;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::held::Held;
use super::job::RemoteJob;
use super::queue::Remote;
use super::worker::read_key;
use crate::remote::pool::Terms;
use crate::runtime::objects::{Arguments, Values, arguments, function, of_operation, of_task};
use crate::runtime::state::HOST;
use crate::runtime::turn::Turn;
use crate::runtime::{Error, Runtime};
use crate::script::caller::Caller;
use crate::script::exceptions::{Failure, raise};
use crate::stdlib::multiprocessing::pool::promise::Threw;
use crate::stdlib::multiprocessing::remote::{ServerRules, open_pool};
use crate::sync::Deadline;

/// Which pool on a server is used, and what holds for each task.
///
/// # Example
/// ```
/// let options = procscript::RemotePoolOptions::new("images")
///     .time_limit(std::time::Duration::from_secs(60))
///     .retries(1);
/// # let _ = options;
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RemotePoolOptions {
    name: String,
    key_file: Option<PathBuf>,
    time_limit: Option<Duration>,
    retries: Option<u32>,
}

impl RemotePoolOptions {
    /// The pool of this name: `procscript worker --pool NAME`, or [`RemoteWorker`](crate::RemoteWorker).
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            key_file: None,
            time_limit: None,
            retries: None,
        }
    }

    /// Seals tasks with the key in this file: workers that have the same key do them without having the script.
    #[must_use]
    pub fn key_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.key_file = Some(path.into());
        self
    }

    /// Limits the time of each task. A task that takes longer is ended with its worker, and fails with a `TimeoutError` that names it; another
    /// worker is started.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// Tries a task again this often after the death of its worker or the end of its time limit. Without this, twice after deaths, and not
    /// after the end of its time limit. A task that throws is not tried again.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = Some(retries);
        self
    }
}

/// A pool on a server, whose workers on any machine call functions of this runtime's script; scripts have it by `Pool(#{ url, name })`.
///
/// - The runtime has to have one script with functions, and the workers a file with the same text, unless there is a key. The
///   permissions of the runtime have to allow the connection.
/// - A task is done at least once, and has one result: make it harmless to repeat.
/// - Arguments and results are converted by serde, as the items of a [`Queue`](crate::objects::Queue) are.
/// - Clones are the same pool. It works in any thread; threads use its connection in turns. When the last clone is dropped, tasks that no worker
///   has begun are dropped, and the others have no result.
///
/// # Example
/// ```no_run
/// use procscript::{Permissions, RemotePoolOptions, Runtime};
///
/// // numbers.rhai has the line: fn square(x) { x * x }
/// // On any machine with that file: procscript worker redis://10.0.0.5/0 numbers.rhai
/// procscript::init();
/// let permissions = Permissions::none().allow_net("10.0.0.5:6379");
/// let mut runtime = Runtime::builder().permissions(permissions).build()?;
/// runtime.run_file("numbers.rhai")?;
///
/// let server = runtime.remote("redis://10.0.0.5/0")?;
/// let pool = runtime.remote_pool(&server, RemotePoolOptions::new("numbers"))?;
/// let squares: Vec<i64> = pool.map("square", 0..10)?;
/// assert_eq!(squares[9], 81);
///
/// let job = pool.submit::<_, i64>("square", (7,))?;
/// assert_eq!(job.wait()?, 49);
/// # Ok::<(), procscript::Error>(())
/// ```
#[derive(Clone)]
pub struct RemotePool(Arc<Held>);

impl Runtime {
    /// Begins to use a pool on a server with the functions of the script that this runtime has run.
    ///
    /// # Errors
    /// There is not one script with functions; the key cannot be read; the server cannot be reached or used, or is not permitted;
    /// [`Error::Stopped`] while a [`Stopper`](crate::Stopper) keeps the runtime stopped.
    pub fn remote_pool(
        &self,
        server: &Remote,
        options: RemotePoolOptions,
    ) -> Result<RemotePool, Error> {
        let interp = &self.interp;
        let _turn = Turn::take(interp);
        if interp.stopping().is_some() {
            return Err(Error::Stopped);
        }
        let failed = |why: Failure| of_operation(interp, &why);
        let key = options.key_file.as_deref().map(read_key).transpose();
        let terms = Terms {
            name: options.name,
            lease: server.lease,
            key: key.map_err(|text| failed(raise("ValueError", text)))?,
        };
        let state = self.state.for_call(&self.engine, &interp.program, HOST);
        let context = state.context(&self.engine, HOST);
        let caller = Caller::of(interp, &context).map_err(failed)?;
        let pool = open_pool(interp, &server.endpoint, terms, false).map_err(failed)?;
        let rules = ServerRules {
            limit: options.time_limit,
            retries: options.retries,
        };
        Ok(RemotePool(Arc::new(Held {
            pool,
            interp: Arc::downgrade(interp),
            caller,
            rules,
        })))
    }
}

impl RemotePool {
    /// Calls a function with each item, and returns the results in the order of the items, when all tasks have ended; Python's `map`.
    ///
    /// # Errors
    /// The first error in the order of the items, as [`RemoteJob::wait`] returns it; [`map_results`](Self::map_results) returns the others too. There
    /// is no such function; an item has no form in scripts; those of the server.
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
    /// There is no such function; an item has no form in scripts; those of the server; [`Error::Stopped`], or [`WaitError::Ended`](crate::objects::WaitError::Ended) if the
    /// runtime is gone.
    pub fn map_results<T: Serialize, R: DeserializeOwned + 'static>(
        &self,
        name: &str,
        items: impl IntoIterator<Item = T>,
    ) -> Result<Vec<Result<R, Error>>, Error> {
        let interp = self.0.interp()?;
        let values = Values::of(&interp);
        let (function, items) = (function(&interp, name)?, values.items(items)?);
        let promise = self.0.submit(&interp, |pool, at, rules| {
            pool.submit_each(at, &function, &items, rules)
        })?;
        let all = self.0.pool.result(&interp, &promise, Deadline::NEVER);
        self.0.pool.give_up(&promise);
        let one = |(index, value): (usize, Dynamic)| match value.try_cast_result::<Threw>() {
            Ok(threw) => Err(of_task(&interp, &threw.0)),
            Err(value) => Ok(values.result(value, &format!("results[{index}]"))?),
        };
        let all = all.map_err(|why| of_operation(&interp, &why))?;
        let all = all.into_array().unwrap_or_default();
        Ok(all.into_iter().enumerate().map(one).collect())
    }

    /// Sends a call of a function to the workers and returns at once; Python's `apply_async`. `args` is a tuple or a list of arguments.
    ///
    /// # Errors
    /// There is no such function; an argument has no form in scripts; those of the server; [`Error::Stopped`], or [`WaitError::Ended`](crate::objects::WaitError::Ended) if the
    /// runtime is gone.
    pub fn submit<A: Arguments, R: DeserializeOwned + 'static>(
        &self,
        name: &str,
        args: A,
    ) -> Result<RemoteJob<R>, Error> {
        let interp = self.0.interp()?;
        let (function, args) = (function(&interp, name)?, arguments(&interp, &args)?);
        let promise = self.0.submit(&interp, |pool, at, rules| {
            pool.submit(at, &function, args, rules)
        })?;
        Ok(RemoteJob {
            pool: self.0.clone(),
            promise,
            result: PhantomData,
        })
    }

    /// The number of workers at the moment, and of messages with tasks of this pool that have not ended.
    ///
    /// # Errors
    /// Those of the server; [`Error::Stopped`], or [`WaitError::Ended`](crate::objects::WaitError::Ended) if the runtime is gone.
    pub fn look(&self) -> Result<(usize, usize), Error> {
        self.0.with(|pool, interp| pool.look(interp))
    }
}

impl fmt::Debug for RemotePool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.pool.fmt(f)
    }
}
