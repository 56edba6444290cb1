//! Objects on a server as scripts use them: `url` and `name` among the arguments of a constructor.
//!
//! - [`remotes`]: what this process uses on servers; [`waiting`]: the waits for their answers.
//! - [`arguments`]: which server, and what the object is called there.
//! - [`queue`]: `Queue` and `JoinableQueue`.
//! - [`line`](mod@line): `Lock`, `RLock`, `Semaphore`, `BoundedSemaphore`.
//! - [`parts`]: a queue in a message; [`messages`]: values as messages that other machines can read.

pub(super) mod arguments;
mod line;
mod messages;
mod parts;
mod queue;
mod remotes;
mod waiting;

pub(super) use arguments::refuse;
pub(super) use line::{construct as line, register};
pub(super) use queue::RemoteQueue;
pub(crate) use remotes::Remotes;
