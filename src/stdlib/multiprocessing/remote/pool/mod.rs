//! `Pool` on a server: tasks that workers on other machines do.
//!
//! - [`construct`](mod@construct): `Pool(#{ url, name })`; [`state`]: the pool; [`jobs`]: its calls that have not ended;
//!   [`turns`]: whose turn it is with the connection; [`program`]: the program of a task.
//! - [`parcel`]: how tasks and outcomes are written; [`calls`]: `map`, `apply` and their kind; [`results`]: what they return.
//! - [`worker`]: the life of a worker process; [`service`]: the process that looks after workers.

mod calls;
mod construct;
mod jobs;
mod parcel;
mod program;
mod results;
mod service;
mod state;
mod turns;
mod worker;

pub(in crate::stdlib::multiprocessing) use construct::{construct, register};
pub(crate) use program::{Own, Programs, hash_of};
pub(crate) use service::{Service, serve};
