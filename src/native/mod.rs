//! Typed code as machine code.
//!
//! - `code`: what is compiled: functions and loops in which the type of every value is known
//! - `compile`: from typed code to machine code, by Cranelift
//! - `run`: entering compiled code, and what it may ask of the world meanwhile

pub(crate) mod code;
mod compile;
mod run;
#[cfg(test)]
mod tests;

pub(crate) use compile::Machine;
pub(crate) use run::{Entry, Exit, List, Outside, Progress, Row, Value};
