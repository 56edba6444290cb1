//! What the workers of a pool have done.

use std::time::Duration;

use crate::pool::tally::Work;

/// What a [`Pool`](crate::objects::Pool) has done so far; scripts call it `pool.stats()`.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PoolStats {
    /// What each worker has done, those that have ended first.
    pub workers: Vec<WorkerStats>,
    /// The five slowest tasks, the slowest first.
    pub slowest: Vec<SlowTask>,
}

/// What one worker has done. The times are as of its last batch of tasks.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct WorkerStats {
    /// The number of tasks that have ended.
    pub tasks: u64,
    /// The time from the order to start it until it could take a task, with the initializer.
    pub starting: Duration,
    /// The time without a task.
    pub waiting: Duration,
    /// The time in tasks.
    pub working: Duration,
}

/// One of the slowest tasks of a pool.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SlowTask {
    /// The task as a script would write it, with long arguments shortened: `square(7)`.
    pub task: String,
    /// How long it took.
    pub time: Duration,
}

impl WorkerStats {
    pub(super) fn of(work: Work) -> Self {
        Self {
            tasks: work.tasks,
            starting: work.starting,
            waiting: work.waiting,
            working: work.working,
        }
    }
}

impl SlowTask {
    pub(super) fn of((time, task): &(Duration, String)) -> Self {
        Self {
            task: task.clone(),
            time: *time,
        }
    }
}
