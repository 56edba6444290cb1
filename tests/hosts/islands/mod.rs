//! Random programs run twice: with and without compiled code. What they print and how they end must be the same.
//!
//! `PROCSCRIPT_SEED` repeats a run, `PROCSCRIPT_PROGRAMS` sets the number of programs; a single one is shown.

mod generator;

use std::time::{SystemTime, UNIX_EPOCH};

use procscript::{Builder, Capture, Permissions, Runtime};

use self::generator::program;
use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "random_programs_do_the_same_compiled_and_interpreted",
        random_programs,
    ),
    Case::new(
        "a_function_that_is_defined_again_counts_in_compiled_callers",
        defined_again,
    ),
    Case::new(
        "runtimes_compile_and_start_children_at_the_same_time",
        at_the_same_time,
    ),
];

const CALLER: &str = "fn step(x) { x + 1 }
fn sum(n) { let s = 0; for i in range(n) { s = step(s); } s }
fn twice(x) { step(x) * 2 }";

/// Each evaluation is like an input of the prompt: the newest definition of a name counts.
fn defined_again() {
    for at_once in [false, true] {
        let builder = Runtime::builder();
        let builder = if at_once {
            builder.compile_at_once()
        } else {
            builder
        };
        let mut runtime = builder.build().unwrap();
        let sums = "let s = 0; for i in range(50000) { s += twice(1); } `${sum(50000)} ${sum(50000)} ${s}`";
        runtime.eval::<()>(CALLER).unwrap();
        let mut results = |text: &str| runtime.eval::<String>(text).unwrap();
        assert_eq!(results(sums), "50000 50000 200000");
        assert_eq!(results(sums), "50000 50000 200000");
        assert_eq!(
            results(&format!("fn step(x) {{ x + 2 }} {sums}")),
            "100000 100000 300000"
        );
        assert_eq!(results(sums), "100000 100000 300000");
        assert_eq!(
            results(&format!("fn step(x) {{ x + 0.5 }} {sums}")),
            "25000.0 25000.0 150000.0"
        );
    }
}

/// Some compile while others start children: what a forked child inherits is in order.
fn at_the_same_time() {
    let text = r#"
        fn sum(n) { let s = 0; for i in range(n) { s += i % 7; } s }
        let q = Queue();
        let children = [1000, 2000, 3000].map(|n| Process(|n| q.put(sum(n)), [n]));
        for child in children { child.start(); }
        let all = [q.get(), q.get(), q.get()].sorted();
        for child in children { child.join(); }
        let s = 0; for i in range(1000) { s += all[i % 3]; }
        `${all} ${s}`
    "#;
    let run = || {
        for _ in 0..5 {
            let mut runtime = Runtime::builder()
                .permissions(Permissions::all())
                .compile_at_once()
                .build()
                .unwrap();
            let result = runtime.eval::<String>(text).unwrap();
            assert_eq!(result, "[2997, 5995, 8994] 5992335");
        }
    };
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(run)).collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

/// How many random programs there are in a usual run.
const PROGRAMS: u64 = 3000;

/// Programs that one runtime evaluates in turn.
const IN_ONE: u64 = 25;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn random_programs() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| now.as_micros() as u64);
    let seed = number("PROCSCRIPT_SEED").unwrap_or(now);
    let programs = number("PROCSCRIPT_PROGRAMS").unwrap_or(PROGRAMS);
    let (mut failed, mut ended) = (Vec::new(), 0);
    for first in (0..programs).step_by(IN_ONE as usize) {
        let texts: Vec<_> = (first..programs.min(first + IN_ONE))
            .map(|number| program(seed.wrapping_add(number), &format!("r{number}")))
            .collect();
        if programs == 1 {
            println!("{}", texts[0]);
        }
        // Every other runtime begins functions with the interpreter.
        let by = match first / IN_ONE % 2 {
            0 => Builder::compile_at_once,
            _ => Builder::compile_at_loops,
        };
        let compiled = outcomes(&texts, by);
        let interpreted = outcomes(&texts, |builder| builder.compile(false));
        for ((text, compiled), interpreted) in texts.iter().zip(compiled).zip(interpreted) {
            ended += usize::from(interpreted.contains("ended well"));
            if compiled != interpreted {
                failed.push(format!(
                    "{text}\n--- compiled\n{compiled}\n--- interpreted\n{interpreted}\n"
                ));
            }
        }
    }
    let count = failed.len();
    if number("PROCSCRIPT_PROGRAMS").is_some() {
        println!("{programs} programs from seed {seed}, {ended} without an error, {count} differ");
    }
    assert!(
        failed.is_empty(),
        "seed {seed}: {count} programs differ\n{}",
        failed[0]
    );
}

/// What each program prints, and how it ends.
fn outcomes(texts: &[String], compile: impl Fn(Builder) -> Builder) -> Vec<String> {
    let output = Capture::new();
    let builder = Runtime::builder().stdout(output.clone());
    let mut runtime = compile(builder).build().unwrap();
    let mut outcome = |text: &String| {
        let end = match runtime.eval::<()>(text) {
            Ok(()) => "ended well".into(),
            Err(error) => format!("{error}\n{error:?}"),
        };
        format!("{}{end}", output.take())
    };
    texts.iter().map(&mut outcome).collect()
}
