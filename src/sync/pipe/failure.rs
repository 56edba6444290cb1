//! Why nothing went through a pipe.

use crate::shm::ShmError;
use crate::sync::failure::{PutError, WaitError};

/// Why nothing was sent or received.
#[derive(Debug)]
pub(crate) enum PipeError {
    /// All that was sent has been received, and nobody can send any more.
    Ended,
    /// Nobody can receive any more.
    Broken,
    /// Only this process has the other end, and its only thread is the one that would wait for it.
    OnlyOneself,
    /// The process inherited the handle from its parent by fork, but was not given the end.
    NotGiven,
    /// The end is of the other direction only.
    WrongDirection,
    /// The deadline passed.
    TimedOut,
    /// The session was asked to stop, or the user pressed Ctrl-C.
    Interrupted,
    /// The session could not serve the operation.
    Session(ShmError),
}

impl From<ShmError> for PipeError {
    fn from(error: ShmError) -> PipeError {
        PipeError::Session(error)
    }
}

impl From<WaitError> for PipeError {
    fn from(error: WaitError) -> PipeError {
        match error {
            WaitError::TimedOut => PipeError::TimedOut,
            WaitError::Interrupted => PipeError::Interrupted,
            WaitError::Session(error) => PipeError::Session(error),
        }
    }
}

impl From<PutError> for PipeError {
    fn from(error: PutError) -> PipeError {
        match error {
            PutError::Full => PipeError::TimedOut,
            PutError::Interrupted => PipeError::Interrupted,
            PutError::OutOfMemory { requested, quota } => {
                PipeError::Session(ShmError::OutOfMemory { requested, quota })
            }
            PutError::Session(error) => PipeError::Session(error),
        }
    }
}
