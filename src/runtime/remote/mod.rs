//! Objects on a server for hosts and for the command.
//!
//! - [`worker`]: the process that looks after the workers of a pool; [`ground`]: the programs of tasks; [`files`]: those that a worker has.
//! - [`catalogue`]: what there is on a server. [`queue`]: queues with items of a Rust type; [`lock`], [`event`]: what threads wait for.
//! - [`pool`]: pools, and [`job`] their tasks, which [`held`] belongs to.

mod catalogue;
mod event;
mod files;
mod ground;
mod held;
mod job;
mod lock;
mod pool;
mod queue;
mod worker;

pub use catalogue::{DeadLetter, RemoteCatalogue, RemoteObject};
pub use event::RemoteEvent;
pub use job::RemoteJob;
pub use lock::{RemoteLock, RemoteLockGuard, RemotePermit, RemoteSemaphore};
pub use pool::{RemotePool, RemotePoolOptions};
pub use queue::{Remote, RemoteQueue};
pub use worker::{RemoteWorker, WorkerError};
