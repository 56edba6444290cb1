//! Why an operation did not happen.

use std::fmt;

use crate::shm::{Refused, ShmError};

/// Why a wait ended without what it waited for.
#[derive(Debug)]
pub(crate) enum WaitError {
    /// The deadline passed.
    TimedOut,
    /// The session was asked to stop, or the user pressed Ctrl-C.
    Interrupted,
    /// The session could not serve the operation.
    Session(ShmError),
}

/// Why a message was not put.
#[derive(Debug)]
pub(crate) enum PutError {
    /// The queue stayed full until the deadline.
    Full,
    /// The session was asked to stop, or the user pressed Ctrl-C.
    Interrupted,
    /// The message does not fit in the memory the session may use.
    OutOfMemory {
        /// Bytes asked for.
        requested: u64,
        /// Bytes the session may use in all.
        quota: u64,
    },
    /// The session could not serve the operation.
    Session(ShmError),
}

/// Why a lock was not released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotReleased {
    /// Nobody holds it.
    NotHeld,
    /// Another process inherited it from an owner that died, and only that process may release it: the caller probably means
    /// the dead owner's hold.
    Inherited,
}

/// Why permits of a semaphore were not released.
#[derive(Debug)]
pub(crate) enum ReleaseError {
    /// There would be more than a bounded semaphore began with.
    TooMany,
    /// The session could not serve the operation.
    Session(ShmError),
}

/// A task was reported done that was never put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooManyDone;

impl From<ShmError> for WaitError {
    fn from(error: ShmError) -> WaitError {
        WaitError::Session(error)
    }
}

impl From<Refused> for WaitError {
    fn from(refused: Refused) -> WaitError {
        match refused {
            Refused::TimedOut => WaitError::TimedOut,
            Refused::Interrupted => WaitError::Interrupted,
        }
    }
}

impl From<ShmError> for ReleaseError {
    fn from(error: ShmError) -> ReleaseError {
        ReleaseError::Session(error)
    }
}

impl From<ShmError> for PutError {
    fn from(error: ShmError) -> PutError {
        match error {
            ShmError::OutOfMemory { requested, quota } => {
                PutError::OutOfMemory { requested, quota }
            }
            error => PutError::Session(error),
        }
    }
}

impl From<WaitError> for PutError {
    fn from(error: WaitError) -> PutError {
        match error {
            WaitError::TimedOut => PutError::Full,
            WaitError::Interrupted => PutError::Interrupted,
            WaitError::Session(error) => error.into(),
        }
    }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WaitError::TimedOut => f.write_str("the wait timed out"),
            WaitError::Interrupted => f.write_str("the wait was interrupted"),
            WaitError::Session(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for PutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            PutError::Full => f.write_str("the queue is full"),
            PutError::Interrupted => f.write_str("the wait for space in the queue was interrupted"),
            PutError::OutOfMemory { requested, quota } => {
                ShmError::OutOfMemory { requested, quota }.fmt(f)
            }
            PutError::Session(ref error) => error.fmt(f),
        }
    }
}

impl fmt::Display for NotReleased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotReleased::NotHeld => "release of a lock that nobody holds",
            NotReleased::Inherited => {
                "release of a lock that another process took over from an owner that died"
            }
        })
    }
}

impl fmt::Display for ReleaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReleaseError::TooMany => f.write_str("semaphore or lock released too many times"),
            ReleaseError::Session(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for TooManyDone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("task_done() called too many times")
    }
}

impl std::error::Error for WaitError {}
impl std::error::Error for PutError {}
impl std::error::Error for NotReleased {}
impl std::error::Error for ReleaseError {}
impl std::error::Error for TooManyDone {}
