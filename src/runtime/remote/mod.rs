//! Objects on a server for hosts and for the command.
//!
//! - [`worker`]: the process that looks after the workers of a pool; [`ground`]: the programs of tasks; [`files`]: those that a worker has.
//! - [`catalogue`]: what there is on a server. [`queue`]: queues with items of a Rust type.

mod catalogue;
mod files;
mod ground;
mod queue;
mod worker;

pub use catalogue::{DeadLetter, RemoteCatalogue, RemoteObject};
pub use queue::{Remote, RemoteQueue};
pub use worker::{RemoteWorker, WorkerError};
