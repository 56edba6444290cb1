//! Objects on a server as scripts use them: `url` and `name` among the arguments of a constructor.
//!
//! - [`remotes`]: what this process uses on servers; [`departure`]: how that ends; [`waiting`]: the waits for their answers.
//! - [`arguments`]: which server, and what the object is called there.
//! - [`queue`]: `Queue` and `JoinableQueue`.
//! - [`line`](mod@line): `Lock`, `RLock`, `Semaphore`, `BoundedSemaphore`.
//! - [`handle`], [`visits`]: objects that nobody owns a part of, and their uses: [`event`](mod@event): `Event`; [`number`](mod@number):
//!   `Value`; [`manager`](mod@manager): `Manager`, which makes [`container`]s.
//! - [`pool`]: `Pool`, and the workers of one.
//! - [`parts`]: a queue in a message; [`messages`]: values as messages that other machines can read.

pub(super) mod arguments;
mod container;
mod departure;
mod event;
mod handle;
mod line;
mod manager;
mod messages;
mod number;
mod parts;
pub(crate) mod pool;
mod queue;
mod remotes;
mod visits;
mod waiting;

pub(crate) use arguments::resolved;
pub(super) use container::RemoteContainer;
pub(crate) use event::Event as RemoteEvent;
pub(super) use event::{construct as event, register as register_event};
pub(crate) use line::{RemoteLock, RemoteSemaphore};
pub(super) use line::{construct as line, register as register_lines};
pub(super) use manager::{construct as manager, register as register_manager};
pub(super) use number::{construct as number, register as register_number};
pub(crate) use pool::{
    Outcomes as ServerOutcomes, Pool as ServerPool, Rules as ServerRules, executor as executor_of,
    open as open_pool,
};
pub(super) use pool::{construct as pool_of, register as register_pool};
pub(crate) use queue::RemoteQueue;
pub(crate) use remotes::Remotes;
pub(crate) use waiting::failure;
