//! Why an operation did not happen.

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
