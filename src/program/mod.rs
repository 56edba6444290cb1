//! Code that can be sent to another process.
//!
//! - [`source`]: the main script and its modules as text, found again by name.
//! - [`functions`]: its functions by name; [`origins`]: those of merged scripts.
//! - [`lookup`]: where functions are, for messages; [`enclosing`]: which of them is around a position.
//! - [`frame`]: one call that an error passed through; [`traceback`]: all of them, shown with their source lines.
//! - [`diagnostic`]: the report of an error; [`excerpt`]: the line it shows.
//! - [`environment`]: what a function can use apart from its arguments: functions, constants, imports.
//! - [`compiling`]: the text that is being compiled.
//! - [`visible`]: control characters, shown.
//! - [`with_block`]: the statement `with`; [`reserved_member`]: a function whose name Rhai reserves.
//! - [`comparison`]: comparisons as operators of our own.
//! - [`bodies`]: nodes of our own in Rhai's trees.
//! - [`rewriting`]: what is changed in Rhai's trees, because it was meant otherwise.
//! - [`guarded`]: functions with the names of methods; [`catching`]: `try` statements that note what they catch.
//! - [`call`]: one function call packed as bytes.
//! - `islands`: functions and loops that may become machine code.

pub(crate) mod bodies;
pub(crate) mod call;
pub(crate) mod catching;
pub(crate) mod comparison;
pub(crate) mod compiling;
pub(crate) mod diagnostic;
mod enclosing;
pub(crate) mod environment;
mod excerpt;
pub(crate) mod frame;
mod functions;
pub(crate) mod guarded;
#[cfg(feature = "compile")]
pub(crate) mod islands;
pub(crate) mod lookup;
mod origins;
pub(crate) mod reserved_member;
pub(crate) mod rewriting;
pub(crate) mod source;
#[cfg(test)]
mod tests;
pub(crate) mod traceback;
pub(crate) mod visible;
pub(crate) mod with_block;

pub(crate) use source::{Program, Source};
