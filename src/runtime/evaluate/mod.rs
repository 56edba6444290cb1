//! Evaluations: what the host has run of a program, one after another, and the value or error of each.
//!
//! - [`pieces`]: sources and files. [`calls`]: functions, as Rhai calls them ([`direct`]), or from a node in a running program ([`call_node`]).
//! - [`guarded`]: the turn and the limits of an evaluation, and how it ends.

mod call_node;
mod calls;
mod direct;
mod guarded;
mod pieces;

pub(super) use self::call_node::{CallNode, register};
