//! Pools and executors beside CPython's: medians of alternating runs, with the least and the most.
//!
//! `cargo bench --bench pools`; `--rounds N` (7 by default) and a part of a title may follow `--`.
#![allow(clippy::print_stdout)]

mod support;

use std::fmt::Write as _;
use std::path::Path;

use support::{Measure, PROCSCRIPT, TWINS, alternate, filter, measure, python, rounds};

/// One measurement: a script and its Python twin, which print the same quantity.
struct Case {
    title: &'static str,
    unit: &'static str,
    /// How many times as good as CPython the script is to be, if that was decided.
    goal: Option<f64>,
    start_method: &'static str,
    /// The script, and its arguments.
    ours: &'static [&'static str],
    /// The Python program, and its arguments.
    python: &'static [&'static str],
}

/// Units that ask for a large number; all others ask for a small one.
const PER_SECOND: [&str; 2] = ["1/s", "MiB/s"];

const CASES: [Case; 10] = [
    Case {
        title: "imap, chunksize 1",
        unit: "1/s",
        goal: Some(5.0),
        start_method: "fork",
        ours: &["pool_maps.rhai", "imap", "100000"],
        python: &["pool_maps.py", "imap", "20000"],
    },
    Case {
        title: "map, 100,000 small integers",
        unit: "1/s",
        goal: Some(3.0),
        start_method: "fork",
        ours: &["pool_maps.rhai", "map", "100000"],
        python: &["pool_maps.py", "map", "100000"],
    },
    Case {
        title: "map_async, the same",
        unit: "1/s",
        goal: None,
        start_method: "fork",
        ours: &["pool_maps.rhai", "map_async", "100000"],
        python: &["pool_maps.py", "map_async", "100000"],
    },
    Case {
        title: "map, 200 items of 1 MiB",
        unit: "MiB/s",
        goal: Some(10.0),
        start_method: "fork",
        ours: &["pool_maps.rhai", "blobs", "200"],
        python: &["pool_maps.py", "blobs", "200"],
    },
    // Both have touched the memory that they need before.
    Case {
        title: "map, the same once more",
        unit: "MiB/s",
        goal: None,
        start_method: "fork",
        ours: &["pool_maps.rhai", "blobs_again", "200"],
        python: &["pool_maps.py", "blobs_again", "200"],
    },
    Case {
        title: "pool of 4, start to join, fork",
        unit: "ms",
        goal: Some(8.0),
        start_method: "fork",
        ours: &["pool_start.rhai", "50"],
        python: &["pool_start.py", "20", "fork"],
    },
    Case {
        title: "pool of 4, start to join, spawn",
        unit: "ms",
        goal: Some(15.0),
        start_method: "spawn",
        ours: &["pool_start.rhai", "50"],
        python: &["pool_start.py", "3", "spawn"],
    },
    Case {
        title: "submit().result()",
        unit: "us",
        goal: Some(4.0),
        start_method: "fork",
        ours: &["executor_round_trip.rhai", "20000"],
        python: &["executor_round_trip.py", "5000"],
    },
    Case {
        title: "primes below 2,000,000, 2 workers",
        unit: "ms",
        goal: None,
        start_method: "fork",
        ours: &["pool_primes.rhai", "2000000"],
        python: &["primes_by_two.py", "2000000"],
    },
    Case {
        title: "words of 50 MB, 2 workers",
        unit: "ms",
        goal: None,
        start_method: "fork",
        ours: &["pool_words.rhai", TEXT],
        python: &["pool_words.py", TEXT],
    },
];

/// Stands for the path of the text in arguments.
const TEXT: &str = "<text>";

fn main() {
    let (rounds, python) = (rounds(7), python());
    let directory = tempfile::tempdir().expect("a directory for the text");
    let text = directory.path().join("words.txt");
    write_text(&text);
    println!(
        "{:<34} {:>26} {:>26} {:>8} {:>6}",
        "", "procscript", "CPython", "ratio", "goal"
    );
    for case in CASES {
        if filter().is_none_or(|part| case.title.contains(&part)) {
            print_row(&case, &python, &text, rounds);
        }
    }
}

fn print_row(case: &Case, python: &str, text: &Path, rounds: usize) {
    let (ours, theirs) = measures(case, python, text);
    let results = alternate(&[&ours, &theirs], rounds);
    let (ours, theirs) = (results[0].median(), results[1].median());
    let ratio = if PER_SECOND.contains(&case.unit) {
        ours / theirs
    } else {
        theirs / ours
    };
    let goal = case.goal.map_or(String::new(), |goal| format!("{goal}x"));
    println!(
        "{:<34} {:>26} {:>26} {ratio:>7.2}x {goal:>6} {}",
        case.title, results[0], results[1], case.unit
    );
}

fn measures(case: &Case, python: &str, text: &Path) -> (Measure, Measure) {
    let text = text.to_str().expect("the path is UTF-8");
    let words = |words: &[&str]| -> Vec<String> {
        let [program, args @ ..] = words else {
            panic!("{} has no program", case.title);
        };
        let args = args.iter().map(|arg| arg.replace(TEXT, text));
        [format!("{TWINS}{program}")]
            .into_iter()
            .chain(args)
            .collect()
    };
    let run = ["run", "--start-method", case.start_method];
    let command = |first: &[&str], rest: Vec<String>| {
        let rest = rest.iter().map(String::as_str);
        let words: Vec<&str> = first.iter().copied().chain(rest).collect();
        measure(words[0], &words[1..])
    };
    (
        command(
            &[&[PROCSCRIPT.as_str()], &run[..]].concat(),
            words(case.ours),
        ),
        command(&[python], words(case.python)),
    )
}

/// Writes 50 MB: lines of ten words out of 5,000, the same in every run.
fn write_text(path: &Path) {
    const BYTES: usize = 50_000_000;
    let mut text = String::with_capacity(BYTES + 200);
    let mut random: u64 = 1;
    while text.len() < BYTES {
        for _ in 0..10 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let word = (random >> 33) % 5000;
            write!(text, "word{word} ").expect("a string takes all text");
        }
        text.push('\n');
    }
    std::fs::write(path, text).expect("the text is written");
}
