//! A storm from outside: members of a family are killed, suspended and resumed at random, and nothing may be lost.
//!
//! `cargo test --test storm` kills 2,000 processes, half of them under each start method. In the environment,
//! `PROCSCRIPT_STORM_KILLS` sets another number, and `PROCSCRIPT_STORM_SEED` repeats the choices of an earlier run.
//! `cargo test --release --test storm -- --soak MINUTES` watches a family for that long instead.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

// The session is read from outside by its own code.
#[path = "../../src/shm/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod shm;
#[path = "../../src/sync/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod sync;
#[path = "../../src/sys/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod sys;
#[path = "../../src/trace/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod trace;
#[path = "../../src/diagnose/words.rs"]
mod words;

#[path = "../support"]
#[allow(dead_code)] // Each program uses a part of it.
mod support {
    pub(crate) mod capture; // what comes out of a pipe
    pub(crate) mod process_table; // what the kernel knows about a run
    pub(crate) mod watchdog; // kills what takes too long
}

mod family; // a family, its rounds and its end
mod ledger; // what its members say they have done
mod soak; // a family over a long time
mod storm; // who is killed when
mod view; // the family's memory

use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use self::family::Family;
use self::ledger::Total;
use self::storm::{STORM, Storm};

const METHODS: [&str; 2] = ["fork", "spawn"];

/// Kills of a test, under both start methods together.
const KILLS: u64 = 2000;
/// Kills of a round, after which everything is checked.
const ROUND: u64 = 250;
/// Kills before main is killed too.
const LAST_ROUND: u64 = 25;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let Some(at) = words.iter().position(|word| word == "--soak") {
        let minutes = words.get(at + 1).and_then(|minutes| minutes.parse().ok());
        let Some(minutes) = minutes else {
            println!("--soak needs a number of minutes");
            return ExitCode::from(2);
        };
        return run("soak", &METHODS, |method, seed| {
            soak::soak(method, seed, minutes)
        });
    }
    // As for other tests, words choose by parts of names.
    let (options, parts): (Vec<_>, Vec<_>) = words.iter().partition(|word| word.starts_with('-'));
    let is_chosen = |method: &&str| {
        parts.is_empty()
            || parts
                .iter()
                .any(|part| format!("a_storm_from_outside_{method}").contains(*part))
    };
    let methods: Vec<_> = METHODS.into_iter().filter(is_chosen).collect();
    if options.iter().any(|option| *option == "--list") {
        methods
            .iter()
            .for_each(|method| println!("a_storm_from_outside_{method}: test"));
        return ExitCode::SUCCESS;
    }
    run("a_storm_from_outside", &methods, rage)
}

/// Runs `test` under these start methods at a time.
fn run(name: &str, methods: &[&'static str], test: impl Fn(&'static str, u64) + Sync) -> ExitCode {
    let seed = number("PROCSCRIPT_STORM_SEED").unwrap_or_else(rand_seed);
    if !methods.is_empty() {
        println!("PROCSCRIPT_STORM_SEED={seed}");
    }
    let test = &test;
    let failed: Vec<_> = thread::scope(|scope| {
        let start = |(method, at): (&&'static str, u64)| {
            let (method, seed) = (*method, seed.wrapping_add(at));
            (method, scope.spawn(move || test(method, seed)))
        };
        let running: Vec<_> = methods.iter().zip(0..).map(start).collect();
        let failed = running
            .into_iter()
            .filter_map(|(method, thread)| thread.join().is_err().then_some(method));
        failed.collect()
    });
    for method in methods {
        let result = if failed.contains(method) {
            "FAILED"
        } else {
            "ok"
        };
        println!("test {name}_{method} ... {result}");
    }
    ExitCode::from(u8::from(!failed.is_empty()))
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn rand_seed() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64 % 1_000_000_000
}

/// Kills its half of the processes.
fn rage(method: &'static str, seed: u64) {
    let begin = Instant::now();
    let kills = number("PROCSCRIPT_STORM_KILLS").unwrap_or(KILLS) / METHODS.len() as u64;
    let mut storm = Storm::new(seed, STORM);
    let mut sum = Total::default();
    // A quarter of the kills are those of families that end with their main process.
    let beheaded = kills / 4 / LAST_ROUND;
    for _ in 0..beheaded {
        let family = Family::start(method, method);
        storm.play_to_the_end_of(family, LAST_ROUND);
        sum.kills += LAST_ROUND;
    }
    let mut family = Family::start(method, method);
    Storm::calm(&mut family);
    while sum.kills < kills {
        let round = ROUND.min(kills - sum.kills);
        let total = storm.play(&mut family, |killed| killed >= round);
        sum.kills += total.kills;
        sum.lines += total.lines;
        sum.items += total.items;
        sum.lost += total.lost;
    }
    let (recoveries, heals) = family.view().repairs();
    family.end();
    let Total {
        kills,
        lines,
        items,
        lost,
    } = sum;
    let (stops, seconds) = (storm.stops, begin.elapsed().as_secs_f64());
    println!(
        "{method}: {kills} kills, {stops} stops, main killed {beheaded} times, {lines} steps, {items} items, \
         {lost} of them lost in the hands of the killed; {recoveries} critical sections taken over, {heals} wake-ups \
         made up for; {seconds:.0} s"
    );
}
