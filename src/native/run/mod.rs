//! Compiled code at work: the only unsafe code of `native`.
//!
//! - `values`: what goes in and comes out
//! - `entry`: entering it

mod entry;
mod values;

pub(crate) use entry::Entry;
pub(crate) use values::{Exit, List, Outside, Progress, Value};
