//! Queue, Lock, Event and Process as a host has them: the same objects as scripts', with Rust's types.
//!
//! - [`queue`]: [`Queue`]; [`items`]: iterating over one; [`batch`]: many items at once. [`lock`]: [`Lock`]. [`event`]: [`Event`]. [`process`]: [`Process`].
//! - [`convert`]: Rust values as items and back; [`home`]: the runtime an object belongs to.
//! - [`errors`]: why an operation did not happen.

mod batch;
mod convert;
mod errors;
mod event;
mod home;
mod items;
mod lock;
mod process;
mod queue;

pub use errors::{Conversion, GetError, PutError, WaitError};
pub use event::Event;
pub(super) use home::arguments;
pub use items::Items;
pub use lock::{Lock, LockGuard};
pub use process::{Process, ProcessOptions};
pub use queue::Queue;

/// Where the types of this module live.
const MODULE: &str = module_path!();
