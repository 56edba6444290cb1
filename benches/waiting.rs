//! What waits cost: round trips of two processes that answer at once, on all processors and on one, and the processor time of waiters
//! whose answers take long.
//!
//! `cargo bench --bench waiting`; `--rounds N` (20 by default), and a part of a title to run only some. One processor: by `taskset`.
#![allow(clippy::print_stdout)]

mod support;

use support::{Measure, PROCSCRIPT, TWINS, alternate, filter, measure, python, rounds};

/// A script and its twin that print round trips per second, with their counts.
const ROUND_TRIPS: &[(&str, &str, &str, &str)] = &[
    ("pipe", "pipe", "20000", "5000"),
    ("queue", "queue_round_trip", "20000", "3000"),
    ("event", "event", "20000", "2000"),
    ("condition", "condition", "20000", "2000"),
];

/// How long answers take, in seconds, and how many there are.
const SLOW: &[(&str, &str, &str)] = &[("1 ms", "0.001", "300"), ("10 ms", "0.01", "30")];

fn main() {
    let (rounds, python) = (rounds(20), python());
    let wanted = |title: &str| filter().is_none_or(|part| title.contains(&part));
    println!(
        "{:<42} {:>24} {:>24} {:>8}",
        "", "procscript", "CPython", "ratio"
    );
    for (place, prefix) in [("", &[][..]), (", one processor", &["taskset", "-c", "0"])] {
        for (name, twin, ours, theirs) in ROUND_TRIPS {
            let title = format!("{name}, round trip in us{place}");
            if wanted(&title) {
                let pair = pair(&python, prefix, twin, &[ours], &[theirs]);
                print_row(&title, pair, rounds, |per_second| 1e6 / per_second);
            }
        }
    }
    for (name, seconds, count) in SLOW {
        let title = format!("answers after {name}, % of a processor");
        if wanted(&title) {
            let args = [*seconds, *count];
            print_row(
                &title,
                pair(&python, &[], "slow_answers", &args, &args),
                rounds,
                |share| share,
            );
        }
    }
}

/// A script and its Python twin, perhaps with a command before each.
fn pair(
    python: &str,
    prefix: &[&str],
    twin: &str,
    ours: &[&str],
    theirs: &[&str],
) -> (Measure, Measure) {
    let (script, module) = (format!("{TWINS}{twin}.rhai"), format!("{TWINS}{twin}.py"));
    let command = |words: &[&[&str]]| {
        let words = words.concat();
        measure(words[0], &words[1..])
    };
    (
        command(&[
            prefix,
            &[
                PROCSCRIPT.as_str(),
                "run",
                "--start-method",
                "fork",
                &script,
            ],
            ours,
        ]),
        command(&[prefix, &[python, &module], theirs]),
    )
}

fn print_row(
    title: &str,
    (ours, python): (Measure, Measure),
    rounds: usize,
    convert: fn(f64) -> f64,
) {
    let (ours, python): (Measure, Measure) = (
        Box::new(move || convert(ours())),
        Box::new(move || convert(python())),
    );
    let results = alternate(&[&ours, &python], rounds);
    let ratio = results[1].median() / results[0].median();
    println!(
        "{title:<42} {:>24} {:>24} {ratio:>7.1}x",
        results[0], results[1]
    );
}
