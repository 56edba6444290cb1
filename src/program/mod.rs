//! Code that can be carried to another process.
//!
//! - [`source`]: the main script and its modules as text, found again by name.
//! - [`traceback`]: the frames an error passed through, shown with their source lines.
//! - [`environment`]: what a function sees beside its arguments: functions, constants, imports.
//! - [`call`]: one function call packed as bytes.

pub(crate) mod call;
pub(crate) mod environment;
pub(crate) mod source;
pub(crate) mod traceback;

pub(crate) use source::{Program, Source};
