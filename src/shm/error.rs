//! Why an operation on a session failed, and the message that users read.

use std::fmt;
use std::io;

use super::offset::Offset;

/// Why an operation on a session failed.
#[derive(Debug)]
#[non_exhaustive]
pub(crate) enum ShmError {
    /// The session's own limit, or the system's, leaves no room.
    OutOfMemory {
        /// Bytes asked for.
        requested: u64,
        /// Bytes the session may use in all.
        quota: u64,
    },
    /// Every thread slot of the session is taken by a living thread.
    TooManyThreads,
    /// Every entry of the process table is taken.
    TooManyProcesses,
    /// The session has as many processes besides the first as are allowed.
    Crowded {
        /// How many are allowed.
        most: u64,
    },
    /// The file is not a session, or one of another version.
    NotASession,
    /// The file is a session of another version.
    OtherVersion,
    /// No object lies at this offset, or it has been destroyed.
    NoSuchObject(Offset),
    /// The object at this offset is of another kind.
    WrongKind {
        /// Where the object lies.
        offset: Offset,
        /// The kind that was expected.
        expected: &'static str,
    },
    /// The thread already waits in line for one object, and a signal handler that interrupted that wait wants to wait
    /// for another.
    AlreadyInLine,
    /// The process table entry is not (or no longer) in the state the operation needs.
    NoSuchProcess,
    /// The system refused a call.
    System {
        /// The operation that failed.
        action: &'static str,
        /// The system's answer.
        source: io::Error,
    },
}

impl ShmError {
    pub(super) fn system(action: &'static str) -> impl FnOnce(io::Error) -> ShmError {
        move |source| ShmError::System { action, source }
    }
}

impl fmt::Display for ShmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ShmError::OutOfMemory { requested, quota } => write!(
                f,
                "no space for {requested} more bytes: the session is limited to {} MiB of shared memory; take messages out of queues, or raise the limit",
                quota >> 20
            ),
            ShmError::TooManyThreads => {
                f.write_str("too many threads use the session at the same time (the limit is 4096)")
            }
            ShmError::TooManyProcesses => f.write_str(
                "too many processes in the session at the same time (the limit is 4096)",
            ),
            ShmError::Crowded { most } => {
                write!(f, "the session has reached its limit of {most} processes")
            }
            ShmError::NotASession => {
                f.write_str("the file is not a session of this version of procscript")
            }
            ShmError::OtherVersion => {
                f.write_str("the session belongs to another version of procscript")
            }
            ShmError::NoSuchObject(offset) => {
                write!(
                    f,
                    "there is no shared object at {offset} (it may have been destroyed)"
                )
            }
            ShmError::WrongKind { offset, expected } => {
                write!(f, "the shared object at {offset} is not a {expected}")
            }
            ShmError::AlreadyInLine => f.write_str(
                "a signal handler cannot wait for a condition or a barrier while the wait it interrupted is for one",
            ),
            ShmError::NoSuchProcess => {
                f.write_str("the process is no longer in the session's process table")
            }
            ShmError::System { action, source } => write!(f, "cannot {action}: {source}"),
        }
    }
}

impl std::error::Error for ShmError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ShmError::System { source, .. } => Some(source),
            _ => None,
        }
    }
}
