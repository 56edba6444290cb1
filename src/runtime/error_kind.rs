//! The kinds of errors.

use super::Error;
use super::objects::{GetError, PutError, WaitError};

/// The kind of an [`Error`], whichever operation failed.
///
/// # Example
/// ```
/// use procscript::{Error, ErrorKind, Runtime};
///
/// let runtime = Runtime::builder().build()?;
/// let queue = runtime.queue::<i64>(0)?;
/// let error = Error::from(queue.try_get().unwrap_err());
/// assert_eq!(error.kind(), ErrorKind::TimedOut);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The options of a runtime conflict, or name something that does not exist.
    Build,
    /// A script cannot be read.
    Read,
    /// A script does not parse.
    Syntax,
    /// A script did not catch an error.
    Failed,
    /// A script called `sys.exit`.
    Exited,
    /// A [`Stopper`](crate::Stopper) stopped the script or the wait.
    Stopped,
    /// A script has used up one of its limits.
    Limit,
    /// The process of an isolated script has ended.
    Died,
    /// A worker of a pool died while it ran the task.
    WorkerLost,
    /// A value has no form in Rust or in scripts, or not the form that was asked for.
    Conversion,
    /// The time ran out: the queue was full or empty, the lock was held, or the process still ran.
    TimedOut,
    /// The script has closed the queue.
    Closed,
    /// The runtime that the object belongs to is gone.
    Ended,
    /// The session has no memory left for the item.
    Memory,
    /// More items of a queue were reported done than were ever put.
    TaskDone,
    /// The operating system refused something.
    System,
}

impl Error {
    /// The kind of this error.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Build(_) => ErrorKind::Build,
            Self::Read { .. } => ErrorKind::Read,
            Self::Syntax(_) => ErrorKind::Syntax,
            Self::Failed(_) => ErrorKind::Failed,
            Self::Exited(_) => ErrorKind::Exited,
            Self::Stopped => ErrorKind::Stopped,
            Self::Limit(_) => ErrorKind::Limit,
            Self::Died(_) => ErrorKind::Died,
            Self::Conversion(_) => ErrorKind::Conversion,
            Self::Put(error) => error.kind(),
            Self::PutMany(error) => error.error.kind(),
            Self::Get(error) => error.kind(),
            Self::Wait(error) => error.kind(),
            Self::WorkerLost(_) => ErrorKind::WorkerLost,
            Self::TaskDone(_) => ErrorKind::TaskDone,
            Self::System(_) => ErrorKind::System,
        }
    }
}

impl PutError {
    /// The kind of this error.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Full => ErrorKind::TimedOut,
            Self::Conversion(_) => ErrorKind::Conversion,
            Self::Stopped => ErrorKind::Stopped,
            Self::Ended => ErrorKind::Ended,
            Self::Closed => ErrorKind::Closed,
            Self::Memory { .. } => ErrorKind::Memory,
            Self::Session(_) => ErrorKind::System,
        }
    }
}

impl GetError {
    /// The kind of this error.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Empty => ErrorKind::TimedOut,
            Self::Conversion(_) => ErrorKind::Conversion,
            Self::Stopped => ErrorKind::Stopped,
            Self::Ended => ErrorKind::Ended,
            Self::Closed => ErrorKind::Closed,
            Self::Session(_) => ErrorKind::System,
        }
    }
}

impl WaitError {
    /// The kind of this error.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::TimedOut => ErrorKind::TimedOut,
            Self::Stopped => ErrorKind::Stopped,
            Self::Ended => ErrorKind::Ended,
            Self::Session(_) => ErrorKind::System,
        }
    }
}
