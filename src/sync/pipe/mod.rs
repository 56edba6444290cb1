//! The pipe: two ends, and a queue in each direction that it has.
//!
//! An *end* is an object of its own that refers to the queues. The session counts who holds an end: processes, and messages under
//! way. When the last is gone (closed, ended or killed), the end is destroyed, and its queues learn that nobody writes or reads any
//! more. So the end of file needs neither a message nor somebody who is alive to send it.

mod end;
mod failure;
mod inherit;

pub(super) use end::destroy;
pub(super) use end::peer_of;
#[cfg(test)]
pub(super) use end::queues_of;
pub(crate) use end::{PipeEnd, pipe};
pub(crate) use failure::PipeError;
pub(crate) use inherit::grant_inheritance;
