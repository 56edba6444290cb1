//! `Thread`: the object scripts hold, from its making to its end.
//!
//! Python: `threading.Thread`. A script may set any attribute; `run` is the one that is called in the thread in place
//! of `target`. Plain data that a thread's function has captured stays shared with it; handles (queues, locks, …) are
//! taken out of their shared cells first, because Rhai holds a cell's lock while a method of its value runs.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use rhai::{Array, Dynamic, FnPtr, Map, NativeCallContext};

use super::hook;
use super::roster::Roster;
use super::timer::Timer;
use crate::process::signals::kept_from_new_threads;
use crate::script::caller::Caller;
use crate::script::exceptions::{Exception, Failure, raise};
use crate::script::interp::Interp;
use crate::script::panics::without_panic;
use crate::script::report::task_frames;
use crate::script::stop::Stop;
use crate::script::task::{self, Task};
use crate::script::values::unshare_handles;
use crate::sync::{Deadline, Notice, WaitError, wait_kind};
use crate::sys;
use crate::sys::lock::locked;

/// The stack of a thread: as deep as the main thread's. The kernel gives as much as is touched.
const STACK: usize = 64 << 20;

/// A thread as scripts see it.
#[derive(Debug, Clone)]
pub(crate) struct Thread(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    ended: Notice,
}

/// Everything about one Thread object. Its lock is never held while something waits.
#[derive(Debug)]
pub(crate) struct State {
    pub name: String,
    pub daemon: bool,
    pub target: Option<FnPtr>,
    pub args: Array,
    /// What the script has set: `run` and its own attributes.
    pub attributes: Map,
    pub stage: Stage,
    pub is_main: bool,
    /// What it waits for before it does anything, if it is a timer.
    pub timer: Option<Timer>,
}

/// How far a thread has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Initial,
    /// Its number in the system is known from its first moment on.
    Started {
        ident: Option<i64>,
    },
    Ended {
        ident: Option<i64>,
    },
}

impl Thread {
    /// A new object, not started.
    pub(crate) fn new(name: String, daemon: bool, target: Option<FnPtr>, args: Array) -> Self {
        Self::from_state(State {
            name,
            daemon,
            target,
            args,
            attributes: Map::new(),
            stage: Stage::Initial,
            is_main: false,
            timer: None,
        })
    }

    /// The thread that runs the script itself, which is running.
    pub(super) fn main() -> Self {
        Self::from_state(State {
            name: "MainThread".into(),
            daemon: false,
            target: None,
            args: Array::new(),
            attributes: Map::new(),
            stage: Stage::Started {
                ident: Some(sys::process::pid().into()),
            },
            is_main: true,
            timer: None,
        })
    }

    fn from_state(state: State) -> Self {
        let (state, ended) = (Mutex::new(state), Notice::default());
        Self(Arc::new(Inner { state, ended }))
    }

