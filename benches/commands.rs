//! Commands of `subprocess`, beside CPython's and beside a bare `posix_spawn`, in one run.
//!
//! `cargo bench --bench commands`; the number of rounds is the argument `--rounds N` (7 by default).
#![allow(unsafe_code, clippy::print_stdout)]

mod support;

use std::time::Instant;

use support::{Measure, PROCSCRIPT, Results, TWINS, alternate, filter, measure, python, rounds};

/// How many commands are run for one measurement.
const COUNT: u32 = 300;

fn main() {
    let rounds = rounds(7);
    let is_wanted = |title: &str| filter().is_none_or(|part| title.contains(&part));
    let title = "run of true, in microseconds";
    if is_wanted(title) {
        let bare: Measure = Box::new(|| bare_spawn(COUNT));
        print_row(title, &times_of_true(0), Some(&bare), rounds);
    }
    let title = "the same, 200 MB are held, in microseconds";
    if is_wanted(title) {
        print_row(title, &times_of_true(200), None, rounds);
    }
    let title = "16 MiB through cat, in MiB/s";
    if is_wanted(title) {
        print_row(title, &twin("run_cat", &["5"]), None, rounds);
    }
}

/// A script and its Python twin, with their arguments.
fn twin(name: &str, args: &[&str]) -> [Measure; 2] {
    let (script, module) = (format!("{TWINS}{name}.rhai"), format!("{TWINS}{name}.py"));
    [
        measure(&PROCSCRIPT, &[&["run", script.as_str()], args].concat()),
        measure(&python(), &[&[module.as_str()], args].concat()),
    ]
}

fn times_of_true(megabytes: u32) -> [Measure; 2] {
    let (count, megabytes) = (COUNT.to_string(), megabytes.to_string());
    twin("run_true", &[&count, &megabytes])
}

fn print_row(title: &str, [ours, python]: &[Measure; 2], bare: Option<&Measure>, rounds: usize) {
    let measures: Vec<&Measure> = [Some(ours), Some(python), bare]
        .into_iter()
        .flatten()
        .collect();
    let results = alternate(&measures, rounds);
    let medians: Vec<f64> = results.iter().map(Results::median).collect();
    println!("{title}");
    for (name, result) in ["procscript", "CPython", "bare posix_spawn"]
        .iter()
        .zip(&results)
    {
        let ratio = result.median() / medians[0];
        println!("    {name:<18} {result:>28}   {ratio:.2} times procscript's");
    }
}

/// Microseconds for `posix_spawnp` of `true`, and `waitpid`.
fn bare_spawn(count: u32) -> f64 {
    let (name, end) = (c"true", std::ptr::null_mut());
    let args = [name.as_ptr().cast_mut(), end];
    let begin = Instant::now();
    for _ in 0..count {
        let (mut pid, mut status) = (0, 0);
        // SAFETY: the name and both lists end as the C library wants it, nobody changes the environment at this moment, and the
        // process ID and the status are live values.
        unsafe {
            let started = libc::posix_spawnp(
                &mut pid,
                name.as_ptr(),
                std::ptr::null(),
                std::ptr::null(),
                args.as_ptr(),
                environ,
            );
            assert_eq!(started, 0, "true can be started");
            libc::waitpid(pid, &mut status, 0);
        }
        assert_eq!(status, 0, "true succeeds");
    }
    begin.elapsed().as_secs_f64() * 1e6 / f64::from(count)
}

unsafe extern "C" {
    /// The environment of this process, in the form of the C library.
    static environ: *const *mut libc::c_char;
}
