//! Objects on a Redis or Valkey server, for the processes of several machines.
//!
//! - [`endpoint`]: a server; [`place`]: an object on it; [`fault`]: what goes wrong.
//! - [`channel`]: what its bytes go through; `tls`, [`tls_files`]: TLS.
//! - [`wire`]: a connection; [`link`]: a connection that is made again; [`caller`]: whoever waits for an answer.
//! - [`seat`]: the use of one object by one thread, its *member*, through all connections; [`member`]: the number of a member.
//! - [`server`]: whether a server can be used; [`streams`]: waits for what comes out of its streams.
//! - [`queue`]: queues; [`line`](mod@line): locks and semaphores; [`removal`]: the end of a member.
//! - [`visit`]: the use of an object that nobody owns a part of: [`event`], [`number`], [`container`].
//! - [`pool`]: tasks and their results; [`seal`](mod@seal): what shows that a message is of somebody who knows a key.
//! - [`keeper`]: the process that shows the server that the members of a family live, and tells it who died.
//! - [`catalogue`]: what there is on a server, seen from outside.
//! - [`scripts`]: what the server does in one step.
//!
//! A member owns what it has taken. It never proves that it lives: the keeper does, so that a script may compute for hours. Every
//! operation can be repeated without harm, so that a broken connection is one of its steps.

pub(crate) mod caller;
pub(crate) mod catalogue;
mod channel;
pub(crate) mod container;
pub(crate) mod endpoint;
pub(crate) mod event;
pub(crate) mod fault;
pub(crate) mod keeper;
pub(crate) mod line;
mod link;
mod member;
pub(crate) mod number;
pub(crate) mod place;
pub(crate) mod pool;
pub(crate) mod queue;
mod removal;
mod scripts;
pub(crate) mod seal;
mod seat;
mod server;
mod streams;
#[cfg(feature = "redis-tls")]
mod tls;
pub(crate) mod tls_files;
pub(crate) mod visit;
mod wire;
