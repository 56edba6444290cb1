//! The library of scripts: one file or folder per script module, under the names that Python uses.
//!
//! - [`builtins`]: `print`, `len`, `open`, …, which need no import.
//! - [`multiprocessing`]: `Process`, `Lock`, `Queue`, …
//! - [`concurrent`]: executors and futures.
//! - [`threading`]: `Thread`, …; [`queue`]: queues between threads.
//! - [`datetime`]: days and moments; [`csv`]: tables; [`textwrap`]: paragraphs; [`mod@pprint`]: values in lines.
//! - [`traceback`], [`faulthandler`], [`atexit`], [`timeit`], [`platform`], [`getpass`]: small modules.
//! - [`logging`]: records of what a program does; [`argparse`]: command lines.
//! - [`types`][]: `Object`.
//! - [`os`], [`subprocess`], [`signal`], [`socket`], [`sys`], [`time`], [`random`], [`json`], [`math`], `re`.
//! - [`shutil`], [`glob`], [`tempfile`], `hashlib`.
//! - [`collections`], [`itertools`], [`functools`], [`operator`], [`string`].
//! - [`timeline`]: what a recording of the script shows.
//! - [`table`]: all of them; [`reach`]: which programs get to a module at all; [`shared`]: what runtimes share.

mod argparse;
mod atexit;
pub(crate) mod builtins;
mod collections;
mod concurrent;
mod csv;
mod datetime;
mod faulthandler;
mod functools;
mod getpass;
mod glob;
#[cfg(feature = "hashlib")]
mod hashlib;
mod itertools;
mod json;
mod logging;
mod math;
pub(crate) mod multiprocessing;
mod operator;
pub(crate) mod os;
mod platform;
mod pprint;
pub(crate) mod queue;
mod random;
#[cfg(feature = "re")]
mod re;
mod reach;
mod shared;
mod shutil;
pub(crate) mod signal;
pub(crate) mod socket;
mod string;
mod subprocess;
mod sys;
mod table;
mod tempfile;
mod textwrap;
pub(crate) mod threading;
mod time;
mod timeit;
mod timeline;
mod traceback;
pub(crate) mod types;

use std::sync::Arc;

pub(crate) use self::table::{is_built_in, modules};

use self::table::MODULES;
use crate::script::bind::{
    Classes, Listing, Owner, Purpose, Registered, Vocabulary, register_bound,
};
use crate::script::codecs::Codecs;
use crate::script::islands::Islands;
use crate::script::report::Reports;
use crate::script::{Interp, Registry, States, exception_class};

/// Returns the states of the script modules for a new runtime.
pub(crate) fn states() -> States {
    let mut states = States::default();
    states.add::<Islands>().add::<Reports>().add::<Classes>();
    for (.., add) in MODULES {
        add(&mut states);
    }
    states
}

/// Returns the natives that a script with these words can call.
pub(crate) fn natives(interp: &Arc<Interp>, vocabulary: Vocabulary) -> Arc<Registered> {
    collect(interp, Owner::Interp(interp.clone()), vocabulary).into()
}

/// Returns all natives that scripts of this interpreter can call, which runtimes share: for an engine whose tag is its interpreter.
pub(crate) fn shared_natives(interp: &Arc<Interp>) -> Arc<Registered> {
    let make = || collect(interp, Owner::Engine, Vocabulary::Any);
    shared::natives(&interp.settings.without, make)
}

fn collect(interp: &Arc<Interp>, owner: Owner, vocabulary: Vocabulary) -> Registered {
    let is_empty = matches!(vocabulary, Vocabulary::Nothing);
    let mut registry = Registry::new(interp, owner, Purpose::Engine(vocabulary));
    if !is_empty {
        declare(&mut registry, |name| interp.settings.has_module(name));
    }
    registry.natives()
}

/// Returns the names of everything a script can use.
pub(crate) fn names(interp: &Arc<Interp>) -> Listing {
    let mut registry = Registry::new(interp, Owner::Engine, Purpose::Names);
    declare(&mut registry, |name| interp.settings.has_module(name));
    let mut listing = registry.names();
    let sent = codecs(interp);
    listing.types.extend(sent.names().map(ToString::to_string));
    listing
}

/// Returns how values are sent to other processes. The host may send what scripts of its runtime cannot name.
pub(crate) fn codecs(interp: &Arc<Interp>) -> Codecs {
    let mut registry = Registry::new(interp, Owner::Engine, Purpose::Codecs);
    declare(&mut registry, |_| true);
    registry.finished_codecs()
}

fn declare(registry: &mut Registry, has: impl Fn(&str) -> bool) {
    exception_class::register(registry);
    register_bound(registry);
    for (name, register, _) in MODULES.iter().filter(|(name, ..)| has(name)) {
        match *name {
            "builtins" => register(registry),
            _ => registry.part(reach::words_to(name), register),
        }
    }
}
