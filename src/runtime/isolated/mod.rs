//! Scripts that run in a child process, so that the host lives whatever they do.
//!
//! The child is a fresh run of the host's program, as every spawned child is, and has a runtime of its own. The host sends it one task
//! after the other through queues of their session, and waits for the answers and for its end.
//!
//! - [`host`]: the operations of a runtime, by asking the child; [`worker`]: the child as its host sees it.
//! - [`mod@serve`]: the child's side. [`talk`]: the messages between them.
//! - [`death`]: how a child ended that should not have.

mod death;
mod host;
mod serve;
mod talk;
mod worker;

pub use death::Death;
pub(super) use host::{Isolated, unsupported};
pub(super) use serve::{Served, serve};
