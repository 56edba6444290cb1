//! Queue, Lock, Event, Process and Pool for a host: the objects that scripts share, with Rust types.
//!
//! - [`queue`]: [`Queue`]; [`batch`]: many items at once. [`lock`]: [`Lock`]. [`event`]: [`Event`]. [`process`]: [`Process`].
//!   [`pool`]: [`Pool`].
//! - [`values`]: Rust values as values of scripts and back; [`arguments`](mod@arguments): those of a call; [`convert`]: as items of queues;
//!   [`conversion`]: why that failed; [`shown`]: values in errors.
//! - [`asynchronous`]: waits as futures; [`watcher`]: the thread that wakes them.
//! - [`home`]: the runtime an object belongs to; [`errors`]: why an operation failed.

mod arguments;
mod asynchronous;
mod batch;
mod conversion;
mod convert;
mod errors;
mod event;
mod home;
mod lock;
mod pool;
mod process;
mod queue;
mod shown;
mod values;
mod watcher;

pub use arguments::Arguments;
pub(super) use arguments::arguments;
pub use conversion::Conversion;
#[cfg(feature = "redis")]
pub(super) use convert::{from_script, to_script};
pub use errors::{GetError, PutError, PutManyError, TaskDoneError, WaitError};
pub use event::Event;
#[cfg(feature = "redis")]
pub(super) use home::failed;
pub(super) use home::no_function;
pub use lock::{Lock, LockGuard};
pub use pool::{Job, Pool, PoolOptions, PoolStats, SlowTask, WorkerLost, WorkerStats};
#[cfg(feature = "redis")]
pub(super) use pool::{function, of_operation, of_task};
pub use process::{Process, ProcessOptions};
pub use queue::{Items, Queue};
pub(super) use values::Values;

/// The path of this module, with which the names of its types start.
const MODULE: &str = module_path!();
