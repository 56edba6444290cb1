//! A program that grows line by line, driven from outside: `procscript::prompt::Interactive` in a process of its own.
//!
//! The test harness has threads, and a process with threads cannot fork: so this binary is the driven program too, and
//! runs its tests itself. Under both start methods.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../support"]
#[allow(dead_code)] // Each program uses a part of it.
mod support {
    pub(crate) mod capture; // what comes out of a pipe
    pub(crate) mod cases; // runs each case in a process of its own
    pub(crate) mod process_table; // what the kernel knows about a run
    pub(crate) mod watchdog; // kills what takes too long
}

mod driver; // the test's end of the driven program
mod program; // the driven program

mod completion; // names that could stand at the cursor
mod ends; // children that fail, and the end of a session
mod incomplete; // input that waits for more
mod interrupts; // Ctrl-C
mod lines; // what stays from line to line
mod processes; // processes and threads of a prompt

use std::process::ExitCode;

fn main() -> ExitCode {
    procscript::init();
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [drive, how] = words.as_slice()
        && drive == program::WORD
    {
        return program::drive(how);
    }
    support::cases::main(&[
        completion::CASES,
        ends::CASES,
        incomplete::CASES,
        interrupts::CASES,
        lines::CASES,
        processes::CASES,
    ])
}
