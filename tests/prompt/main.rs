//! A program that grows line by line, driven from outside: `procscript::Interactive` in a process of its own.
//!
//! The test harness has threads, and a process with threads cannot fork: so this binary is the driven program too, and
//! runs its tests itself. Under both start methods.
//!
//! - [`program`]: the driven program; [`driver`]: the test's end of it.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod completion;
mod driver;
mod ends;
mod incomplete;
mod interrupts;
mod lines;
mod processes;
mod program;

use std::panic::catch_unwind;
use std::process::ExitCode;
use std::sync::Mutex;

use driver::Test;

fn main() -> ExitCode {
    procscript::init();
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [drive, how] = words.as_slice()
        && drive == program::WORD
    {
        return program::drive(how);
    }
    let is_named = |name: &str| {
        let mut names = words
            .iter()
            .filter(|word| !word.starts_with('-'))
            .peekable();
        names.peek().is_none() || names.any(|word| name.contains(word.as_str()))
    };
    let all = [
        completion::TESTS,
        ends::TESTS,
        incomplete::TESTS,
        interrupts::TESTS,
        lines::TESTS,
        processes::TESTS,
    ]
    .concat();
    let chosen: Vec<&Test> = all.iter().filter(|test| is_named(test.0)).collect();
    if words.iter().any(|word| word == "--list") {
        chosen.iter().for_each(|test| println!("{}: test", test.0));
        return ExitCode::SUCCESS;
    }
    run(&chosen)
}

/// Runs the tests, a few at a time, and says how they went.
fn run(tests: &[&Test]) -> ExitCode {
    let waiting = Mutex::new(tests.iter());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().next();
                    let Some((name, test)) = next else { break };
                    let passed = catch_unwind(test).is_ok();
                    println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
                    if !passed {
                        failed.lock().unwrap().push(*name);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    println!("\n{} tests, failed: {failed:?}", tests.len());
    ExitCode::from(u8::from(!failed.is_empty()))
}
