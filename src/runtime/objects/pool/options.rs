//! How a pool is made.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::super::arguments::Arguments;

/// How the workers of a [`Pool`](crate::objects::Pool) are started, and what holds for each of its tasks.
///
/// # Example
/// ```
/// use std::time::Duration;
/// use procscript::objects::PoolOptions;
///
/// let options = PoolOptions::new(4)
///     .initializer("prepare", ("words.txt".to_string(),))
///     .tasks_per_worker(100)
///     .time_limit(Duration::from_secs(5))
///     .retries(1);
/// # let _ = options;
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PoolOptions {
    pub(super) workers: usize,
    pub(super) initializer: Option<(String, Initargs)>,
    pub(super) tasks_per_worker: Option<u64>,
    pub(super) time_limit: Option<Duration>,
    pub(super) retries: u32,
}

impl PoolOptions {
    /// A pool with this number of workers, at least one. Each is a process.
    pub fn new(workers: usize) -> Self {
        Self {
            workers: workers.max(1),
            initializer: None,
            tasks_per_worker: None,
            time_limit: None,
            retries: 0,
        }
    }

    /// Calls this function of the scripts in each worker before its first task, with these arguments. Python calls them `initializer` and `initargs`.
    ///
    /// If it throws, the pool does no tasks, and each task fails with its error.
    #[must_use]
    pub fn initializer(
        mut self,
        function: impl Into<String>,
        args: impl Arguments + Send + Sync + 'static,
    ) -> Self {
        self.initializer = Some((function.into(), Initargs(Arc::new(args))));
        self
    }

    /// Replaces each worker after this number of tasks, at least one. A part of a `map` that a worker gets at once counts as one task, as for
    /// Python's `maxtasksperchild`.
    #[must_use]
    pub fn tasks_per_worker(mut self, count: u64) -> Self {
        self.tasks_per_worker = Some(count.max(1));
        self
    }

    /// Limits the time of each task. A task that takes longer is ended with its worker, and fails with a `TimeoutError` that names it; another
    /// worker is started. Python's pools have nothing like it.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// Tries a task again this often after the death of its worker or the end of its time limit. A task that throws is not tried again.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }
}

/// The arguments of the initializer, which are converted where the pool is made.
#[derive(Clone)]
pub(super) struct Initargs(pub(super) Arc<dyn Arguments + Send + Sync>);

impl fmt::Debug for Initargs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Initargs")
    }
}
