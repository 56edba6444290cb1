//! A child process that Rust starts, and its options.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use rhai::{Array, Dynamic, FnPtr, NativeCallContext};

use super::arguments::{Arguments, arguments};
use super::errors::WaitError;
use super::home::failed;
use crate::process::child::StillRunning;
use crate::runtime::isolated::unsupported;
use crate::runtime::state::HOST;
use crate::runtime::turn::Turn;
use crate::runtime::{Diagnostic, Error, Runtime};
use crate::script::interp::Interp;
use crate::script::report;
use crate::stdlib::multiprocessing::family::Family;
use crate::stdlib::multiprocessing::process::{self, Stage};
use crate::stdlib::multiprocessing::start::start;
use crate::sys::signal::Signal;

/// How a process is started.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ProcessOptions {
    name: Option<String>,
    daemon: bool,
}

impl ProcessOptions {
    /// The options of a script's `Process(f)`: a numbered name, and not a daemon.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name, which reports show too. The default is `Process-1` and so on.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Makes the process a daemon: the runtime terminates it at its end instead of waiting for it, and it cannot have children.
    #[must_use]
    pub fn daemon(mut self) -> Self {
        self.daemon = true;
        self
    }
}

/// A process that runs a function of a script; scripts call it `Process`. Clones are the same process.
///
/// Dropping it does not affect the process, which ends with its function, and at the latest with the runtime.
#[derive(Clone)]
pub struct Process {
    object: process::Process,
    interp: Weak<Interp>,
}

impl Runtime {
    /// Starts a process that calls a function of the scripts that have run so far.
    ///
    /// [`Arguments`] says what `args` may be: a tuple, for instance.
    ///
    /// # Errors
    /// There is no such function, an argument cannot be sent to another process, or the process cannot be started;
    /// [`Error::Stopped`] while a [`Stopper`](crate::Stopper) keeps the runtime stopped.
    pub fn start(
        &self,
        function: &str,
        args: impl Arguments,
        options: ProcessOptions,
    ) -> Result<Process, Error> {
        let interp = &self.interp;
        if self.isolated.is_some() {
            return Err(unsupported(
                interp,
                "starts processes in its scripts only: call a function that starts one",
            ));
        }
        let _turn = Turn::take(interp);
        if interp.stopping().is_some() {
            return Err(Error::Stopped);
        }
        let args = arguments(interp, &args)?;
        let target = interp.program.function(function);
        let target = target.ok_or_else(|| self.no_function(function))?;
        let state = self.state.for_call(&self.engine, &interp.program, HOST);
        let context = state.context(&self.engine, HOST);
        Process::begin((interp, &context), FnPtr::from(target), args, options)
    }
}

impl Process {
    /// Starts a process.
    ///
    /// # Errors
    /// The function or an argument cannot be sent to it, or it cannot be started.
    pub(in crate::runtime) fn begin(
        (interp, context): (&Arc<Interp>, &NativeCallContext),
        target: FnPtr,
        args: Array,
        options: ProcessOptions,
    ) -> Result<Self, Error> {
        let mut identity = Family::of(interp).next_identity(None);
        identity.daemon = options.daemon;
        if let Some(name) = options.name {
            identity.name = name;
        }
        let object = process::Process::new(identity, Some(target), args);
        let started = start(interp, context, &object);
        let _ = started.map_err(|why| failed(interp, &why))?;
        if let Some(session) = interp.existing_session() {
            session.note_host_hand();
        }
        Ok(Self {
            object,
            interp: Arc::downgrade(interp),
        })
    }

    /// Returns the process as a value for scripts.
    pub fn to_dynamic(&self) -> Dynamic {
        Dynamic::from(self.object.clone())
    }

    /// Its process identifier.
    pub fn pid(&self) -> i32 {
        self.object.pid().unwrap_or_default()
    }

    /// Its name.
    pub fn name(&self) -> String {
        self.object.identity().name
    }

    /// Waits for its end and returns its exit code.
    ///
    /// # Errors
    /// See [`WaitError`]; never `TimedOut`.
    pub fn join(&self) -> Result<i64, WaitError> {
        self.join_until(None)
    }

    /// Like [`join`](Self::join), but waits no longer than `timeout`.
    ///
    /// # Errors
    /// See [`WaitError`].
    pub fn join_timeout(&self, timeout: Duration) -> Result<i64, WaitError> {
        self.join_until(Instant::now().checked_add(timeout))
    }

    fn join_until(&self, deadline: Option<Instant>) -> Result<i64, WaitError> {
        loop {
            if let Some(code) = self.exit_code() {
                return Ok(code);
            }
            let interp = self.interp().ok_or(WaitError::Ended)?;
            match self.object.wait(&interp, deadline) {
                Ok(()) => (),
                Err(StillRunning::TimedOut) => return Err(WaitError::TimedOut),
                Err(StillRunning::Interrupted) if interp.is_over() => return Err(WaitError::Ended),
                Err(StillRunning::Interrupted) => return Err(WaitError::Stopped),
            }
        }
    }

    /// Its exit code as in Python: 0 after success, 1 after an error, and the negative number of a signal that ended it. `None`
    /// while it runs.
    pub fn exit_code(&self) -> Option<i64> {
        if let Some(interp) = self.interp.upgrade() {
            return self.object.poll(&interp);
        }
        self.object.with(|state| match &state.stage {
            Stage::Ended { exitcode, .. } => Some(*exitcode),
            _ => None,
        })
    }

    /// Whether it has not ended.
    pub fn is_alive(&self) -> bool {
        self.exit_code().is_none() && self.interp().is_some()
    }

    /// Terminates it by SIGTERM.
    pub fn terminate(&self) {
        self.signal(Signal::SIGTERM);
    }

    /// Kills it by SIGKILL. Locks that it held become [abandoned](crate::objects::Lock::is_abandoned).
    pub fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }

    fn signal(&self, signal: Signal) {
        // Reaps it first: the pid of a process that has ended may belong to another process.
        if self.exit_code().is_none() {
            self.object.signal(signal);
        }
    }

    /// The uncaught error that ended it; `None` while it runs and after any other end.
    pub fn exception(&self) -> Option<Diagnostic> {
        self.exit_code()?;
        let exception = self.object.with(|state| state.exception.clone())?;
        let mut told = match self.interp.upgrade() {
            Some(interp) => report::diagnostic_of(&interp, &exception),
            None => Diagnostic::new(exception.kind(), exception.message())
                .with_frames(exception.frames().to_vec()),
        };
        told.process = Some(self.name());
        Some(told)
    }

    /// How to wait for its end.
    pub(super) fn end(&self) -> Option<process::End> {
        self.object.end()
    }

    pub(super) fn interp(&self) -> Option<Arc<Interp>> {
        self.interp.upgrade().filter(|interp| !interp.is_over())
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("name", &self.name())
            .field("pid", &self.pid())
            .field("exit_code", &self.exit_code())
            .finish()
    }
}

impl From<Process> for Dynamic {
    fn from(process: Process) -> Self {
        process.to_dynamic()
    }
}
