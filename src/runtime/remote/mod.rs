//! Objects on a server for hosts and for the command.
//!
//! - [`worker`]: the process that looks after the workers of a pool; [`ground`]: the programs of tasks; [`files`]: those that a worker has.

mod files;
mod ground;
mod worker;

pub use worker::{RemoteWorker, WorkerError};
