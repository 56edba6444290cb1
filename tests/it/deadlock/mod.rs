//! Waits that can never end raise `DeadlockError`, and no other wait does.

mod caught; // errors that are caught, and several circles at once
mod handles; // who may terminate a process, and how long
mod hope; // waits that look hopeless and are not
mod litmus; // a program for every clause of the rule
mod load; // messages, stops and deaths, and never an error
mod random; // random programs, each of which ends
mod shapes; // the usual deadlocks, and what is reported

use crate::support::script::{Output, Script};

/// Runs a script. In its standard error, the times that threads have waited are `0.0 s`.
fn run(method: &str, code: &str) -> Output {
    let mut output = Script::text(code).start_method(method).run();
    let lines = output
        .stderr
        .lines()
        .map(|line| match line.rsplit_once(", ") {
            Some((before, time)) if line.starts_with("  ") && time.ends_with(" s") => {
                format!("{before}, 0.0 s\n")
            }
            _ => format!("{line}\n"),
        });
    output.stderr = lines.collect();
    output
}
