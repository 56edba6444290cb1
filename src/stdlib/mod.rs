//! What scripts see: one file or folder per script module, under the names Python uses.
//!
//! - [`builtins`]: `print`, `len`, `open`, …, which need no import.
//! - [`multiprocessing`]: `Process`, `Lock`, `Queue`, …
//! - [`threading`]: `Thread`, …; [`queue`]: queues between threads.
//! - [`os`], [`signal`], [`socket`], [`sys`], [`time`], [`random`], [`json`].

pub(crate) mod builtins;
mod json;
pub(crate) mod multiprocessing;
pub(crate) mod os;
pub(crate) mod queue;
mod random;
pub(crate) mod signal;
pub(crate) mod socket;
mod sys;
pub(crate) mod threading;
mod time;

use std::sync::Arc;

use crate::script::bind::{Registered, Registry};
use crate::script::exception_class;
use crate::script::interp::Interp;

/// A script module: the name that turns it on and off, and what declares it.
type ScriptModule = (&'static str, fn(&mut Registry));

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
pub(crate) fn everything(interp: &Arc<Interp>) -> Registered {
    let mut registry = Registry::new(interp);
    exception_class::register(&mut registry);
    for (name, register) in MODULES {
        if interp.furnishing.has_module(name) {
            register(&mut registry);
        } else {
            // The embedding program may still send what scripts of this runtime cannot name.
            let mut unnamed = Registry::new(interp);
            register(&mut unnamed);
            registry.codecs().extend(unnamed.finish().codecs);
        }
    }
    registry.finish()
}
