//! Why an evaluation gave no value.

use std::ops::Deref;
use std::path::PathBuf;
use std::{fmt, io};

use rhai::{Dynamic, EvalAltResult};

use super::BuildError;
use crate::program::diagnostic::Diagnostic;
use crate::script::limits::Exceeded;

/// Why an evaluation gave no value: what [`Runtime::eval`](crate::Runtime::eval) and its siblings say.
///
/// # Example
/// ```
/// use procscript::{Error, Runtime};
///
/// let mut runtime = Runtime::builder().build().unwrap();
/// match runtime.eval::<i64>("1 / 0") {
///     Err(Error::Failed(told)) => assert_eq!((told.kind.as_str(), told.line), ("ZeroDivisionError", 1)),
///     other => panic!("{other:?}"),
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The runtime cannot be built: see [`Builder::build`](crate::Builder::build).
    Build(BuildError),
    /// The script cannot be read.
    Read {
        /// The file, as it was given.
        path: PathBuf,
        /// Why not: `IsADirectory` for a directory, `InvalidData` for what is not UTF-8.
        error: io::Error,
    },
    /// The text is no program; nothing of it ran.
    Syntax(Box<Diagnostic>),
    /// An error that the script did not catch.
    Failed(Box<Failure>),
    /// The script called `sys.exit` with this code.
    Exited(i32),
    /// The host stopped it, by a [`Stopper`](crate::Stopper).
    Stopped,
    /// It has used up one of its [`Limits`](crate::Limits).
    Limit(Exceeded),
    /// The value is of another type than was asked for.
    WrongType {
        /// The Rust type that was asked for.
        wanted: String,
        /// What scripts call the type of the value.
        found: String,
    },
    /// The system has no thread left to watch the time.
    System(io::Error),
}

/// The value inside an error of Rhai's.
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

    /// What is told about an error of the script's; `None` for the other reasons.
    pub fn diagnostic(&self) -> Option<&Diagnostic> {
        match self {
            Self::Syntax(told) => Some(told),
            Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }
}

/// An error that a script did not catch: what is told about it, and what was thrown.
///
/// It reads as its [`Diagnostic`]: `failure.kind`, `failure.line`.
///
/// # Example
/// ```
/// use procscript::{Error, Runtime};
///
/// let mut runtime = Runtime::builder().build().unwrap();
/// let Err(Error::Failed(failure)) = runtime.eval::<()>("throw #{code: 5}") else {
///     panic!("it did not fail");
/// };
/// let thrown = failure.value.read_lock::<rhai::Map>().unwrap();
/// assert_eq!(thrown["code"].as_int(), Ok(5));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Failure {
    /// What is told about it.
    pub diagnostic: Diagnostic,
    /// The value that was thrown, by the script or by a function of the host's; `()` for errors of the interpreter's own.
    pub value: Dynamic,
}

impl Deref for Failure {
    type Target = Diagnostic;

    fn deref(&self) -> &Diagnostic {
        &self.diagnostic
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
            Self::Read { path, error } => write!(f, "cannot read {}: {error}", path.display()),
            Self::Syntax(told) => told.fmt(f),
            Self::Failed(failure) => failure.fmt(f),
            Self::Build(error) => error.fmt(f),
            Self::Exited(code) => write!(f, "the script exited with code {code}"),
            Self::Stopped => f.write_str("the script was stopped"),
            Self::Limit(exceeded) => exceeded.fmt(f),
            Self::WrongType { wanted, found } => {
                write!(
                    f,
                    "the script returned a value of type {found}, not {wanted}"
                )
            }
            Self::System(error) => write!(f, "cannot start the timer: {error}"),
        }
    }
}

impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Build(error) => Some(error),
            Self::Read { error, .. } | Self::System(error) => Some(error),
            _ => None,
        }
    }
}
