//! The executors of a program, whose tasks its end waits for, and the pools of its host.

use std::fmt;
use std::sync::{Arc, Mutex, Weak};

use super::state::{Pool, WeakPool};
use crate::script::{Failure, Interp, State};
use crate::sys::lock::locked;

/// The pool of an executor, of this machine or on a server.
pub(crate) trait Outlasting: fmt::Debug + Send + Sync {
    /// Returns an address by which it is compared with other pools.
    fn address(&self) -> usize;

    /// Returns whether it takes no more tasks and has none left.
    fn is_over(&self, interp: &Arc<Interp>) -> bool;

    /// Takes no more tasks, and waits for those that there are.
    ///
    /// # Errors
    /// The error of an interrupted wait.
    fn finish(&self, interp: &Arc<Interp>) -> Result<(), Failure>;
}

impl Outlasting for Pool {
    fn address(&self) -> usize {
        self.address()
    }

    fn is_over(&self, interp: &Arc<Interp>) -> bool {
        self.is_over(interp)
    }

    fn finish(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        self.close(interp).and_then(|()| self.join(interp))
    }
}

/// The pools of executors that have been given a task and have not been waited for.
#[derive(Debug, Default)]
pub(crate) struct OpenPools(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    pools: Vec<Arc<dyn Outlasting>>,
    /// The interpreter whose pools they are, once there is one.
    interp: Weak<Interp>,
    /// How many executors of threads there were.
    of_threads: u64,
    /// Those of the host.
    of_host: Vec<WeakPool>,
}

impl State for OpenPools {
    fn begin_process(&self) {
        locked(&self.0).of_threads = 0;
        self.clear();
    }

    /// The executors take no more tasks.
    fn complete(&self) -> Result<(), Failure> {
        let interp = locked(&self.0).interp.upgrade();
        interp.map_or(Ok(()), |interp| self.finish(&interp))
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
    pub(crate) fn add(&self, interp: &Arc<Interp>, pool: Arc<dyn Outlasting>) {
        let known = locked(&self.0).pools.clone();
        // Without the lock: callbacks may make executors.
        for other in known.iter().filter(|other| other.is_over(interp)) {
            self.remove(other.address());
        }
        let mut open = locked(&self.0);
        open.interp = Arc::downgrade(interp);
        open.pools.push(pool);
    }

    /// Forgets the pool at this address, which has been waited for.
    pub(crate) fn remove(&self, address: usize) {
        let mut open = locked(&self.0);
        let is_it = |other: &Arc<dyn Outlasting>| other.address() == address;
        let found = open.pools.iter().position(is_it);
        let removed = found.map(|place| open.pools.swap_remove(place));
        drop(open);
        drop(removed);
    }

    /// Returns whether there is one.
    pub(crate) fn has_any(&self) -> bool {
        !locked(&self.0).pools.is_empty()
    }

    /// Notes a pool of the host, whose workers end with the runtime and with a stop.
    pub(crate) fn add_of_host(&self, pool: &Pool) {
        let mut open = locked(&self.0);
        open.of_host.retain(|other| other.upgrade().is_some());
        open.of_host.push(pool.downgrade());
    }

    fn of_host(&self) -> Vec<Pool> {
        let pools = locked(&self.0).of_host.clone();
        pools.iter().filter_map(WeakPool::upgrade).collect()
    }

    /// Ends the workers of the host's pools, which start others when they are given more tasks.
    pub(crate) fn stop_of_host(&self, interp: &Arc<Interp>) {
        for pool in self.of_host() {
            pool.start_over(interp);
        }
    }

    /// Terminates the pools of the host.
    pub(crate) fn terminate_of_host(&self, interp: &Arc<Interp>) {
        for pool in self.of_host() {
            pool.terminate(interp);
        }
    }

    /// Forgets all of them, whose workers have been ended.
    pub(crate) fn clear(&self) {
        let pools = std::mem::take(&mut locked(&self.0).pools);
        drop(pools);
    }

    fn finish(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        loop {
            let next = locked(&self.0).pools.last().cloned();
            let Some(pool) = next else {
                return Ok(());
            };
            let finished = pool.finish(interp);
            if finished.is_err() && interp.stopping().is_some() {
                return finished;
            }
            self.remove(pool.address());
        }
    }
}
