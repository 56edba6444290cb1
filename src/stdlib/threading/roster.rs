//! The threads of this process that run scripts: which there are, which of them is calling, and the wait for them at the end.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rhai::FnPtr;

use super::thread::Thread;
use crate::program::frame::function_name;
use crate::script::{Failure, Interp, State, Stop, stop};
use crate::sync::{Deadline, Role};
use crate::sys::lock::locked;

/// How long threads that were asked to stop may take before the process ends without them.
const GRACE: Duration = Duration::from_secs(1);

/// The threads of one runtime that run scripts.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    state: Mutex<Threads>,
}

#[derive(Debug, Default)]
struct Threads {
    /// The object of the thread that runs the script, once it has been used.
    main: Option<Thread>,
    /// Started and not ended, in the order of their start.
    living: Vec<Thread>,
    /// How many threads got a name by number.
    named: u32,
}

thread_local! {
    /// The calling thread, if a script has started it.
    static MYSELF: RefCell<Option<Thread>> = const { RefCell::new(None) };
}

impl State for Roster {
    /// Forgets all threads but the calling one, the only one that a forked child has.
    fn begin_process(&self) {
        *locked(&self.state) = Threads::default();
    }

    fn has_threads(&self) -> bool {
        self.has_others()
    }
}

impl Roster {
    pub(crate) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    /// Returns the name of a thread that was given none: `Thread-1 (f)`, or `Thread-1` where there is no function yet.
    pub(super) fn next_name(&self, target: Option<&FnPtr>) -> String {
        match target {
            Some(target) => self.next_name_for(&function_name(target.fn_name())),
            None => format!("Thread-{}", self.next_number()),
        }
    }

    /// Returns the name of a thread that runs this function and was given none.
    pub(crate) fn next_name_for(&self, function: &str) -> String {
        format!("Thread-{} ({function})", self.next_number())
    }

    fn next_number(&self) -> u32 {
        let mut state = locked(&self.state);
        state.named += 1;
        state.named
    }

    /// Returns the thread that runs the script itself.
    pub(crate) fn main(&self) -> Thread {
        let mut state = locked(&self.state);
        state.main.get_or_insert_with(Thread::main).clone()
    }

    /// Returns the calling thread.
    pub(crate) fn current(&self) -> Thread {
        MYSELF
            .with_borrow(Clone::clone)
            .unwrap_or_else(|| self.main())
    }

    /// Returns every thread that runs, the main one first.
    pub(crate) fn living(&self) -> Vec<Thread> {
        let main = self.main();
        let mut all = vec![main];
        all.extend(locked(&self.state).living.iter().cloned());
        all
    }

    /// Returns whether threads run besides the main one.
    pub(crate) fn has_others(&self) -> bool {
        !locked(&self.state).living.is_empty()
    }

    /// Adds a thread that is about to run, unless `may` refuses, which is called with the number of threads beside the main one.
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

    /// Removes a thread that has ended.
    pub(super) fn remove(&self, thread: &Thread) {
        locked(&self.state).living.retain(|other| !other.is(thread));
    }

    /// Runs `body` as `thread`, which was started in this [epoch](Interp::thread_epoch).
    pub(super) fn run_as(thread: &Thread, epoch: u64, body: impl FnOnce()) {
        MYSELF.set(Some(thread.clone()));
        stop::in_thread_of(epoch, body);
        MYSELF.set(None);
    }

    /// Forgets the threads when all have ended.
    pub(crate) fn clear(&self) {
        *locked(&self.state) = Threads::default();
    }

    /// Waits for the threads of a script that has ended, except daemons. When the script was asked to end it waits only a moment.
    /// Returns a request to end that came during the wait.
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

    /// Waits for every thread that is not a daemon. Returns false when the script was asked to stop meanwhile.
    fn join_all(&self, interp: &Arc<Interp>) -> bool {
        loop {
            let next = locked(&self.state)
                .living
                .iter()
                .find(|thread| !thread.is_daemon())
                .cloned();
            let Some(thread) = next else {
                // They may all have noticed a stop before this thread has.
                return interp.stopping().is_none();
            };
            let waited = Role::LEAVING.added(|| thread.wait(interp, Deadline::NEVER));
            if waited.is_err() && !interp.waits_on_for_the_end() {
                return false;
            }
        }
    }

    /// Gives the threads of a script that was asked to stop a moment to end, as they have noticed the stop too.
    fn let_stop(&self) {
        self.let_end(|thread| !thread.is_daemon());
    }

    /// Ends all threads, daemons included, in a process that continues.
    pub(crate) fn end_all(&self, interp: &Interp) {
        self.let_end(|_| true);
        // Threads that are still in a native end when it returns.
        interp.stop_older_threads();
    }

    fn let_end(&self, is_meant: impl Fn(&Thread) -> bool) {
        let deadline = Instant::now() + GRACE;
        let all: Vec<_> = locked(&self.state).living.clone();
        for thread in all.iter().filter(|thread| is_meant(thread)) {
            thread.wait_unless_late(deadline);
        }
    }
}