    /// Looks at the state, or changes it.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut locked(&self.0.state))
    }

    /// What distinguishes it from other objects of this process.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Whether both are the same object.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn name(&self) -> String {
        self.with(|state| state.name.clone())
    }

    pub(crate) fn is_daemon(&self) -> bool {
        self.with(|state| state.daemon)
    }

    pub(crate) fn stage(&self) -> Stage {
        self.with(|state| state.stage)
    }

    pub(crate) fn is_alive(&self) -> bool {
        matches!(self.stage(), Stage::Started { .. })
    }

    /// Its number in the system; `None` before it runs.
    pub(crate) fn ident(&self) -> Option<i64> {
        match self.stage() {
            Stage::Initial => None,
            Stage::Started { ident } | Stage::Ended { ident } => ident,
        }
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// `RuntimeError` when it was started before, or the system has no room for one more.
    pub(crate) fn start(
        &self,
        interp: &Arc<Interp>,
        context: &NativeCallContext,
    ) -> Result<(), Failure> {
        let caller = Caller::of(interp, context)?;
        self.with(|state| {
            if state.stage != Stage::Initial {
                return Err(raise("RuntimeError", "threads can only be started once"));
            }
            if let Some(target) = &mut state.target {
                target.iter_curry_mut().for_each(unshare_handles);
            }
            state.args.iter_mut().for_each(unshare_handles);
            state.attributes.values_mut().for_each(unshare_handles);
            state.stage = Stage::Started { ident: None };
            Ok(())
        })?;
        let added = Roster::of(interp).add(self, |living| interp.permissions().thread(living));
        if let Err(refused) = added {
            self.with(|state| state.stage = Stage::Initial);
            return Err(refused);
        }
        let (this, host_of_thread) = (self.clone(), interp.clone());
        let born = interp.thread_epoch();
        let held = kept_from_new_threads();
        let spawned = std::thread::Builder::new()
            .name(self.name())
            .stack_size(STACK)
            .spawn(move || this.live(&host_of_thread, born, &caller));
        drop(held);
        match spawned {
            Ok(_) => {
                self.wait_for_its_number(interp);
                Ok(())
            }
            Err(error) => {
                Roster::of(interp).remove(self);
                self.with(|state| state.stage = Stage::Initial);
                Err(raise(
                    "RuntimeError",
                    format!("can't start new thread: {error}"),
                ))
            }
        }
    }

    /// Python's `start()` returns when the thread runs: `ident` is known then.
    fn wait_for_its_number(&self, interp: &Interp) {
        let known = || self.ident().is_some();
        if let Ok(session) = interp.session() {
            let _ = self
                .0
                .ended
                .wait_until(&session, wait_kind::THREAD, Deadline::NEVER, known);
        }
    }

    /// The life of the thread, in the thread.
    fn live(&self, interp: &Arc<Interp>, born: u64, caller: &Caller) {
        sys::limits::Stack::begin(STACK as u64);
        let ident = Some(sys::identity::thread_id().into());
        self.with(|state| state.stage = Stage::Started { ident });
        self.0.ended.notify(u32::MAX);
        Roster::run_as(self, born, || {
            if let Err(error) = without_panic(|| self.run(caller)) {
                self.tell(interp, caller, &error);
            }
        });
        Roster::of(interp).remove(self);
        self.with(|state| {
            state.stage = Stage::Ended { ident };
            // What the function captured may hold the last of a queue, which somebody waits to be given up.
            state.target = None;
            state.args.clear();
        });
        self.0.ended.notify(u32::MAX);
    }

    fn run(&self, caller: &Caller) -> Result<Dynamic, Failure> {
        let timer = self.with(|state| state.timer.clone());
        if timer.as_ref().is_some_and(|timer| !timer.elapses()) {
            return Ok(Dynamic::UNIT);
        }
        let result = self.call_task(caller);
        if let Some(timer) = timer {
            timer.finish();
        }
        result
    }

    fn call_task(&self, caller: &Caller) -> Result<Dynamic, Failure> {
        match self.task() {
            None => Ok(Dynamic::UNIT),
            Some((function, args, false)) => caller.call(&function, None, args),
            Some((function, args, true)) => {
                let mut this = Dynamic::from(self.clone());
                caller.call(&function, Some(&mut this), args)
            }
        }
    }

    /// Tells of an error nobody caught; an ending (`sys.exit`, Ctrl-C) is none.
    fn tell(&self, interp: &Arc<Interp>, caller: &Caller, error: &rhai::EvalAltResult) {
        if Stop::of(error).is_some() || interp.stopping().is_some() {
            return;
        }
        let task = self.task();
        let is_run = task.as_ref().is_some_and(|(_, _, is_run)| *is_run);
        let function = task.as_ref().map(|(function, ..)| function);
        let frames = task_frames(error, &interp.program, function, is_run);
        let exception = Exception::from_error(error).with_frames(frames);
        hook::tell(interp, caller, self, &exception);
    }

    /// The function the thread runs, its arguments, and whether it is `run`.
    pub(crate) fn task(&self) -> Option<Task> {
        self.with(|state| task::of(state.target.as_ref(), &state.args, &state.attributes))
    }

    /// Waits for the thread's end.
    pub(crate) fn wait(&self, interp: &Interp, deadline: Deadline) -> Result<(), WaitError> {
        let session = interp.session().map_err(|_| WaitError::Interrupted)?;
        self.0
            .ended
            .wait_until(&session, wait_kind::THREAD, deadline, || !self.is_alive())?;
        // A process with two threads may not fork, and who joined its last one expects that it may.
        if let Some(number) = self.ident() {
            sys::process::await_departure(number);
        }
        Ok(())
    }

    /// Waits for the thread's end where nothing may interrupt any more.
    pub(super) fn wait_unless_late(&self, deadline: Instant) {
        const LOOK: std::time::Duration = std::time::Duration::from_millis(1);
        while self.is_alive() && Instant::now() < deadline {
            std::thread::sleep(LOOK);
        }
    }

    /// Python's representation: `<Thread(Thread-1 (f), started daemon 123)>`.
    pub(crate) fn repr(&self) -> String {
        self.with(|state| {
            let class = match &state.timer {
                _ if state.is_main => "_MainThread",
                Some(_) => "Timer",
                None => "Thread",
            };
            let (word, ident) = match state.stage {
                Stage::Initial => ("initial", None),
                Stage::Started { ident } => ("started", ident),
                Stage::Ended { ident } => ("stopped", ident),
            };
            let daemon = if state.daemon { " daemon" } else { "" };
            let ident = ident.map_or(String::new(), |ident| format!(" {ident}"));
            format!("<{class}({}, {word}{daemon}{ident})>", state.name)
        })
    }
}
