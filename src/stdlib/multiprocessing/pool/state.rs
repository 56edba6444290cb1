//! The pool: its task table, its workers, and what has been asked of it.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Weak};
use std::time::{Duration, Instant};

use super::crew::Crew;
use super::due::Due;
use super::feed::Feed;
use super::here::here;
use super::parcel::{Ended, Parcel};
use super::promise::Promise;
use super::staff::Staff;
use super::terms::{Kind, Terms};
use super::threads::Threads;
use crate::pool::job::Job;
use crate::pool::tally::{Slowest, Work};
use crate::pool::{JobId, Table};
use crate::script::progress::Bar;
use crate::script::{Exception, Failure, Interp, raise};
use crate::sys::lock::locked;
use crate::sys::signal::Signal;

/// A pool. Clones are the same pool.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    /// Outcomes have come, or whoever read them has stopped.
    changed: Condvar,
    /// The process that it belongs to, as [`here`] counts them.
    home: u64,
    /// How many workers it is to have.
    processes: usize,
    kind: Kind,
}

/// What may be asked of a pool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    #[default]
    Running,
    /// It takes no more tasks.
    Closed,
    /// Its workers have been ended.
    Terminated,
}

/// The state of a pool. It is never locked while a script's function runs.
#[derive(Debug)]
pub(crate) struct State {
    pub table: Table<Ended, Parcel>,
    pub(super) crew: Box<dyn Staff>,
    pub stage: Stage,
    pub(super) feeds: VecDeque<Feed>,
    pub(super) promises: HashMap<JobId, Arc<Promise>>,
    /// The bars of calls whose progress is shown.
    pub(super) bars: Vec<(JobId, Arc<Bar>)>,
    pub due: Due,
    /// Why nothing can be done any more.
    pub(super) broken: Option<Exception>,
    /// A thread is reading outcomes.
    pub(super) is_read: bool,
    /// When it was last looked whether workers have ended.
    pub(super) looked: Instant,
    pub slowest: Slowest,
}

impl Pool {
    /// Creates a pool without workers.
    ///
    /// # Errors
    /// The session has no memory.
    pub(crate) fn new(interp: &Arc<Interp>, terms: Terms) -> Result<Self, Failure> {
        let (processes, kind) = (terms.workers, terms.kind);
        let crew: Box<dyn Staff> = match kind {
            Kind::Processes => Box::new(Crew::new(interp, terms)?),
            Kind::Threads => Box::new(Threads::new(interp, terms)?),
        };
        let state = State {
            table: Table::default(),
            crew,
            stage: Stage::default(),
            feeds: VecDeque::new(),
            promises: HashMap::new(),
            bars: Vec::new(),
            due: Due::default(),
            broken: None,
            is_read: false,
            looked: Instant::now(),
            slowest: Slowest::default(),
        };
        Ok(Self(Arc::new(Inner {
            state: Mutex::new(state),
            changed: Condvar::new(),
            home: here(),
            processes,
            kind,
        })))
    }

    /// Starts all workers.
    ///
    /// # Errors
    /// A process cannot be started; those that were started are ended.
    pub(crate) fn start(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        let started = self.lock().crew.hire(interp, self.processes());
        started.inspect_err(|_| self.terminate(interp))
    }

    pub(crate) fn processes(&self) -> usize {
        self.0.processes
    }

    /// Returns an address by which it is compared with other pools.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(super) fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Locks the state, unless somebody else has locked it.
    pub(super) fn try_lock(&self) -> Option<MutexGuard<'_, State>> {
        self.0.state.try_lock().ok()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        locked(&self.0.state)
    }

    /// Wakes the threads that wait for a change.
    pub(crate) fn notify(&self) {
        self.0.changed.notify_all();
    }

    /// Waits until [`notify`](Self::notify), at most this long.
    pub(super) fn sleep(&self, state: MutexGuard<'_, State>, most: Duration) {
        drop(self.0.changed.wait_timeout(state, most));
    }

    /// Checks that this process may use the pool.
    ///
    /// # Errors
    /// `RuntimeError` in a child of the process that it belongs to.
    pub(crate) fn belongs_here(&self) -> Result<(), Failure> {
        if self.0.home == here() {
            return Ok(());
        }
        let text = "a pool can only be used in the process that created it";
        Err(raise("RuntimeError", text))
    }

    /// Changes the state, as what scripts ask of a pool does.
    ///
    /// # Errors
    /// As [`belongs_here`](Self::belongs_here).
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> Result<T, Failure> {
        self.belongs_here()?;
        Ok(change(&mut self.lock()))
    }

    /// Returns the pool as its callbacks know it.
    pub(super) fn downgrade(&self) -> WeakPool {
        WeakPool(Arc::downgrade(&self.0))
    }

    /// Returns the text by which it is printed.
    pub(crate) fn repr(&self) -> String {
        // In a copy of the process, a thread may have been using it that is not there.
        let stage = self.0.state.try_lock().map(|state| state.stage);
        let state = match stage.unwrap_or(Stage::Running) {
            Stage::Running => "RUN",
            Stage::Closed => "CLOSE",
            Stage::Terminated => "TERMINATE",
        };
        let class = match self.0.kind {
            Kind::Processes => "Pool",
            Kind::Threads => "ThreadPool",
        };
        let size = self.processes();
        format!("<multiprocessing.pool.{class} state={state} pool_size={size}>")
    }
}

