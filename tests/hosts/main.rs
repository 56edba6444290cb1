//! Hosts that embed the crate: each case is a Rust program of its own, since the test harness has threads, and no `init`.
//!
//! This binary is the driver and every driven host: the driver runs itself once for each case, with a watchdog, and holds what
//! the host has written against what the case says, which is nothing unless it says otherwise.
//!
//! - [`case`]: what a case is, and how it is run.
//! - [`evaluations`]: values, errors, and what stays.
//! - [`output`], [`order`], [`sinks`]: what scripts print; [`input`]: what they read.
//! - [`permissions`]: what scripts may do.
//! - [`stopping`]: limits, and stops from outside.
//! - [`names`]: the promised names and signatures.
//! - [`guests`]: children of a host's scripts.
//! - [`neighbours`]: several runtimes, and what is left behind.
//! - [`talking`]: values and objects that hosts and scripts share; [`waiting`]: waits of the host.
//! - [`own`]: a host's functions and types; [`packages`]: an engine that the host owns.
//! - [`whole`]: a whole program, and the end of a runtime.
//! - [`world`]: the host's process is as it was.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod case;
mod evaluations;
mod guests;
mod input;
mod names;
mod neighbours;
mod order;
mod output;
mod own;
mod packages;
mod permissions;
mod sinks;
mod stopping;
mod talking;
mod waiting;
mod whole;
mod world;

use std::process::ExitCode;

fn main() -> ExitCode {
    procscript::init_with([own::shapes()]);
    let all = [
        evaluations::CASES,
        guests::CASES,
        input::CASES,
        names::CASES,
        neighbours::CASES,
        order::CASES,
        output::CASES,
        own::CASES,
        packages::CASES,
        permissions::CASES,
        sinks::CASES,
        stopping::CASES,
        talking::CASES,
        waiting::CASES,
        whole::CASES,
        world::CASES,
    ]
    .concat();
    case::main(&all)
}
