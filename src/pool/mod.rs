//! Pools: tasks that are shared out to workers, whatever the tasks are and however they reach the workers.
//!
//! A *job* is one call of a script: `map`, `submit`. It has *tasks*, one for each item. Tasks travel in *batches*. Whoever notices the
//! death of a worker fails the one task that it had in hand, and sends the rest of its batch again.
//!
//! - [`table`]: which jobs there are, which batches are under way, and what becomes of the tasks of a worker that died.
//! - [`job`]: the tasks of one call and their outcomes; [`rules`]: what holds for each of its tasks.
//! - [`batch`]: tasks on their way; [`chunks`]: how many of them travel together.
//! - [`board`]: what a worker process has in hand, in memory that outlives it; [`letter`]: batches and outcomes as messages.
//! - [`claims`]: which tasks have been begun, and which were withdrawn.
//! - [`tally`]: what the workers have done so far.

pub(crate) mod batch;
pub(crate) mod board;
pub(crate) mod chunks;
pub(crate) mod claims;
pub(crate) mod job;
pub(crate) mod letter;
pub(crate) mod rules;
pub(crate) mod table;
pub(crate) mod tally;

pub(crate) use batch::{Batch, Load};
pub(crate) use board::{Board, Hand};
pub(crate) use claims::Claims;
pub(crate) use job::JobId;
pub(crate) use rules::Rules;
pub(crate) use table::Table;
