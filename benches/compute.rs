//! Script code beside CPython, PyPy where it is installed, and checked Rust: medians of alternating runs, least and most. Then code with
//! strings, dicts, lists and methods beside CPython.
//!
//! `cargo bench --bench compute`; `--rounds N` (7 by default) and a part of a title may follow `--`. The times are milliseconds; those
//! of scripts include compiling, those of code that is not numeric are nanoseconds for each pass.
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

/// The tasks of `plain_code.rhai`, each with its number of passes.
const PLAIN: [(&str, &str); 8] = [
    ("appends", "200000"),
    ("dict_write", "200000"),
    ("dict_read", "200000"),
    ("text", "200000"),
    ("lock_pair", "200000"),
    ("call_text", "200000"),
    ("sort_ints", "200000"),
    ("map_filter", "200000"),
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
    for (task, passes) in PLAIN {
        if filter().is_none_or(|part| task.contains(&part)) {
            print_plain(task, passes, &python);
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
        measure(&PROCSCRIPT, &["run", &script, task, size]),
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

fn print_plain(task: &str, passes: &str, python: &str) {
    let script = format!("{TWINS}plain_code.rhai");
    let module = format!("{TWINS}plain_code.py");
    let ours = measure(&PROCSCRIPT, &["run", &script, task, passes]);
    let theirs = measure(python, &[&module, task, passes]);
    print_beside(task, passes, &ours, &theirs, rounds(7));
}

fn print_beside(title: &str, size: &str, ours: &Measure, theirs: &Measure, rounds: usize) {
    let results = alternate(&[ours, theirs], rounds);
    let ratio = results[1].median() / results[0].median();
    println!(
        "{title:<14} {size:>8} {:>24} {:>24} {ratio:>6.2}x",
        results[0], results[1]
    );
}

/// Primes below 2,000,000 by two processes: workers and a queue here, a pool there. The whole program is timed.
fn print_two_processes(python: &str) {
    let (script, module) = (
        format!("{TWINS}primes_by_two.rhai"),
        format!("{TWINS}primes_by_two.py"),
    );
    let ours = measure(&PROCSCRIPT, &["run", &script, "2000000"]);
    let theirs = measure(python, &[&module, "2000000"]);
    print_beside("primes_by_two", "2000000", &ours, &theirs, rounds(7).min(3));
}
