//! A soak: one family under a light storm for a long time, whose memory, descriptors and latencies must not grow.
//!
//! Between rounds main is alone and at rest. Then what it holds open and in the session must be exactly what it was after the first
//! round. Resident memory and the memory of the session vary a little, so the median of the last third of the samples is compared with that
//! of the first third, after a warm-up. Times vary with what else the machine does: of each third, the least disturbed sample counts.

use std::fs;
use std::time::{Duration, Instant};

use crate::family::Family;
use crate::ledger::Total;
use crate::storm::{SOAK, Storm};

/// How long a round takes, at most.
const ROUND: Duration = Duration::from_secs(20);

/// The fewest rounds of a soak; those of a short one are shorter.
const ROUNDS: u32 = 12;

/// Samples at the beginning that are not compared: one out of this many.
const WARM_UP: usize = 5;

const MIB: f64 = (1 << 20) as f64;

/// A quantity that is measured at rest.
#[derive(Debug, Clone, Copy)]
struct Measure {
    name: &'static str,
    unit: &'static str,
    /// The divisor of a printed number.
    scale: f64,
    /// How much it may grow: by this factor and this much.
    factor: f64,
    slack: f64,
}

const MEASURES: [Measure; 6] = [
    measure("rss", "MiB", MIB, 1.05, MIB),
    // A session keeps up to 16 MiB of freed memory, so this is the most that was ever in use. What is in use is compared exactly.
    measure("session", "MiB", MIB, 1.0, 16.0 * MIB),
    measure("queue p50", "µs", 1e3, 3.0, 50e3),
    measure("queue p99", "µs", 1e3, 3.0, 500e3),
    measure("lock p50", "µs", 1e3, 3.0, 10e3),
    measure("lock p99", "µs", 1e3, 3.0, 100e3),
];

const fn measure(
    name: &'static str,
    unit: &'static str,
    scale: f64,
    factor: f64,
    slack: f64,
) -> Measure {
    Measure {
        name,
        unit,
        scale,
        factor,
        slack,
    }
}

/// The numbers of one rest, in the order of [`MEASURES`].
type Sample = [f64; MEASURES.len()];

/// Watches a family for some minutes.
pub(crate) fn soak(method: &'static str, seed: u64, minutes: u64) {
    let begin = Instant::now();
    let end = begin + Duration::from_secs(60 * minutes);
    let round = ROUND.min(Duration::from_secs(60 * minutes) / ROUNDS);
    let mut family = Family::start(method, method);
    let mut storm = Storm::new(seed, SOAK);
    Storm::calm(&mut family);
    let (mut sum, mut samples) = (Total::default(), Vec::new());
    while Instant::now() < end {
        let over = Instant::now() + round;
        let total = storm.play(&mut family, |_| Instant::now() >= over);
        sum.kills += total.kills;
        sum.items += total.items;
        let sample = take_sample(&mut family);
        print_sample(method, begin.elapsed(), &sample, &family, sum);
        samples.push(sample);
    }
    family.end();
    let grown = grown(&samples);
    assert!(grown.is_empty(), "{method}: {}", grown.join("; "));
    println!("{method}: nothing has grown in {} samples", samples.len());
}

fn take_sample(family: &mut Family) -> Sample {
    let latencies = family.latencies();
    let [queue, queue_slow, lock, lock_slow] = latencies.map(|ns| ns as f64);
    let rss = resident(family.main()) as f64;
    let session = family.view().committed() as f64;
    [rss, session, queue, queue_slow, lock, lock_slow]
}

fn print_sample(method: &str, time: Duration, sample: &Sample, family: &Family, sum: Total) {
    let numbers = MEASURES.iter().zip(sample).map(|(measure, number)| {
        format!(
            "{} {:.1} {}",
            measure.name,
            number / measure.scale,
            measure.unit
        )
    });
    let numbers: Vec<_> = numbers.collect();
    let held = family.baseline();
    let seconds = time.as_secs();
    println!(
        "{method} {:3}:{:02}  {}, {} descriptors, {} blocks of the session ({} bytes) in use; {} kills, {} items",
        seconds / 60,
        seconds % 60,
        numbers.join(", "),
        held.descriptors,
        held.blocks,
        held.bytes,
        sum.kills,
        sum.items,
    );
}

/// Describes the measures that have grown from the first third of the samples to the last.
fn grown(samples: &[Sample]) -> Vec<String> {
    let compared = &samples[samples.len() / WARM_UP..];
    let third = (compared.len() / 3).max(1);
    let (first, last) = (&compared[..third], &compared[compared.len() - third..]);
    let has_grown = |(at, measure): (usize, &Measure)| {
        let typical = |samples: &[Sample]| {
            let mut numbers: Vec<f64> = samples.iter().map(|sample| sample[at]).collect();
            numbers.sort_by(f64::total_cmp);
            let is_time = measure.unit == "µs";
            numbers[if is_time { 0 } else { numbers.len() / 2 }]
        };
        let (before, now) = (typical(first), typical(last));
        let text = || {
            let [before, now] = [before, now].map(|number| number / measure.scale);
            format!(
                "{} has grown from {before:.1} to {now:.1} {}",
                measure.name, measure.unit
            )
        };
        (now > before * measure.factor + measure.slack).then(text)
    };
    MEASURES.iter().enumerate().filter_map(has_grown).collect()
}

/// Resident memory of a process, in bytes.
fn resident(pid: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kib << 10
}
