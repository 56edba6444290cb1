//! `Process`: the object scripts hold, from its making over the running child to its end.
//!
//! Python: `multiprocessing.Process`. A script may set any attribute; `run` is the one that is called in the
//! child in place of `target`.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use rhai::{Array, FnPtr, Map};

use super::family::{Identity, wait_child};
use crate::permissions::Permissions;
use crate::process::child::StillRunning;
use crate::process::{Child, ExitStatus};
use crate::script::exception_class::unpack_exception;
use crate::script::exceptions::Exception;
use crate::script::interp::Interp;
use crate::script::report;
use crate::script::task::{self, Task};
use crate::stdlib::multiprocessing::family::Family;
use crate::sync::ProcessId;
use crate::sys;
use crate::sys::lock::locked;
use crate::sys::signal::Signal;

/// A process as scripts see it.
#[derive(Debug, Clone)]
pub(crate) struct Process(Arc<Mutex<State>>);

/// Everything about one Process object. Its lock is never held while something waits.
#[derive(Debug)]
pub(crate) struct State {
    pub identity: Identity,
    pub target: Option<FnPtr>,
    pub args: Array,
    /// What the script has set: `run` and its own attributes.
    pub attributes: Map,
    /// The number of the process that made this object.
    pub creator: i32,
    pub stage: Stage,
    pub closed: bool,
    /// A thread is starting it.
    pub starting: bool,
    /// What the child may do, where that is less than what this process may.
    pub permissions: Option<Permissions>,
    /// The child's uncaught exception, once it has ended.
    pub exception: Option<Exception>,
}

/// How far a process has come.
#[derive(Debug)]
pub(crate) enum Stage {
    /// `start()` has not been called.
    Initial,
    /// It runs, or has ended and is not reaped yet.
    Started { child: Child, place: ProcessId },
    /// Reaped. The sentinel stays what it was until the object is closed: a script may still wait on it.
    Ended {
        pid: i32,
        exitcode: i64,
        sentinel: Arc<OwnedFd>,
    },
    /// Somebody else's child, or the current process itself: known by its number only.
    Elsewhere { pid: i32 },
}

impl Process {
    /// A new object of this process, not started.
    pub(crate) fn new(identity: Identity, target: Option<FnPtr>, args: Array) -> Self {
        Self::from_state(State {
            identity,
            target,
            args,
            attributes: Map::new(),
            creator: sys::process::pid(),
            stage: Stage::Initial,
            closed: false,
            starting: false,
            permissions: None,
            exception: None,
        })
    }

    pub(crate) fn from_state(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    /// Looks at the state, or changes it.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut locked(&self.0))
    }

