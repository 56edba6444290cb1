//! `Thread`: the object scripts hold, from its construction to the end of the thread.
//!
//! Python: `threading.Thread`. A script may set any attribute; `run` is the one that is called in the thread in place
//! of `target`. Plain data that a thread's function has captured stays shared with it; handles (queues, locks, …) are
//! taken out of their shared cells first, because Rhai holds a cell's lock while a method of its value runs.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use rhai::{Array, FnPtr, Map};

use super::delay::Delay;
use crate::script::Interp;
use crate::script::task::{self, Task};
use crate::sync::{Deadline, Notice, Offset, WaitError, wait_kind};
use crate::sys;
use crate::sys::lock::locked;

/// A thread as scripts see it.
#[derive(Debug, Clone)]
pub(crate) struct Thread(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    changed: Notice,
}

/// The state of a Thread object. Its lock is never held during a wait.
#[derive(Debug)]
pub(crate) struct State {
    pub name: String,
    pub daemon: bool,
    pub target: Option<FnPtr>,
    pub args: Array,
    /// The attributes that the script has set, `run` among them.
    pub attributes: Map,
    pub stage: Stage,
    pub is_main: bool,
    /// The delay before the thread calls its function, if it is a timer.
    pub delay: Option<Delay>,
}

/// The stage of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Initial,
    /// The thread's number in the system is known once it runs.
    Started {
        ident: Option<i64>,
    },
    Ended {
        ident: Option<i64>,
    },
}

impl Thread {
    /// Creates a new object, not started.
    pub(crate) fn new(name: String, daemon: bool, target: Option<FnPtr>, args: Array) -> Self {
        Self::from_state(State {
            name,
            daemon,
            target,
            args,
            attributes: Map::new(),
            stage: Stage::Initial,
            is_main: false,
            delay: None,
        })
    }

    /// Returns the thread that runs the script itself, which is running.
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
            delay: None,
        })
    }

    fn from_state(state: State) -> Self {
        let (state, changed) = (Mutex::new(state), Notice::default());
        Self(Arc::new(Inner { state, changed }))
    }

    /// Reads or changes the state.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut locked(&self.0.state))
    }

    /// Returns the address by which it is compared with other objects of this process.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Returns whether both are the same object.
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

    /// Returns the notice that is given when the thread's ID is known, and when the thread has ended.
    pub(super) fn changed(&self) -> &Notice {
        &self.0.changed
    }

    /// Returns the function that the thread runs, its arguments, and whether it is `run`.
    pub(crate) fn task(&self) -> Option<Task> {
        self.with(|state| task::of(state.target.as_ref(), &state.args, &state.attributes))
    }

    /// Waits for the thread's end.
    pub(crate) fn wait(&self, interp: &Interp, deadline: Deadline) -> Result<(), WaitError> {
        let session = interp.session().map_err(|_| WaitError::Interrupted)?;
        let number = self.ident().map_or(0, i64::unsigned_abs);
        let what = (wait_kind::THREAD, Offset(number));
        self.changed()
            .wait_until(&session, what, deadline, || !self.is_alive())?;
        // A process with two threads may not fork, and a script that has joined its last thread expects that it may.
        if let Some(number) = self.ident() {
            sys::process::note_leaving(number);
        }
        Ok(())
    }

    /// Waits for the thread's end when nothing can interrupt the wait any more.
    pub(crate) fn wait_unless_late(&self, deadline: Instant) {
        const LOOK: std::time::Duration = std::time::Duration::from_millis(1);
        while self.is_alive() && Instant::now() < deadline {
            std::thread::sleep(LOOK);
        }
    }

    /// Python's representation: `<Thread(Thread-1 (f), started daemon 123)>`.
    pub(crate) fn repr(&self) -> String {
        self.with(|state| {
            let class = match &state.delay {
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
