//! What scripts see: one file per script module, under the names Python uses.
//!
//! The way a native is made:
//! - [`bind`]: declaring functions, types and modules, with Python's signatures.
//! - [`call`]: one call, its arguments sorted and checked; [`caller`]: calling back later.
//! - [`guest`]: scripts on engines of the embedding program's own.
//! - [`host`]: what the natives of one runtime share; [`fork_hooks`]: what the embedding program does around a fork; [`furnishing`]: what children have too; [`given`]: the host's values.
//! - [`exceptions`], [`rhai_errors`], [`rhai_texts`], [`stop`], [`requests`], [`report`]: errors as objects, endings that nothing catches, what is printed.
//! - [`dialect`]: whose errors an object raises.
//! - [`limits`]: how much a script may use; [`room`]: whether there is memory for a value of some size.
//! - [`cells`]: variables that threads share.
//! - [`values`], [`text`], [`border`]: a value's type, its text, and whether it may leave the process.
//! - [`output`]: lines on standard output; [`sinks`]: where an embedding program wants them.
//! - [`permissions`]: what a script may do outside itself.
//! - [`manual`]: what the manual says of each name.
//! - [`waits`]: what a process waits for, in words.
//! - [`task`]: what a Process or a Thread is to run.
//!
//! The script modules:
//! - [`builtins`]: `print`, `len`, `open`, …, which need no import.
//! - [`multiprocessing`]: `Process`, `Lock`, `Queue`, …
//! - [`threading`]: `Thread`, …; [`queue`]: queues between threads.
//! - [`os`], [`signal`], [`socket`], [`sys`], [`time`], [`random`], [`json`].

pub(crate) mod bind;
pub(crate) mod border;
pub(crate) mod builtins;
pub(crate) mod call;
pub(crate) mod caller;
pub(crate) mod cells;
pub(crate) mod dialect;
pub(crate) mod exceptions;
pub(crate) mod fork_hooks;
pub(crate) mod furnishing;
pub(crate) mod given;
pub(crate) mod guest;
pub(crate) mod host;
mod json;
pub(crate) mod limits;
pub(crate) mod manual;
pub(crate) mod multiprocessing;
pub(crate) mod os;
pub(crate) mod output;
pub(crate) mod permissions;
pub(crate) mod queue;
mod random;
pub(crate) mod report;
pub(crate) mod requests;
pub(crate) mod rhai_errors;
pub(crate) mod rhai_texts;
pub(crate) mod room;
mod signal;
pub(crate) mod sinks;
pub(crate) mod socket;
pub(crate) mod stop;
mod sys;
pub(crate) mod task;
#[cfg(test)]
mod tests;
pub(crate) mod text;
pub(crate) mod threading;
mod time;
pub(crate) mod values;
pub(crate) mod waits;

use std::sync::Arc;

/// What a native gives back.
pub(crate) type Outcome = Result<rhai::Dynamic, call::Failure>;

/// A script module: the name that turns it on and off, and what declares it.
type ScriptModule = (&'static str, fn(&mut bind::Registry));

const MODULES: [ScriptModule; 11] = [
    ("builtins", builtins::register),
    ("multiprocessing", multiprocessing::register),
    ("json", json::register),
    ("os", os::register),
    ("queue", queue::register),
    ("random", random::register),
    ("signal", signal::register),
    ("socket", socket::register),
    ("sys", sys::register),
    ("threading", threading::register),
    ("time", time::register),
];

/// The names of the script modules.
pub(crate) fn modules() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|(name, _)| *name)
}

/// Everything a script can name.
pub(crate) fn everything(host: &Arc<host::Host>) -> bind::Registered {
    let mut registry = bind::Registry::new(host);
    exceptions::register(&mut registry);
    for (name, register) in MODULES {
        if host.furnishing.has_module(name) {
            register(&mut registry);
        }
    }
    registry.finish()
}