impl Stage {
    /// Checks that a pool takes tasks, or an executor calls.
    ///
    /// # Errors
    /// `ValueError`, of an executor `RuntimeError`: it was closed.
    pub(crate) fn open(self, is_executor: bool) -> Result<(), Failure> {
        match self {
            Self::Running => Ok(()),
            Self::Closed | Self::Terminated if is_executor => {
                let text = "cannot schedule new futures after shutdown";
                Err(raise("RuntimeError", text))
            }
            Self::Closed | Self::Terminated => Err(raise("ValueError", "Pool not running")),
        }
    }
}

impl State {
    /// Checks that the pool takes tasks.
    ///
    /// # Errors
    /// `ValueError` if it was closed; the error that broke it.
    pub(crate) fn open(&self) -> Result<(), Failure> {
        if let Some(broken) = &self.broken {
            return Err(crate::script::throw(broken.clone()));
        }
        self.stage.open(self.crew.terms().is_executor)
    }

    /// Returns whether the script is to look for outcomes now and then: somebody is to be called back, or there are more tasks than
    /// the workers could be sent.
    pub(super) fn is_expectant(&self) -> bool {
        let is_full = self.table.has_waiting() && self.stage != Stage::Terminated;
        let is_full = is_full && self.broken.is_none() && !self.crew.has_room();
        let mut promises = self.promises.values();
        is_full || !self.due.is_empty() || promises.any(|promise| promise.has_callbacks())
    }

    /// Returns what each worker has done, those that have ended first.
    pub(crate) fn work(&self) -> Vec<Work> {
        self.crew.work()
    }

    /// Returns whether nothing is left to do.
    pub(super) fn is_idle(&self) -> bool {
        self.feeds.is_empty() && self.table.is_idle()
    }

    /// Gives every task without an outcome this one.
    pub(super) fn fail_all(&mut self, outcome: impl Fn() -> Exception) {
        for feed in std::mem::take(&mut self.feeds) {
            self.refuse_rest(&feed, || Err(outcome()));
        }
        self.table.fail_all(|| Err(outcome()));
        self.keep_promises();
    }

    /// Gives the items of a call that have not been sent this outcome.
    pub(super) fn refuse_rest(&mut self, feed: &Feed, outcome: impl Fn() -> Ended) {
        self.table.refuse(feed.job, feed.items.len(), outcome);
        self.table.complete(feed.job);
    }

    /// Passes the outcomes of jobs that are done to those who were promised them.
    pub(super) fn keep_promises(&mut self) {
        for job in self.table.take_finished() {
            let Some(promise) = self.promises.remove(&job) else {
                continue;
            };
            let done = self.table.job_mut(job);
            let outcomes = done.map(Job::take_all);
            self.table.forget(job);
            let due = match outcomes {
                Some(outcomes) => promise.keep(outcomes),
                None => promise.keep(std::iter::empty()),
            };
            self.due.note(&promise, due);
        }
    }

    /// Returns an item as the value of the script that was sent.
    pub(super) fn shown(&self, interp: &Arc<Interp>, number: u64, index: usize) -> Option<String> {
        let batch = self.table.batch(number)?;
        Some(batch.load.shown(interp, index))
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pool").field(&self.address()).finish()
    }
}

impl Drop for Inner {
    /// Nobody can use the pool any more: its workers are ended.
    fn drop(&mut self) {
        if self.home != here() {
            return;
        }
        let state = self
            .state
            .get_mut()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        state.crew.signal(Signal::SIGTERM);
    }
}

/// A pool as its callbacks know it, which do not keep it.
#[derive(Clone)]
pub(super) struct WeakPool(Weak<Inner>);

impl WeakPool {
    pub(super) fn upgrade(&self) -> Option<Pool> {
        self.0.upgrade().map(Pool)
    }

    /// Returns an address by which it is compared with other pools.
    pub(super) fn address(&self) -> usize {
        self.0.as_ptr().addr()
    }
}

impl fmt::Debug for WeakPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeakPool")
    }
}
