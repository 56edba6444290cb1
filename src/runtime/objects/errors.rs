//! Why an operation on a shared object did not happen.

use std::error::Error;
use std::fmt;

use rhai::Dynamic;

use super::home::Away;
use crate::sync::ShmError;

/// A value that is no value of the wanted type: a Rust value that scripts have no form for, or one of a script's that is
/// not the Rust type.
///
/// # Example
/// ```
/// let runtime = procscript::Runtime::builder().build().unwrap();
/// let counts = runtime.queue::<u64>(0).unwrap();
/// let error = counts.put(&u64::MAX).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "item cannot be sent to a script: \
///      18446744073709551615 does not fit in a script's signed 64-bit integer"
/// );
/// ```
#[derive(Debug, Clone)]
pub struct Conversion {
    pub(super) path: String,
    pub(super) reason: String,
    /// What came, and its text.
    pub(super) came: Option<(Dynamic, String)>,
}

impl Conversion {
    /// Where in the value: `item.orders[2].price`; `item` for the value itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there: `expected f64, found the string "a"`.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The script's value that is not of the Rust type; `None` where a Rust value could not be sent.
    pub fn value(&self) -> Option<&Dynamic> {
        self.came.as_ref().map(|(value, _)| value)
    }

    /// The script's value, so that nothing is lost that was taken out of a queue.
    pub fn into_value(self) -> Option<Dynamic> {
        self.came.map(|(value, _)| value)
    }
}

impl fmt::Display for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, reason, came } = self;
        match came {
            None => write!(f, "{path} cannot be sent to a script: {reason}"),
            Some((_, text)) => write!(f, "{path}: {reason} (received {text})"),
        }
    }
}

impl Error for Conversion {}

/// Why an item was not put into a [`Queue`](crate::Queue). The item is still the caller's.
#[derive(Debug)]
#[non_exhaustive]
pub enum PutError {
    /// There was no room until the time ran out.
    Full,
    /// The item, or a part of it, has no form as a script's value.
    Conversion(Box<Conversion>),
    /// The runtime was told to stop while this waited for room.
    Stopped,
    /// The runtime is gone.
    Ended,
    /// The script has closed the queue, in this process.
    Closed,
    /// The item does not fit in the memory the session may use ([`Builder::session_memory`](crate::Builder::session_memory)).
    Memory {
        /// The bytes asked for.
        requested: u64,
        /// The bytes the session may use in all.
        quota: u64,
    },
    /// The session could not serve the operation: the text says why.
    Session(String),
}

/// Why no item was got from a [`Queue`](crate::Queue).
#[derive(Debug)]
#[non_exhaustive]
pub enum GetError {
    /// There was no item until the time ran out.
    Empty,
    /// The item is not of the queue's type. It is out of the queue, and in here.
    Conversion(Box<Conversion>),
    /// The runtime was told to stop while this waited.
    Stopped,
    /// The runtime is gone.
    Ended,
    /// The script has closed the queue, in this process.
    Closed,
    /// The session could not serve the operation: the text says why.
    Session(String),
}

/// Why a wait for a [`Lock`](crate::Lock), an [`Event`](crate::Event), a [`Process`](crate::Process) or the tasks of a
/// queue ended without what it was for.
#[derive(Debug)]
#[non_exhaustive]
pub enum WaitError {
    /// The time ran out.
    TimedOut,
    /// The runtime was told to stop.
    Stopped,
    /// The runtime is gone.
    Ended,
    /// The session could not serve the operation: the text says why.
    Session(String),
}

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

impl Error for PutError {}
impl Error for GetError {}
impl Error for WaitError {}

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

impl From<Away> for GetError {
    fn from(away: Away) -> Self {
        match away {
            Away::Stopped => Self::Stopped,
            Away::Ended => Self::Ended,
            Away::Session(error) => Self::Session(error.to_string()),
        }
    }
}

impl From<Away> for WaitError {
    fn from(away: Away) -> Self {
        match away {
            Away::Stopped => Self::Stopped,
            Away::Ended => Self::Ended,
            Away::Session(error) => Self::Session(error.to_string()),
        }
    }
}