    /// Whether both are the same object.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether both stand for the same process, though they may have come here on different ways.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        let key = |process: &Self| process.with(|s| (s.creator, s.identity.numbers.clone()));
        self.is(other) || key(self) == key(other)
    }

    /// Takes the place of `other`, which is not used any more.
    pub(crate) fn take_over(&self, other: &Self) {
        if !self.is(other) {
            self.with(|mine| other.with(|theirs| std::mem::swap(mine, theirs)));
        }
    }

    pub(crate) fn identity(&self) -> Identity {
        self.with(|state| state.identity.clone())
    }

    pub(crate) fn pid(&self) -> Option<i32> {
        self.with(|state| state.stage.pid())
    }

    /// The exit code if the child has ended; reaps it then and gives back what it held of the session.
    pub(crate) fn poll(&self, interp: &Arc<Interp>) -> Option<i64> {
        let (exitcode, place) = self.with(|state| {
            if state.creator != sys::process::pid() {
                return None;
            }
            let (status, pid, place, sentinel) = match &mut state.stage {
                Stage::Started { child, place } => {
                    let status = child.poll().ok().flatten()?;
                    (status, child.pid(), *place, child.sentinel())
                }
                Stage::Ended { exitcode, .. } => return Some((*exitcode, None)),
                Stage::Initial | Stage::Elsewhere { .. } => return None,
            };
            let exitcode = status.exitcode();
            state.stage = Stage::Ended {
                pid,
                exitcode,
                sentinel,
            };
            Some((exitcode, Some(place)))
        })?;
        if let Some(place) = place {
            interp.output.take_in();
            self.bury(interp, place);
            if exitcode != 0 && interp.is_interactive() {
                Family::of(interp).note_bad_end(self, exitcode);
            }
        }
        Some(exitcode)
    }

    /// Whether it is a child of this process that has not ended. A closed object stands for none.
    pub(crate) fn is_running(&self, interp: &Arc<Interp>) -> bool {
        self.poll(interp);
        self.with(|state| matches!(state.stage, Stage::Started { .. }))
    }

    /// Takes the ended child's report and clears its place in the session.
    fn bury(&self, interp: &Arc<Interp>, place: ProcessId) {
        let Some(session) = interp.existing_session() else {
            return;
        };
        let report = session.take_report(place).ok().flatten();
        // An error means that the session has swept the place already.
        let _ = session.child_ended(place);
        let Some(exception) = report.and_then(|bytes| unpack_exception(interp, &bytes)) else {
            return;
        };
        // A child ended by Ctrl-C is silent; the family has one report, the main process's. Where the
        // parent was not interrupted itself, it speaks for the child.
        let alone = interp.stopping().is_none() && !Family::of(interp).is_ending();
        // At a prompt it is among the news.
        if exception.kind() == "KeyboardInterrupt" && alone && !interp.is_interactive() {
            let mut told = report::diagnostic_of(interp, &exception);
            told.process = Some(self.identity().name);
            report::print(interp, &told);
        }
        self.with(|state| state.exception = Some(exception));
    }

    /// Waits for the child's end, at most until `deadline`, and reaps it.
    pub(crate) fn wait(
        &self,
        interp: &Arc<Interp>,
        deadline: Option<Instant>,
    ) -> Result<(), StillRunning> {
        loop {
            if self.poll(interp).is_some() {
                // Ctrl-C ends children too: their end must not hide it, nor a signal that came before it.
                return match interp.check_interrupts() {
                    false => Ok(()),
                    true => Err(StillRunning::Interrupted),
                };
            }
            let Some((sentinel, place)) = self.started() else {
                return Ok(());
            };
            wait_child(interp, (sentinel.as_fd(), place), deadline)?;
        }
    }

    /// A descriptor that is readable from the child's end on.
    pub(crate) fn sentinel(&self) -> Option<Arc<OwnedFd>> {
        self.started().map(|(sentinel, _)| sentinel)
    }

    /// The descriptor of a child that has not been reaped, and its place in the session.
    fn started(&self) -> Option<(Arc<OwnedFd>, ProcessId)> {
        self.with(|state| match &state.stage {
            Stage::Started { child, place } => Some((child.sentinel(), *place)),
            _ => None,
        })
    }

    /// The descriptor of a child that has been started, readable from its end on, also when it has been reaped.
    pub(crate) fn end(&self) -> Option<Arc<OwnedFd>> {
        self.with(|state| match &state.stage {
            Stage::Started { child, .. } => Some(child.sentinel()),
            Stage::Ended { sentinel, .. } => Some(sentinel.clone()),
            Stage::Initial | Stage::Elsewhere { .. } => None,
        })
    }

    /// The number of the descriptor scripts know as `sentinel`.
    pub(crate) fn sentinel_number(&self) -> Option<i32> {
        self.end().map(|end| end.as_raw_fd())
    }

    /// Sends a signal, if the process is running.
    pub(crate) fn signal(&self, signal: Signal) {
        self.with(|state| match &mut state.stage {
            // An error means that it has gone, or that we may not: nothing a terminate could do about it.
            Stage::Started { child, .. } => drop(child.signal(signal)),
            Stage::Elsewhere { pid } => drop(sys::signal::send(*pid, signal as i32)),
            Stage::Initial | Stage::Ended { .. } => (),
        });
    }

    /// Python's representation: `<Process name='Process-1' pid=12 parent=11 started>`.
    pub(crate) fn repr(&self, interp: &Arc<Interp>) -> String {
        self.poll(interp);
        self.with(|state| {
            let mut text = format!("<Process name='{}'", state.identity.name);
            if let Some(pid) = state.stage.pid().filter(|_| !state.closed) {
                text.push_str(&format!(" pid={pid}"));
            }
            text.push_str(&format!(" parent={}", state.creator));
            let is_mine = state.creator == sys::process::pid();
            text.push_str(&match &state.stage {
                _ if state.closed => " closed".to_string(),
                Stage::Elsewhere { pid } if *pid == sys::process::pid() => " started".into(),
                _ if !is_mine => " unknown".into(),
                Stage::Initial => " initial".into(),
                Stage::Started { .. } => " started".into(),
                Stage::Ended { exitcode, .. } => {
                    format!(" stopped exitcode={}", ExitStatus::shown(*exitcode))
                }
                Stage::Elsewhere { .. } => " unknown".into(),
            });
            if state.identity.daemon {
                text.push_str(" daemon");
            }
            text + ">"
        })
    }

    /// The function the child runs, what it calls it in a traceback, and its arguments.
    pub(crate) fn task(&self) -> Option<Task> {
        self.with(|state| task::of(state.target.as_ref(), &state.args, &state.attributes))
    }
}

impl State {
    /// The number of the process, if it is no child of this one: that of a parent before a fork is not one either.
    pub(super) fn elsewhere(&self) -> Option<i32> {
        match &self.stage {
            Stage::Elsewhere { pid } => Some(*pid),
            Stage::Started { child, .. } if self.creator != sys::process::pid() => {
                Some(child.pid())
            }
            Stage::Initial | Stage::Started { .. } | Stage::Ended { .. } => None,
        }
    }
}

impl Stage {
    pub(crate) fn pid(&self) -> Option<i32> {
        match self {
            Stage::Initial => None,
            Stage::Started { child, .. } => Some(child.pid()),
            Stage::Ended { pid, .. } | Stage::Elsewhere { pid } => Some(*pid),
        }
    }
}
