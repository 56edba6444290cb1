//! Queue, Lock, Event, Process and Pool for a host: the objects that scripts share, with Rust types.
//!
//! - [`queue`]: [`Queue`]; [`batch`]: many items at once. [`lock`]: [`Lock`]. [`event`]: [`Event`]. [`process`]: [`Process`].
//!   [`pool`]: [`Pool`].
//! - [`convert`]: Rust values as items and back; [`conversion`]: why that failed.
//! - [`home`]: the runtime an object belongs to; [`errors`]: why an operation failed.

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

pub use conversion::Conversion;
pub use errors::{GetError, PutError, PutManyError, TaskDoneError, WaitError};
pub use event::Event;
pub(super) use home::{arguments, no_function};
pub use lock::{Lock, LockGuard};
pub use pool::{Job, Pool, PoolOptions, PoolStats, SlowTask, WorkerLost, WorkerStats};
pub use process::{Process, ProcessOptions};
pub use queue::{Items, Queue};

/// The path of this module, with which the names of its types start.
const MODULE: &str = module_path!();
