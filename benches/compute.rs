//! Script code beside CPython, PyPy where it is installed, and checked Rust: medians of alternating runs, least and most.
//!
//! `cargo bench --bench compute`; `--rounds N` (7 by default) and a part of a title may follow `--`. The times are milliseconds; those
//! of scripts include compiling.
#![allow(clippy::print_stdout)]

mod support;

use std::path::PathBuf;
use std::process::Command;

use support::{
    Measure, PROCSCRIPT, TWINS, alternate, filter, interpreter, measure, python, rounds,
};

/// The numeric tasks of `compute.rhai`, each with its size.
const TASKS: [(&str, &str); 8] = [
    ("primes", "200000"),
    ("fib", "30"),
    ("collatz", "60000"),
    ("nested_sums", "2500"),
    ("monte_carlo", "2000000"),
    ("mandelbrot", "200"),
    ("sieve", "4000000"),
    ("matrix", "200"),
];

fn main() {
    let (python, pypy) = (python(), interpreter("pypy3"));
    let rust = compile_rust();
    println!(
        "{:<14} {:>8} {:>24} {:>24} {:>7} {:>24} {:>7} {:>24} {:>7}",
        "", "size", "procscript", "CPython", "", "checked Rust", "", "PyPy", ""
    );
    for (task, size) in TASKS {
        if filter().is_none_or(|part| task.contains(&part)) {
            print_task(
                task,
                size,
                [&python, &rust.display().to_string()],
                pypy.as_deref(),
            );
        }
    }
    if filter().is_none_or(|part| "primes_by_two".contains(&part)) {
        print_two_processes(&python);
    }
}

/// Compiles `compute.rs` of the twins, as a person would who wants checked arithmetic.
fn compile_rust() -> PathBuf {
    let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compute");
    let status = Command::new("rustc")
        .args(["-O", "-C", "overflow-checks=yes", "--edition", "2024", "-o"])
        .arg(&program)
        .arg(format!("{TWINS}compute.rs"))
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "rustc compiles the twin"
    );
    program
}

fn print_task(task: &str, size: &str, [python, rust]: [&str; 2], pypy: Option<&str>) {
    let (script, module) = (format!("{TWINS}compute.rhai"), format!("{TWINS}compute.py"));
    let mut measures: Vec<Measure> = vec![
        measure(PROCSCRIPT, &["run", &script, task, size]),
        measure(python, &[&module, task, size]),
        measure(rust, &[task, size]),
    ];
    measures.extend(pypy.map(|pypy| measure(pypy, &[&module, task, size])));
    let results = alternate(&measures.iter().collect::<Vec<_>>(), rounds(7));
    let ours = results[0].median();
    print!("{task:<14} {size:>8} {:>24}", results[0]);
    for other in &results[1..] {
        print!(" {other:>24} {:>6.2}x", other.median() / ours);
    }
    println!();
}

/// Primes below 2,000,000 by two processes: workers and a queue here, a pool there. The whole program is timed.
fn print_two_processes(python: &str) {
    let (script, module) = (
        format!("{TWINS}primes_by_two.rhai"),
        format!("{TWINS}primes_by_two.py"),
    );
    let ours = measure(PROCSCRIPT, &["run", &script, "2000000"]);
    let theirs = measure(python, &[&module, "2000000"]);
    let results = alternate(&[&ours, &theirs], rounds(7).min(3));
    let ratio = results[1].median() / results[0].median();
    println!(
        "{:<23} {:>24} {:>24} {ratio:>6.2}x",
        "primes_by_two", results[0], results[1]
    );
}
