//! The parts that every native uses: its call, its errors, its values, and the state of its runtime.
//!
//! Natives:
//! - [`bind`]: registering functions, types and modules, with Python's signatures.
//! - [`call`]: one call, its arguments sorted and checked; [`arguments`]: where it has them; [`line`][mod@line]: where it is in the script; [`caller`]: calling back later; [`lent`]: lists that it reads in place; [`task`]: the function of a process or thread.
//!
//! The state of a runtime:
//! - [`interp`]: what its natives share; [`state`]: what each script module keeps; [`session`]: its shared memory.
//! - [`settings`]: what children inherit; [`given`]: the host's values; [`fork_hooks`]: what the host does around a
//!   fork; [`host_engines`], [`foreign`]: its engines and functions.
//! - [`commands`]: commands that scripts start.
//! - [`limits`], [`memory`], [`held`], [`depth`]: how much a script may use, what it holds, and how deep its values are nested.
//!
//! - [`islands`]: functions and loops as machine code.
//!
//! Values and errors:
//! - [`values`], [`dialect`], [`cells`]: types, truth and forms; whose errors an object raises; variables that threads share; [`dropping`]: what is inside objects.
//! - [`missed`]: items that are not there.
//! - [`steps`], [`record`], [`random_stream`]: ranges with a step; tuples whose items have names; the process's random numbers.
//! - [`codecs`], [`codec`]: how values are sent to other processes.
//! - [`exceptions`], [`exception_class`], [`exception_table`], [`rhai_errors`], [`rhai_texts`], [`panics`], [`denied`]: errors as objects, and what becomes one; [`caught`]: the
//!   one that is being handled.
//!
//! Names:
//! - [`names`]: what has a name in scripts; [`rhai_names`]: in Rhai itself.
//!
//! Endings and output:
//! - [`stop`], [`requests`], [`stopping`]: endings that nothing catches, and the waits that notice them; [`turns`]: between evaluations;
//!   [`stretch`]: evaluations that a host marks; [`each_step`]: what is looked at in between.
//! - [`report`]: reports of errors; [`seen`]: what the whole program does.
//! - [`output`], [`sinks`]: lines on standard output, or where a host redirects them; [`unwritten`]: what could not be written.
//! - [`progress`]: how far long work has come, for those who show it.

mod arguments;
pub(crate) mod bind;
pub(crate) mod call;
pub(crate) mod caller;
pub(crate) mod caught;
pub(crate) mod cells;
pub(crate) mod codec;
pub(crate) mod codecs;
mod commands;
mod counted;
pub(crate) mod counts;
pub(crate) mod deadlock;
mod denied;
pub(crate) mod depth;
pub(crate) mod dialect;
pub(crate) mod dropping;
pub(crate) mod each_step;
pub(crate) mod events;
pub(crate) mod exception_class;
pub(crate) mod exception_table;
pub(crate) mod exceptions;
pub(crate) mod foreign;
pub(crate) mod fork_hooks;
pub(crate) mod given;
pub(crate) mod hands;
pub(crate) mod held;
pub(crate) mod host_engines;
pub(crate) mod host_settings;
pub(crate) mod interp;
#[cfg_attr(not(feature = "compile"), path = "islands/off.rs")]
pub(crate) mod islands;
pub(crate) mod lent;
pub(crate) mod limits;
pub(crate) mod line;
pub(crate) mod memory;
pub(crate) mod missed;
pub(crate) mod names;
mod number;
pub(crate) mod output;
pub(crate) mod panics;
pub(crate) mod progress;
pub(crate) mod random_stream;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod requests;
pub(crate) mod rhai_errors;
pub(crate) mod rhai_names;
pub(crate) mod rhai_texts;
mod seen;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod sinks;
pub(crate) mod state;
pub(crate) mod steps;
pub(crate) mod stop;
mod stopping;
pub(crate) mod stretch;
pub(crate) mod task;
pub(crate) mod turns;
mod unwritten;
pub(crate) mod values;

pub(crate) use bind::{Class, Handler, Namespace, Registry};
pub(crate) use call::Call;
pub(crate) use commands::{null, streams_as_numbers};
pub(crate) use dialect::Dialect;
pub(crate) use exceptions::{Exception, Failure, os_failure, raise, raise_bare, raise_os, throw};
pub(crate) use interp::Interp;
pub(crate) use number::Number;
pub(crate) use session::session_failure;
pub(crate) use state::{State, States};
pub(crate) use stop::Stop;
pub(crate) use values::{truth, type_name};

/// The result of a native.
pub(crate) type Outcome = Result<rhai::Dynamic, Failure>;
