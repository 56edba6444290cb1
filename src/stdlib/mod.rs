//! The library of scripts: one file or folder per script module, under the names that Python uses.
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

use crate::script::bind::Registered;
use crate::script::report::Reports;
use crate::script::{Interp, Registry, States, exception_class};

/// A script module: the name that turns it on and off, what it declares, and what it keeps in each runtime.
type ScriptModule = (&'static str, fn(&mut Registry), fn(&mut States));

/// For a module that keeps nothing.
fn stateless(_: &mut States) {}

const MODULES: [ScriptModule; 11] = [
    ("builtins", builtins::register, stateless),
    (
        "multiprocessing",
        multiprocessing::register,
        multiprocessing::states,
    ),
    ("json", json::register, stateless),
    ("os", os::register, os::states),
    ("queue", queue::register, stateless),
    ("random", random::register, random::states),
    ("signal", signal::register, signal::states),
    ("socket", socket::register, stateless),
    ("sys", sys::register, stateless),
    ("threading", threading::register, threading::states),
    ("time", time::register, stateless),
];

/// Returns the names of the script modules.
pub(crate) fn modules() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|(name, ..)| *name)
}

/// Returns the states of the script modules for a new runtime.
pub(crate) fn states() -> States {
    let mut states = States::default();
    states.add::<Reports>();
    for (.., add) in MODULES {
        add(&mut states);
    }
    states
}

/// Everything a script can name.
pub(crate) fn everything(interp: &Arc<Interp>) -> Registered {
    let mut registry = Registry::new(interp);
    exception_class::register(&mut registry);
    for (name, register, _) in MODULES {
        if interp.settings.has_module(name) {
            register(&mut registry);
        } else {
            // The host may still send what scripts of this runtime cannot name.
            let mut unnamed = Registry::new(interp);
            register(&mut unnamed);
            registry.codecs().extend(unnamed.finish().codecs);
        }
    }
    registry.finish()
}
