//! What the workers of a pool have done so far.

use std::time::Duration;

/// How many of the slowest tasks are kept.
const SLOWEST: usize = 5;

/// What one worker has done.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Work {
    pub tasks: u64,
    /// From the order to start it until it could take a task.
    pub starting: Duration,
    /// Without a task.
    pub waiting: Duration,
    pub working: Duration,
}

impl Work {
    /// Adds what another worker has done.
    pub(crate) fn add(&mut self, other: Work) {
        self.tasks += other.tasks;
        self.starting += other.starting;
        self.waiting += other.waiting;
        self.working += other.working;
    }
}

/// How many workers that have ended are shown one by one.
const PAST: usize = 200;

/// What the workers have done that have ended. When there are many, the first stands for those that are not shown one by one.
#[derive(Debug, Default)]
pub(crate) struct Past(Vec<Work>);

impl Past {
    /// Notes what a worker has done that has ended.
    pub(crate) fn note(&mut self, work: Work) {
        let is_full = self.0.len() >= PAST;
        match self.0.first_mut() {
            Some(first) if is_full => first.add(work),
            _ => self.0.push(work),
        }
    }

    /// Returns these, and then what the workers have done that live.
    pub(crate) fn with(&self, living: impl Iterator<Item = Work>) -> Vec<Work> {
        self.0.iter().copied().chain(living).collect()
    }
}

/// How long tasks take.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pace {
    took: Duration,
    tasks: u32,
}

impl Pace {
    /// Notes that `count` tasks took this long together.
    pub(crate) fn note(&mut self, count: usize, took: Duration) {
        self.took += took;
        self.tasks = self
            .tasks
            .saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// Returns how long a task takes on average.
    pub(crate) fn each(&self) -> Option<Duration> {
        (self.tasks > 0).then(|| self.took / self.tasks)
    }
}

/// The slowest tasks of a pool.
#[derive(Debug, Default)]
pub(crate) struct Slowest(Vec<(Duration, String)>);

impl Slowest {
    /// Returns whether a task that took this long is one of them.
    pub(crate) fn has_room_for(&self, took: Duration) -> bool {
        self.0.len() < SLOWEST || self.0.iter().any(|(other, _)| *other < took)
    }

    /// Notes a task that took this long.
    pub(crate) fn note(&mut self, took: Duration, task: String) {
        let place = self.0.partition_point(|(other, _)| *other >= took);
        self.0.insert(place, (took, task));
        self.0.truncate(SLOWEST);
    }

    /// Returns them, the slowest first.
    pub(crate) fn tasks(&self) -> &[(Duration, String)] {
        &self.0
    }
}
