//! Random programs run twice: with and without compiled code. What they print and how they end must be the same.
//!
//! `PROCSCRIPT_SEED` repeats a run, `PROCSCRIPT_PROGRAMS` sets the number of programs; a single one is shown.

mod generator;

use std::time::{SystemTime, UNIX_EPOCH};

use procscript::{Capture, Runtime};

use self::generator::program;
use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[Case::new(
    "random_programs_do_the_same_compiled_and_interpreted",
    random_programs,
)];

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
        let (compiled, interpreted) = (outcomes(&texts, true), outcomes(&texts, false));
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
fn outcomes(texts: &[String], compile: bool) -> Vec<String> {
    let output = Capture::new();
    let builder = Runtime::builder().stdout(output.clone());
    let builder = match compile {
        true => builder.compile_at_once(),
        false => builder.compile(false),
    };
    let mut runtime = builder.build().unwrap();
    let mut outcome = |text: &String| {
        let end = match runtime.eval::<()>(text) {
            Ok(()) => "ended well".into(),
            Err(error) => format!("{error}\n{error:?}"),
        };
        format!("{}{end}", output.take())
    };
    texts.iter().map(&mut outcome).collect()
}
