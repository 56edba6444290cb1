//! What every native is made of: its call, its errors, its values, and the state of the runtime it belongs to.
//!
//! The way a native is made:
//! - [`bind`]: declaring functions, types and modules, with Python's signatures.
//! - [`call`]: one call, its arguments sorted and checked; [`caller`]: calling back later.
//! - [`guest`]: scripts on engines of the embedding program's own; [`foreign`]: its functions.
//! - [`interp`]: what the natives of one runtime share; [`fork_hooks`]: what the embedding program does around a fork; [`furnishing`]: what children have too; [`given`]: the host's values.
//! - [`exceptions`], [`exception_class`], [`panics`], [`rhai_errors`], [`rhai_texts`], [`stop`], [`requests`], [`report`]: errors as objects, endings that nothing catches, what is printed.
//! - [`dialect`]: whose errors an object raises.
//! - [`limits`]: how much a script may use; [`memory`]: whether there is memory for a value of some size.
//! - [`cells`]: variables that threads share.
//! - [`values`], [`codec`]: a value's type, and whether it may leave the process.
//! - [`output`]: lines on standard output; [`sinks`]: where an embedding program wants them.
//! - [`waits`]: what a process waits for, in words.
//! - [`task`]: what a Process or a Thread is to run.

pub(crate) mod bind;
pub(crate) mod call;
pub(crate) mod caller;
pub(crate) mod cells;
pub(crate) mod codec;
pub(crate) mod codecs;
pub(crate) mod dialect;
pub(crate) mod exception_class;
pub(crate) mod exceptions;
pub(crate) mod foreign;
pub(crate) mod fork_hooks;
pub(crate) mod furnishing;
pub(crate) mod given;
pub(crate) mod host_engines;
pub(crate) mod interp;
pub(crate) mod limits;
pub(crate) mod memory;
pub(crate) mod output;
pub(crate) mod panics;
pub(crate) mod report;
pub(crate) mod requests;
pub(crate) mod rhai_errors;
pub(crate) mod rhai_texts;
pub(crate) mod session;
pub(crate) mod sinks;
pub(crate) mod state;
pub(crate) mod stop;
mod stopping;
pub(crate) mod task;
pub(crate) mod values;
pub(crate) mod waits;

/// What a native gives back.
pub(crate) type Outcome = Result<rhai::Dynamic, exceptions::Failure>;
