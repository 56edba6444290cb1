//! Why an operation of a runtime failed.

use std::path::PathBuf;
use std::{fmt, io};

use rhai::{Dynamic, EvalAltResult};

use super::BuildError;
use super::isolated::Death;
use super::objects::{
    Conversion, GetError, PutError, PutManyError, TaskDoneError, WaitError, WorkerLost,
};
use crate::program::diagnostic::Diagnostic;
use crate::script::exceptions::Exception;
use crate::script::limits::Exceeded;
use crate::script::report::code_of_exit;
use crate::script::stop::Stop;

/// Why an operation of a runtime failed.
///
/// [`Runtime::eval`](crate::Runtime::eval) and its siblings return it. Every error of this crate converts into it, so a program
/// that needs no details can use `?` everywhere and ask for the [`kind`](Self::kind).
///
/// # Example
/// ```
/// use procscript::{Error, ErrorKind, Runtime};
///
/// let mut runtime = Runtime::builder().build()?;
/// let error = runtime.eval::<i64>("1 / 0").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Failed);
/// let diagnostic = error.diagnostic().unwrap();
/// assert_eq!((diagnostic.kind.as_str(), diagnostic.line), ("ZeroDivisionError", 1));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The runtime cannot be built.
    Build(BuildError),
    /// The script cannot be read.
    Read {
        /// The path, as it was given.
        path: PathBuf,
        /// The reason: `IsADirectory` for a directory, `InvalidData` for a file that is not UTF-8.
        error: io::Error,
    },
    /// The script does not parse. Nothing of it ran.
    Syntax(Box<Diagnostic>),
    /// An error that the script did not catch.
    Failed(Box<Failure>),
    /// The script called `sys.exit` with this code.
    Exited(i32),
    /// A [`Stopper`](crate::Stopper) stopped the script.
    Stopped,
    /// The script has used up one of its [`Limits`](crate::Limits).
    Limit(Exceeded),
    /// The process of an [isolated](crate::Builder::isolated) script has ended: the script killed itself, its stack overflowed, or it had no
    /// memory left.
    Died(Death),
    /// A value could not be converted: it has no form on the other side, or not the one that was asked for.
    Conversion(Conversion),
    /// An item was not put into a queue.
    Put(PutError),
    /// Some items were not put into a queue.
    PutMany(PutManyError),
    /// No item was taken from a queue.
    Get(GetError),
    /// A wait failed.
    Wait(WaitError),
    /// A worker of a pool died while it ran the task.
    WorkerLost(WorkerLost),
    /// More items of a queue were reported done than were ever put.
    TaskDone(TaskDoneError),
    /// The system could not start the thread that watches the time limit.
    System(io::Error),
}

/// The value that a Rhai error contains.
pub(super) fn thrown(error: &EvalAltResult) -> Dynamic {
    match error.unwrap_inner() {
        EvalAltResult::ErrorRuntime(value, _) => value.clone(),
        _ => Dynamic::UNIT,
    }
}

impl Error {
    pub(super) fn failed(diagnostic: Diagnostic, value: Option<Dynamic>) -> Self {
        let value = value.unwrap_or(Dynamic::UNIT);
        Self::Failed(Box::new(Failure { diagnostic, value }))
    }

    /// The error that Rhai's error is. `diagnostic` makes the report on an exception, and on an error of Rhai.
    pub(super) fn of_rhai(
        error: &EvalAltResult,
        diagnostic: impl FnOnce(&EvalAltResult) -> Diagnostic,
    ) -> Self {
        match Stop::of(error) {
            Some(Stop::Exit(code)) => Self::Exited(code_of_exit(&code)),
            Some(Stop::Limit(exceeded)) => Self::Limit(exceeded),
            Some(Stop::Recursion | Stop::OutputClosed) | None => {
                Self::failed(diagnostic(error), Some(thrown(error)))
            }
            Some(_) => Self::Stopped,
        }
    }

    /// The report on an error of the script; `None` for other errors.
    pub fn diagnostic(&self) -> Option<&Diagnostic> {
        match self {
            Self::Syntax(diagnostic) => Some(diagnostic),
            Self::Failed(failure) => Some(&failure.diagnostic),
            _ => None,
        }
    }
}

/// An error that a script did not catch: its report, and the value that was thrown.
///
/// # Example
/// ```
/// use procscript::{Error, Runtime};
///
/// let mut runtime = Runtime::builder().build()?;
/// let Err(Error::Failed(failure)) = runtime.eval::<()>("throw #{code: 5}") else {
///     panic!("it did not fail");
/// };
/// assert_eq!(failure.diagnostic().line, 1);
/// let thrown = failure.value().read_lock::<rhai::Map>().unwrap();
/// assert_eq!(thrown["code"].as_int(), Ok(5));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Failure {
    diagnostic: Diagnostic,
    value: Dynamic,
}

impl Failure {
    /// The report: kind, message, position, calls, and help.
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.diagnostic
    }

    /// The value that was thrown by the script or a function of the host; `()` for errors of the interpreter, and for a value that is nested
    /// more than 500 levels deep.
    pub fn value(&self) -> &Dynamic {
        &self.value
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diagnostic.fmt(f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(error) => error.fmt(f),
            Self::Read { path, error } => write!(f, "cannot read {}: {error}", path.display()),
            Self::Syntax(diagnostic) => diagnostic.fmt(f),
            Self::Failed(failure) => failure.fmt(f),
            Self::Exited(code) => write!(f, "the script exited with code {code}"),
            Self::Stopped => f.write_str("the script was stopped"),
            Self::Limit(exceeded) => exceeded.fmt(f),
            Self::Died(death) => death.fmt(f),
            Self::Conversion(error) => error.fmt(f),
            Self::Put(error) => error.fmt(f),
            Self::PutMany(error) => error.fmt(f),
            Self::Get(error) => error.fmt(f),
            Self::Wait(error) => error.fmt(f),
            Self::WorkerLost(error) => error.fmt(f),
            Self::TaskDone(error) => error.fmt(f),
            Self::System(error) => write!(f, "cannot start the timer: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // The message contains that of the error inside.
            Self::Read { error, .. } | Self::System(error) => error.source(),
            _ => None,
        }
    }
}

/// An error of an engine that the host owns, without the source lines and the help that [`ProcessPackage::error`](crate::ProcessPackage::error) adds.
impl From<Box<EvalAltResult>> for Error {
    fn from(error: Box<EvalAltResult>) -> Self {
        Self::of_rhai(&error, |error| {
            let exception = Exception::from_error(error);
            let mut diagnostic = Diagnostic::new(exception.kind(), exception.message());
            let position = error.position();
            diagnostic.line = position.line().unwrap_or_default();
            diagnostic.column = position.position().unwrap_or_default();
            diagnostic
        })
    }
}

macro_rules! from {
    ($($error:ident => $variant:ident,)*) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

from! {
    BuildError => Build,
    Conversion => Conversion,
    PutError => Put,
    PutManyError => PutMany,
    GetError => Get,
    WaitError => Wait,
    WorkerLost => WorkerLost,
    TaskDoneError => TaskDone,
}
