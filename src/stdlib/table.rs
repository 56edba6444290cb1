//! All script modules, by their names.

#[cfg(feature = "hashlib")]
use super::hashlib;
#[cfg(feature = "re")]
use super::re;
use super::{
    argparse, atexit, builtins, collections, concurrent, csv, datetime, faulthandler, functools,
    getpass, glob, itertools, json, logging, math, multiprocessing, operator, os, platform, pprint,
    queue, random, shutil, signal, socket, string, subprocess, sys, tempfile, textwrap, threading,
    time, timeit, timeline, traceback, types,
};
use crate::script::{Registry, States};

/// A script module: the name that turns it on and off, what it declares, and what it keeps in each runtime.
pub(super) type ScriptModule = (&'static str, fn(&mut Registry), fn(&mut States));

/// For a module that keeps nothing.
fn stateless(_: &mut States) {}

/// The script modules.
pub(super) const MODULES: &[ScriptModule] = &[
    ("argparse", argparse::register, stateless),
    ("builtins", builtins::register, stateless),
    (
        "multiprocessing",
        multiprocessing::register,
        multiprocessing::states,
    ),
    ("collections", collections::register, stateless),
    ("concurrent", concurrent::register, stateless),
    ("datetime", datetime::register, stateless),
    ("functools", functools::register, stateless),
    ("glob", glob::register, stateless),
    #[cfg(feature = "hashlib")]
    ("hashlib", hashlib::register, stateless),
    ("itertools", itertools::register, stateless),
    ("json", json::register, stateless),
    ("logging", logging::register, logging::states),
    ("math", math::register, stateless),
    ("operator", operator::register, stateless),
    ("os", os::register, os::states),
    ("queue", queue::register, stateless),
    ("random", random::register, random::states),
    #[cfg(feature = "re")]
    ("re", re::register, re::states),
    ("shutil", shutil::register, stateless),
    ("signal", signal::register, signal::states),
    ("socket", socket::register, stateless),
    ("string", string::register, stateless),
    ("subprocess", subprocess::register, subprocess::states),
    ("sys", sys::register, stateless),
    ("tempfile", tempfile::register, tempfile::states),
    ("threading", threading::register, threading::states),
    ("time", time::register, stateless),
    ("atexit", atexit::register, atexit::states),
    ("csv", csv::register, stateless),
    ("faulthandler", faulthandler::register, stateless),
    ("getpass", getpass::register, stateless),
    ("platform", platform::register, stateless),
    ("pprint", pprint::register, stateless),
    ("textwrap", textwrap::register, stateless),
    ("timeit", timeit::register, stateless),
    ("timeline", timeline::register, stateless),
    ("traceback", traceback::register, stateless),
    ("types", types::register, stateless),
];

/// Returns the names of the script modules.
pub(crate) fn modules() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|(name, ..)| *name)
}

/// Returns whether `import` finds a script module by this name.
pub(crate) fn is_built_in(name: &str) -> bool {
    name != "builtins" && modules().any(|module| module == name) || INNER.contains(&name)
}

/// The modules inside of others.
const INNER: [&str; 14] = [
    "concurrent.futures",
    "datetime.date",
    "datetime.datetime",
    "datetime.time",
    "datetime.timedelta",
    "datetime.timezone",
    "itertools.chain",
    "logging.handlers",
    "multiprocessing.connection",
    "multiprocessing.dummy",
    "multiprocessing.managers",
    "multiprocessing.pool",
    "multiprocessing.shared_memory",
    "os.path",
];
