//! The futures that wait for tasks of a pool. While there are any, a thread waits for them, which reads results and replaces workers.

use std::sync::{Arc, Mutex, Weak};
use std::task::Waker;
use std::time::Duration;
use std::{fmt, io, thread};

use crate::script::interp::Interp;
use crate::stdlib::multiprocessing::pool::promise::Promise;
use crate::stdlib::multiprocessing::pool::state;
use crate::sync::Deadline;
use crate::sys::lock::locked;

/// The longest wait of the thread: after it, it looks who waits.
const LOOK: Duration = Duration::from_millis(50);

/// The futures of a pool.
#[derive(Default)]
pub(super) struct Waiters(Mutex<State>);

#[derive(Default)]
struct State {
    entries: Vec<(Arc<Promise>, Waker)>,
    has_thread: bool,
}

impl Waiters {
    /// Has `waker` woken when the promise has been kept, or the pool cannot go on.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub(super) fn enter(
        self: &Arc<Self>,
        (pool, interp): (&state::Pool, &Weak<Interp>),
        promise: &Arc<Promise>,
        waker: &Waker,
    ) -> io::Result<()> {
        let mut state = locked(&self.0);
        let same = |entry: &mut (Arc<Promise>, Waker)| {
            !(Arc::ptr_eq(&entry.0, promise) && entry.1.will_wake(waker))
        };
        state.entries.retain_mut(same);
        state.entries.push((promise.clone(), waker.clone()));
        if !state.has_thread {
            let (waiters, pool, interp) = (self.clone(), pool.clone(), interp.clone());
            let builder = thread::Builder::new().name("procscript-await".into());
            builder.spawn(move || waiters.run(&pool, &interp))?;
            state.has_thread = true;
        }
        Ok(())
    }

    fn run(&self, pool: &state::Pool, interp: &Weak<Interp>) {
        loop {
            let interp = interp.upgrade().filter(|interp| !interp.is_over());
            let deadline = Deadline::after(LOOK);
            let waited = interp.map(|interp| {
                let ready = |_: &mut state::State| self.has_kept().then_some(());
                pool.wait(&interp, deadline, ready).is_ok()
            });
            let can_go_on = waited.unwrap_or_default();
            let mut state = locked(&self.0);
            let is_due =
                |(promise, _): &mut (Arc<Promise>, Waker)| !can_go_on || promise.result().is_some();
            let woken: Vec<_> = state.entries.extract_if(.., is_due).collect();
            // A future that was dropped leaves its waker behind until its task has ended; another entry of it does no harm.
            if state.entries.is_empty() {
                state.has_thread = false;
            }
            let is_over = !state.has_thread;
            drop(state);
            woken.into_iter().for_each(|(_, waker)| waker.wake());
            if is_over {
                return;
            }
        }
    }

    fn has_kept(&self) -> bool {
        let state = locked(&self.0);
        let mut promises = state.entries.iter().map(|(promise, _)| promise);
        promises.any(|promise| promise.result().is_some())
    }
}

impl fmt::Debug for Waiters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiters").finish_non_exhaustive()
    }
}
