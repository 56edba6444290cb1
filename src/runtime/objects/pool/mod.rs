//! A pool of worker processes that do tasks for Rust.
//!
//! - [`object`]: [`Pool`]; [`options`], [`creation`]: how it is made; [`job`]: a task whose result has not come; [`stats`]: what the workers have done.
//! - [`waiters`]: the futures that wait for tasks.
//! - [`failure`]: why a task failed; [`worker_lost`]: its worker died.

mod creation;
mod failure;
mod job;
mod object;
mod options;
mod stats;
mod waiters;
mod worker_lost;

#[cfg(feature = "redis")]
pub(in crate::runtime) use failure::{of_operation, of_task};
pub use job::Job;
pub use object::Pool;
#[cfg(feature = "redis")]
pub(in crate::runtime) use object::function;
pub use options::PoolOptions;
pub use stats::{PoolStats, SlowTask, WorkerStats};
pub use worker_lost::WorkerLost;
