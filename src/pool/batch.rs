//! Tasks on their way to a worker.

use std::ops::Range;

use super::job::JobId;

/// The contents of a batch: the tasks themselves.
pub(crate) trait Load {
    /// Returns the contents without the first `done` tasks.
    fn rest(&self, done: usize) -> Self;

    /// Returns the contents of the one task at `index`.
    fn only(&self, index: usize) -> Self;

    /// Returns whether the tasks can be sent again.
    fn is_kept(&self) -> bool {
        true
    }
}

/// Consecutive tasks of one job that travel together.
#[derive(Debug)]
pub(crate) struct Batch<L> {
    pub job: JobId,
    /// The place of the first task in its job.
    pub first: usize,
    pub count: usize,
    /// How often its tasks have been tried before.
    pub attempts: u32,
    pub load: L,
}

impl<L: Load> Batch<L> {
    /// Returns a batch of the tasks at these places of a job.
    pub(crate) fn new(job: JobId, places: Range<usize>, load: L) -> Self {
        Self {
            job,
            first: places.start,
            count: places.len(),
            attempts: 0,
            load,
        }
    }

    /// Returns the batch without its first `done` tasks; `None` if that is all of them.
    pub(super) fn rest(&self, done: usize) -> Option<Self> {
        (done < self.count).then(|| Self {
            job: self.job,
            first: self.first + done,
            count: self.count - done,
            attempts: self.attempts,
            load: self.load.rest(done),
        })
    }

    /// Returns the first task and the others, as batches. There are several.
    pub(crate) fn divided(&self) -> [Self; 2] {
        let part = |first, count, load| Self {
            job: self.job,
            first,
            count,
            attempts: self.attempts,
            load,
        };
        [
            part(self.first, 1, self.load.only(0)),
            part(self.first + 1, self.count - 1, self.load.rest(1)),
        ]
    }

    /// Returns the task at `index`, to be tried once more.
    pub(super) fn again(&self, index: usize) -> Self {
        Self {
            job: self.job,
            first: self.first + index,
            count: 1,
            attempts: self.attempts + 1,
            load: self.load.only(index),
        }
    }
}
