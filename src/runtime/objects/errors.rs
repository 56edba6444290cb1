//! Why an operation on a shared object failed.

use std::error::Error;
use std::fmt;

use super::conversion::Conversion;
use crate::sync::ShmError;

/// Why an item was not put into a [`Queue`](crate::objects::Queue). The item is still the caller's.
#[derive(Debug)]
#[non_exhaustive]
pub enum PutError {
    /// The queue was full until the time ran out.
    Full,
    /// The item, or a part of it, cannot be converted to a value of scripts.
    Conversion(Conversion),
    /// The runtime was stopped during the wait.
    Stopped,
    /// The runtime is gone.
    Ended,
    /// The script has closed the queue in this process.
    Closed,
    /// The item does not fit in the memory that the session may use ([`Builder::session_memory`](crate::Builder::session_memory)).
    Memory {
        /// The bytes asked for.
        requested: u64,
        /// The bytes the session may use in all.
        quota: u64,
    },
    /// The session could not carry out the operation, for this reason.
    Session(String),
}

/// Why no item was taken from a [`Queue`](crate::objects::Queue).
#[derive(Debug)]
#[non_exhaustive]
pub enum GetError {
    /// There was no item until the time ran out.
    Empty,
    /// The item is not of the queue's type. It is no longer in the queue; the error contains it.
    Conversion(Conversion),
    /// The runtime was stopped during the wait.
    Stopped,
    /// The runtime is gone.
    Ended,
    /// The script has closed the queue in this process.
    Closed,
    /// The session could not carry out the operation, for this reason.
    Session(String),
}

/// Why a wait for a [`Lock`](crate::objects::Lock), an [`Event`](crate::objects::Event), a [`Process`](crate::objects::Process) or the tasks of a
/// queue failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum WaitError {
    /// The time ran out.
    TimedOut,
    /// The runtime was stopped during the wait.
    Stopped,
    /// The runtime is gone.
    Ended,
    /// The session could not carry out the operation, for this reason.
    Session(String),
}

/// Why [`Queue::put_many`](crate::objects::Queue::put_many) did not put all items.
#[derive(Debug)]
#[non_exhaustive]
pub struct PutManyError {
    /// How many items were put. They were the first ones.
    pub sent: usize,
    /// Why the next item was not put.
    pub error: PutError,
}

/// More items of a queue were reported done than were ever put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskDoneError;

const STOPPED: &str = "the runtime was stopped";
const ENDED: &str = "the runtime has ended";
const CLOSED: &str = "the script has closed the queue";

impl fmt::Display for PutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the queue is full"),
            Self::Conversion(why) => why.fmt(f),
            Self::Stopped => f.write_str(STOPPED),
            Self::Ended => f.write_str(ENDED),
            Self::Closed => f.write_str(CLOSED),
            Self::Memory { requested, quota } => {
                let (requested, quota) = (*requested, *quota);
                ShmError::OutOfMemory { requested, quota }.fmt(f)
            }
            Self::Session(why) => f.write_str(why),
        }
    }
}

impl fmt::Display for GetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the queue is empty",
            Self::Conversion(why) => return why.fmt(f),
            Self::Stopped => STOPPED,
            Self::Ended => ENDED,
            Self::Closed => CLOSED,
            Self::Session(why) => why,
        })
    }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TimedOut => "the wait timed out",
            Self::Stopped => STOPPED,
            Self::Ended => ENDED,
            Self::Session(why) => why,
        })
    }
}

impl fmt::Display for PutManyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, error } = self;
        let items = if *sent == 1 { "item" } else { "items" };
        write!(f, "{error} (after {sent} {items})")
    }
}

impl fmt::Display for TaskDoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("more items were reported done than were ever put into the queue")
    }
}

impl Error for PutError {}
impl Error for PutManyError {}
impl Error for GetError {}
impl Error for WaitError {}
impl Error for TaskDoneError {}

/// A reason that any operation on a shared object may fail for.
#[derive(Debug)]
pub(super) enum Away {
    /// The runtime was stopped.
    Stopped,
    /// The runtime is gone.
    Ended,
    /// The session could not carry out the operation.
    Session(ShmError),
}

macro_rules! from_away {
    ($($error:ident),*) => {$(
        impl From<Away> for $error {
            fn from(away: Away) -> Self {
                match away {
                    Away::Stopped => Self::Stopped,
                    Away::Ended => Self::Ended,
                    Away::Session(error) => Self::Session(error.to_string()),
                }
            }
        }
    )*};
}

from_away!(GetError, WaitError);

impl From<Away> for PutError {
    fn from(away: Away) -> Self {
        match away {
            Away::Stopped => Self::Stopped,
            Away::Ended => Self::Ended,
            Away::Session(ShmError::OutOfMemory { requested, quota }) => {
                Self::Memory { requested, quota }
            }
            Away::Session(error) => Self::Session(error.to_string()),
        }
    }
}
