//! Functions and loops as machine code: a script cannot tell.
//!
//! Each script runs by the interpreter alone, as it usually does, and with everything compiled as soon as possible.

mod control; // statements, and where loops go on
mod endings; // stops, signals, recursion, errors
mod explaining; // `--explain-compile`
mod lists; // lists that are read, written and appended to
mod numbers; // operators and natives at their edges
mod reach; // modules, threads, children, closures, random numbers

use super::support::output::Output;
use super::support::script::Script;

/// How the command compiles, by the variable for tests.
const MODES: [&str; 3] = ["pays", "at-once", "at-loops"];

/// The script, to be run in one of the modes.
fn script(text: &str, mode: &str) -> Script {
    Script::text(text).through_shell(&format!("PROCSCRIPT_COMPILE={mode} exec \"$@\""))
}

/// Runs a script in all modes: whatever the interpreter does is right.
#[track_caller]
fn same(text: &str) -> Output {
    let plain = script(text, "never").run();
    for mode in MODES {
        let output = script(text, mode).run();
        output.assert_exactly(plain.code(), &plain.stdout, &plain.stderr);
    }
    plain
}

/// Runs each paragraph as a script of its own.
#[track_caller]
fn each_same(programs: &str) {
    for program in programs.split("\n\n") {
        eprintln!("{program}");
        same(program);
    }
}
