//! `Process`: the object scripts hold, from its construction to the end of the child.
//!
//! Python: `multiprocessing.Process`. A script may set any attribute; `run` is the one that is called in the
//! child in place of `target`.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Arc, Mutex};

use rhai::{Array, FnPtr, Map};

use super::identity::Identity;
use super::start_method::StartMethod;
use crate::permissions::Permissions;
use crate::process::Child;
use crate::script::Exception;
use crate::script::task::{self, Task};
use crate::sync::{ProcessHandle, ProcessId, Session, ShmError};
use crate::sys;
use crate::sys::lock::locked;
use crate::sys::readiness::always_ready;
use crate::sys::signal::Signal;

/// A process as scripts see it.
#[derive(Debug, Clone)]
pub(crate) struct Process(Arc<Mutex<State>>);

/// The state of a Process object. Its lock is never held during a wait.
#[derive(Debug)]
pub(crate) struct State {
    pub identity: Identity,
    pub target: Option<FnPtr>,
    pub args: Array,
    /// The attributes that the script has set, `run` among them.
    pub attributes: Map,
    /// The number of the process that made this object.
    pub creator: i32,
    pub stage: Stage,
    pub closed: bool,
    /// A thread is starting it.
    pub starting: bool,
    /// The permissions of the child, if they are fewer than those of this process.
    pub permissions: Option<Permissions>,
    /// The script has asked for the number of the sentinel.
    pub sentinel_is_known: bool,
    /// It runs the scripts of an isolated runtime, and no task.
    pub serves: bool,
    /// It is a worker of a pool, and runs the tasks that the pool sends it.
    pub works: bool,
    /// How it is started, if a context said so.
    pub method: Option<StartMethod>,
    /// What its object shares with those of other processes that may terminate it, once there are any.
    pub handle: Option<ProcessHandle>,
    /// The child's uncaught exception, once it has ended.
    pub exception: Option<Exception>,
}

/// The stage of a process.
#[derive(Debug)]
pub(crate) enum Stage {
    /// `start()` has not been called.
    Initial,
    /// It runs, or has ended and is not reaped yet.
    Started { child: Child, place: ProcessId },
    /// Reaped. A sentinel whose number the script knows is kept until the object is closed, as the script may still wait on it.
    Ended {
        pid: i32,
        exitcode: i64,
        sentinel: Option<Arc<OwnedFd>>,
    },
    /// Another process's child, or the current process itself: known by its number only.
    Elsewhere { pid: i32 },
}

/// How to wait for the end of a child.
pub(crate) enum End {
    /// This descriptor is readable from then on.
    At(Arc<OwnedFd>),
    /// It has been reaped.
    Past,
}

impl Process {
    /// Creates a new object of this process, not started.
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
            sentinel_is_known: false,
            serves: false,
            works: false,
            method: None,
            handle: None,
            exception: None,
        })
    }

    pub(crate) fn from_state(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    /// Reads or changes the state.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut locked(&self.0))
    }

    /// Returns whether both are the same object.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Returns whether both refer to the same process, wherever the objects came from.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        let key = |process: &Self| process.with(|s| (s.creator, s.identity.numbers.clone()));
        self.is(other) || key(self) == key(other)
    }

    /// Takes the state of `other`, which is not used any more.
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

    /// Returns a descriptor that is readable from the child's end on.
    pub(crate) fn sentinel(&self) -> Option<Arc<OwnedFd>> {
        self.started().map(|(sentinel, _)| sentinel)
    }

    /// Returns the descriptor of a child that has not been reaped, and its slot in the session.
    pub(super) fn started(&self) -> Option<(Arc<OwnedFd>, ProcessId)> {
        self.with(|state| match &state.stage {
            Stage::Started { child, place } => Some((child.sentinel(), *place)),
            _ => None,
        })
    }

    /// Returns what says that other processes may terminate this one, for an object that goes to one of them; `None` if no such object
    /// can terminate it: it has not been started, or has ended.
    ///
    /// # Errors
    /// The session has no memory left.
    pub(super) fn handle(&self, session: &Session) -> Result<Option<ProcessHandle>, ShmError> {
        let (known, place) = self.with(|state| {
            let place = match state.stage {
                Stage::Started { place, .. } => Some(place),
                Stage::Elsewhere { pid } if pid == sys::process::pid() => Some(session.me()),
                Stage::Initial | Stage::Ended { .. } | Stage::Elsewhere { .. } => None,
            };
            (state.handle.clone(), place)
        });
        // A forked child has the one of its parent only if it was given it.
        if let Some(known) = known.filter(|known| known.handle().is_held()) {
            return Ok(Some(known));
        }
        let Some(place) = place else { return Ok(None) };
        let handle = ProcessHandle::of(session, place)?;
        self.with(|state| state.handle = Some(handle.clone()));
        Ok(Some(handle))
    }

    /// Returns how to wait for the end of a child that has been started.
    pub(crate) fn end(&self) -> Option<End> {
        self.with(|state| match &state.stage {
            Stage::Started { child, .. } => Some(End::At(child.sentinel())),
            Stage::Ended { .. } => Some(End::Past),
            Stage::Initial | Stage::Elsewhere { .. } => None,
        })
    }

    /// Returns the number of the descriptor scripts know as `sentinel`.
    ///
    /// # Errors
    /// If the process has been reaped and no descriptor is left.
    pub(crate) fn sentinel_number(&self) -> io::Result<Option<i32>> {
        self.with(|state| {
            state.sentinel_is_known = true;
            let sentinel = match &mut state.stage {
                Stage::Started { child, .. } => child.sentinel(),
                Stage::Ended { sentinel, .. } => match sentinel {
                    Some(sentinel) => sentinel.clone(),
                    None => sentinel.insert(Arc::new(always_ready()?)).clone(),
                },
                Stage::Initial | Stage::Elsewhere { .. } => return Ok(None),
            };
            Ok(Some(sentinel.as_raw_fd()))
        })
    }

    /// Sends a signal, if the process is running.
    pub(crate) fn signal(&self, signal: Signal) {
        self.with(|state| match &mut state.stage {
            // An error means that the process is gone, or that we may not signal it: a caller can do nothing about either.
            Stage::Started { child, .. } => drop(child.signal(signal)),
            Stage::Elsewhere { pid } => drop(sys::signal::send(*pid, signal as i32)),
            Stage::Initial | Stage::Ended { .. } => (),
        });
    }

    /// Returns the function the child runs, what it calls it in a traceback, and its arguments.
    pub(crate) fn task(&self) -> Option<Task> {
        self.with(|state| task::of(state.target.as_ref(), &state.args, &state.attributes))
    }
}

impl State {
    /// Notes that the child has been started, and returns what it was given: this process does not hold that for it any more.
    pub(super) fn begin(&mut self, child: Child, place: ProcessId) -> (Option<FnPtr>, Array) {
        self.stage = Stage::Started { child, place };
        (self.target.take(), std::mem::take(&mut self.args))
    }

    /// Returns the number of the process, if it is no child of this one: that of a parent before a fork is not one either.
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
