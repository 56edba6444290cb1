//! How many tasks travel together.

use std::time::Duration;

/// How long a batch should take: long beside what sending it costs, short beside what a person waits for.
const AIM: Duration = Duration::from_millis(4);

/// A batch that takes less time than this is not made smaller for the workers to end together.
const LEAST: Duration = Duration::from_micros(100);

/// How many tasks a batch grows to at most in one step, while nothing is known of how long they take.
const GROWTH: usize = 16;

/// The most tasks in a batch.
pub(crate) const MOST: usize = 1 << 16;

/// The sizes of the batches of one job whose tasks take about the same time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunks {
    /// The size that the script asked for.
    fixed: Option<usize>,
    workers: usize,
    last: usize,
}

impl Chunks {
    /// Begins the batches of a job.
    pub(crate) fn new(fixed: Option<usize>, workers: usize) -> Self {
        Self {
            fixed,
            workers: workers.max(1),
            last: 0,
        }
    }

    /// Returns the size of the next batch, when `left` tasks are left. `each` is how long a task of the job takes, where that is known.
    ///
    /// The last batches are small, so that the workers end together.
    pub(crate) fn next(&mut self, left: usize, each: Option<Duration>) -> usize {
        let size = match self.fixed {
            Some(size) => size,
            None => {
                let fair = left.div_ceil(2 * self.workers);
                match each {
                    Some(each) => {
                        let lasting = |time: Duration| {
                            let count = time.as_nanos() / each.as_nanos().max(1);
                            usize::try_from(count).unwrap_or(MOST)
                        };
                        fair.max(lasting(LEAST)).min(lasting(AIM)).max(1)
                    }
                    None => fair.min(self.last.saturating_mul(GROWTH)).max(1),
                }
            }
        };
        self.last = size;
        size.clamp(1, MOST).min(left.max(1))
    }

    /// Returns the size of the next batch when nothing will be known before all are sent: half of what is left is shared out at a time.
    pub(crate) fn next_unseen(&mut self, left: usize) -> usize {
        match self.fixed {
            Some(size) => size.clamp(1, MOST).min(left.max(1)),
            None => left.div_ceil(2 * self.workers).clamp(1, MOST),
        }
    }
}
