//! The threads of this process that run scripts: who there is, which of them this is, and the wait for them at the end.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::thread::Thread;
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::script::stop::Stop;
use crate::sync::Deadline;
use crate::sys::lock::locked;

/// How long threads that were told to stop may take, before the process ends without them.
const GRACE: Duration = Duration::from_secs(1);

/// The threads of one runtime.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    state: Mutex<State>,
    /// How often all threads were told to end.
    endings: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    /// The object of the thread that runs the script, once somebody has asked for it.
    main: Option<Thread>,
    /// Started and not ended, in the order of their start.
    living: Vec<Thread>,
    /// How many names were made up.
    named: u32,
}

thread_local! {
    /// The thread this is, where it was started by a script.
    static MYSELF: RefCell<Option<Thread>> = const { RefCell::new(None) };
    /// How often all threads had been told to end when this one was started.
    static BORN: Cell<u64> = const { Cell::new(u64::MAX) };
}

impl Roster {
    /// The number in the next name that is made up.
    pub(super) fn next_number(&self) -> u32 {
        let mut state = locked(&self.state);
        state.named += 1;
        state.named
    }

    /// The thread that runs the script itself.
    pub(crate) fn main(&self) -> Thread {
        let mut state = locked(&self.state);
        state.main.get_or_insert_with(Thread::main).clone()
    }

    /// Whether the calling thread was started by a script.
    pub(crate) fn is_one_of_them(&self) -> bool {
        MYSELF.with_borrow(Option::is_some)
    }

    /// The calling thread.
    pub(crate) fn current(&self) -> Thread {
        MYSELF
            .with_borrow(Clone::clone)
            .unwrap_or_else(|| self.main())
    }

    /// Every thread that runs, the main one first.
    pub(crate) fn living(&self) -> Vec<Thread> {
        let main = self.main();
        let mut all = vec![main];
        all.extend(locked(&self.state).living.iter().cloned());
        all
    }

    /// Whether threads run besides the main one.
    pub(crate) fn has_others(&self) -> bool {
        !locked(&self.state).living.is_empty()
    }

    /// A thread is about to run, if it may: `may` is told how many run beside the main one.
    pub(super) fn add(
        &self,
        thread: &Thread,
        may: impl FnOnce(usize) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut state = locked(&self.state);
        may(state.living.len())?;
        state.living.push(thread.clone());
        Ok(())
    }

    /// A thread does not run any more.
    pub(super) fn remove(&self, thread: &Thread) {
        locked(&self.state).living.retain(|other| !other.is(thread));
    }

    /// The calling thread is `thread` until the end of `body`. It was started after so many [`endings`](Self::endings).
    pub(super) fn run_as(thread: &Thread, born: u64, body: impl FnOnce()) {
        MYSELF.set(Some(thread.clone()));
        BORN.set(born);
        body();
        BORN.set(u64::MAX);
        MYSELF.set(None);
    }

    /// How often all threads were told to end.
    pub(super) fn endings(&self) -> u64 {
        self.endings.load(Ordering::Relaxed)
    }

    /// Whether the calling thread should have ended: it was in a native when all were told, which took longer than they
    /// were waited for.
    #[inline]
    pub(crate) fn is_left_over(&self) -> bool {
        BORN.get() < self.endings.load(Ordering::Relaxed)
    }

    /// A forked child has one thread: this one.
    pub(crate) fn begin(&self) {
        *locked(&self.state) = State::default();
    }

    /// The end of the script in this process: its threads are waited for, but for daemons. When the script was told to
    /// end they are not, beyond a moment. Gives the request that told it so meanwhile.
    pub(crate) fn finish(&self, interp: &Arc<Interp>, told_to_end: bool) -> Option<Stop> {
        let request = if told_to_end {
            None
        } else {
            interp.forget_exit();
            let joined = self.join_all(interp);
            (!joined).then(|| interp.stopping().unwrap_or(Stop::Host))
        };
        if told_to_end || request.is_some() {
            self.let_stop();
        }
        request
    }

    /// Waits for every thread that is no daemon. False when the script was told to stop meanwhile.
    fn join_all(&self, interp: &Arc<Interp>) -> bool {
        loop {
            let next = locked(&self.state)
                .living
                .iter()
                .find(|thread| !thread.is_daemon())
                .cloned();
            let Some(thread) = next else {
                // They may all have heard of a stop before this thread has.
                return interp.stopping().is_none();
            };
            let waited = thread.wait(interp, Deadline::NEVER);
            if waited.is_err() && !interp.waits_on_for_the_end() {
                return false;
            }
        }
    }

    /// The end of a script that was told to stop: its threads see that too, and have a moment to end.
    fn let_stop(&self) {
        self.let_end(|thread| !thread.is_daemon());
    }

    /// As at the end of a script that was told to stop, and daemons too: the process goes on.
    pub(crate) fn end_all(&self) {
        self.let_end(|_| true);
        self.endings.fetch_add(1, Ordering::Relaxed);
    }

    fn let_end(&self, is_meant: impl Fn(&Thread) -> bool) {
        let deadline = Instant::now() + GRACE;
        let all: Vec<_> = locked(&self.state).living.clone();
        for thread in all.iter().filter(|thread| is_meant(thread)) {
            thread.wait_unless_late(deadline);
        }
    }
}
