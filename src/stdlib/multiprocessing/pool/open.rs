//! The executors of a program, whose tasks its end waits for.

use std::sync::{Arc, Mutex};

use super::state::Pool;
use crate::script::{Failure, Interp, State};
use crate::sys::lock::locked;

/// The pools of executors that have been given a task and have not been waited for.
#[derive(Debug, Default)]
pub(crate) struct OpenPools(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    pools: Vec<Pool>,
    /// How many executors of threads there were.
    of_threads: u64,
}

impl State for OpenPools {
    fn begin_process(&self) {
        locked(&self.0).of_threads = 0;
        self.clear();
    }

    fn reset(&self) {
        self.begin_process();
    }
}

impl OpenPools {
    pub(crate) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    /// Returns the number of a new executor of threads.
    pub(crate) fn number(&self) -> u64 {
        let mut open = locked(&self.0);
        open.of_threads += 1;
        open.of_threads - 1
    }

    /// Notes a pool whose tasks are done even if nobody refers to it any more.
    pub(crate) fn add(&self, interp: &Arc<Interp>, pool: &Pool) {
        let known = locked(&self.0).pools.clone();
        // Without the lock: callbacks may make executors.
        for other in known.iter().filter(|other| other.is_over(interp)) {
            self.remove(other);
        }
        locked(&self.0).pools.push(pool.clone());
    }

    /// Forgets a pool that has been waited for.
    pub(crate) fn remove(&self, pool: &Pool) {
        let mut open = locked(&self.0);
        let is_it = |other: &Pool| other.address() == pool.address();
        let found = open.pools.iter().position(is_it);
        let removed = found.map(|place| open.pools.swap_remove(place));
        drop(open);
        drop(removed);
    }

    /// Returns whether there is one.
    pub(crate) fn has_any(&self) -> bool {
        !locked(&self.0).pools.is_empty()
    }

    /// Forgets all of them, whose workers have been ended.
    pub(crate) fn clear(&self) {
        let pools = std::mem::take(&mut locked(&self.0).pools);
        drop(pools);
    }

    /// Waits until the executors have done what they were given; they take no more tasks.
    ///
    /// # Errors
    /// The error of an interrupted wait.
    pub(crate) fn finish(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        loop {
            let next = locked(&self.0).pools.last().cloned();
            let Some(pool) = next else {
                return Ok(());
            };
            let finished = pool.close(interp).and_then(|()| pool.join(interp));
            if finished.is_err() && interp.stopping().is_some() {
                return finished;
            }
            self.remove(&pool);
        }
    }
}
