//! `Pool` on a server: tasks that workers on other machines do.
//!
//! - [`construct`](mod@construct): `Pool(#{ url, name })`; [`state`]: the pool; [`jobs`]: its calls that have not ended;
//!   [`waits`]: every wait, and callbacks; [`turns`]: whose turn it is with the connection; [`program`]: the program of a task.
//! - [`parcel`]: how tasks and outcomes are written; [`outcomes`]: what becomes of tasks without a result; [`rules`]: what holds for a task.
//! - [`calls`]: `map`, `apply` and their kind; [`results`]: what they return; [`futures`]: what executors need besides.
//! - [`worker`]: the life of a worker process; [`limit`]: the time limit of a task; [`service`]: the process that looks after workers.

mod calls;
mod construct;
mod futures;
mod jobs;
mod limit;
mod outcomes;
mod parcel;
mod program;
mod results;
mod rules;
mod service;
mod state;
mod turns;
mod waits;
mod worker;

pub(in crate::stdlib::multiprocessing) use construct::{construct, register};
pub(crate) use construct::{executor, open};
pub(crate) use program::{Own, Programs, hash_of};
pub(crate) use results::Outcomes;
pub(crate) use rules::Rules;
pub(crate) use service::{Service, serve};
pub(crate) use state::Pool;
