//! Hosts that embed the crate: each case is a Rust program of its own, since the test harness has threads, and no `init`.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

#[path = "../support"]
#[allow(dead_code)] // Each program uses a part of it.
mod support {
    pub(crate) mod capture; // what comes out of a pipe
    pub(crate) mod cases; // runs each case in a process of its own
    pub(crate) mod nests; // texts that nest without end
    pub(crate) mod process_table; // what the kernel knows about a run
    pub(crate) mod server; // a Redis server of a test's own
    pub(crate) mod watchdog; // kills what takes too long
}

#[path = "../../fuzz/src/inputs.rs"]
#[allow(unreachable_pub)] // It is a library there.
mod fuzz_inputs; // how the fuzzer's targets read their inputs

mod awaiting; // waits as futures
mod calls; // functions that hosts call again and again
mod conversions; // Rust values in scripts and back
mod deadlock; // waits that can never end
mod embedded; // scripts and objects of an engine that the host owns
mod evaluations; // values, errors, and what stays
mod fuzzed; // what fuzzing has found
mod guests; // children of a host's scripts
mod input; // what scripts read
mod islands; // compiled code beside the interpreter
mod isolated; // scripts in a process of their own
mod limited; // the limits of an engine that the host owns
#[cfg(feature = "log")]
mod logged; // events for the host's logger
mod memory; // the memory and the sizes that scripts may use
mod modules; // modules that the host has
mod names; // the promised names and signatures
mod neighbours; // several runtimes, and what is left behind
mod nested; // texts that nest without end, on small stacks
mod nesting; // values as deep as a script makes them
mod order; // the order of what scripts print
mod output; // where what scripts print goes
mod own; // a host's functions and types
mod packages; // an engine that the host owns
mod permissions; // what scripts may do
mod pool_ends; // drops, stops and ends of pools
mod pools; // workers that do tasks for the host
#[cfg(feature = "redis")]
mod remote; // queues on a server with items of a Rust type
#[cfg(not(feature = "redis"))]
mod remote_off; // … asked for in a build that knows none
#[cfg(feature = "redis")]
mod remote_pools; // pools on a server
mod sinks; // the functions that receive what scripts print
mod stopping; // limits, and stops from outside
mod stops; // stops between evaluations, at the prompt, and the watch over the time
mod talking; // values and objects that hosts and scripts share
mod waiting; // waits of the host
mod whole; // a whole program, and the end of a runtime
mod world; // the host's process is as it was

use std::alloc::System;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: procscript::alloc::Counting = procscript::alloc::Counting::new(System);

fn main() -> ExitCode {
    procscript::init_with([
        own::shapes(),
        conversions::money(),
        embedded::geometry(),
        modules::library(),
    ]);
    support::cases::main(&[
        awaiting::CASES,
        calls::CASES,
        conversions::CASES,
        embedded::CASES,
        deadlock::CASES,
        evaluations::CASES,
        fuzzed::CASES,
        guests::CASES,
        input::CASES,
        islands::CASES,
        isolated::CASES,
        #[cfg(feature = "log")]
        logged::CASES,
        memory::CASES,
        modules::CASES,
        names::CASES,
        neighbours::CASES,
        nested::CASES,
        nesting::CASES,
        order::CASES,
        output::CASES,
        own::CASES,
        packages::CASES,
        limited::CASES,
        permissions::CASES,
        pool_ends::CASES,
        pools::CASES,
        #[cfg(feature = "redis")]
        remote::CASES,
        #[cfg(not(feature = "redis"))]
        remote_off::CASES,
        #[cfg(feature = "redis")]
        remote_pools::CASES,
        sinks::CASES,
        stopping::CASES,
        stops::CASES,
        talking::CASES,
        waiting::CASES,
        whole::CASES,
        world::CASES,
    ])
}
