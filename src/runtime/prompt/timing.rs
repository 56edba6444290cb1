//! How long an input takes, by running it until that is known.

use std::time::{Duration, Instant};

use rhai::{AST, Dynamic};

use super::Interactive;
use super::enter::Outcome;
use crate::program::source::Source;
use crate::runtime::Runtime;
use crate::script::exceptions::Failure;

/// An input that takes this long is run once.
const LONG: Duration = Duration::from_millis(200);

/// The inputs are run for at least this long, and for at most the other.
const LEAST: Duration = Duration::from_millis(200);
const MOST: Duration = Duration::from_secs(2);

/// The most runs, of which each leaves a number.
const MOST_RUNS: usize = 50_000;

/// The runs of an empty input, whose time is not counted.
const EMPTY_RUNS: usize = 99;

/// How long an input took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// The median of the runs.
    pub median: Duration,
    /// The middle half of the runs took between these two.
    pub middle: (Duration, Duration),
    /// The number of runs.
    pub runs: usize,
}

impl Interactive {
    /// Runs an input as [`enter`](Self::enter) does, and measures how long that takes, without parsing. One that takes less than
    /// a fifth of a second is repeated until the median is known to about one per cent, for at most two seconds; the value
    /// is that of the first run.
    ///
    /// There is no timing if it fails or is stopped.
    ///
    /// # Example
    /// ```no_run
    /// let mut program = procscript::Runtime::builder().build().unwrap().interactive();
    /// let (_, timing) = program.time("range(1000).len()");
    /// let timing = timing.unwrap();
    /// assert!(timing.runs > 1 && timing.middle.0 <= timing.median);
    /// ```
    pub fn time(&mut self, text: &str) -> (Outcome, Option<Timing>) {
        let mut timing = None;
        let outcome = self.enter_by(text, |runtime, source, ast| {
            let (value, found) = repeat(runtime, source, ast)?;
            timing = Some(found);
            Ok(value)
        });
        (outcome, timing)
    }
}

/// Runs an input as often as needed. The value of the first run.
fn repeat(runtime: &mut Runtime, source: &Source, ast: &AST) -> Result<(Dynamic, Timing), Failure> {
    let (value, first) = run(runtime, source, ast)?;
    let mut times = vec![first];
    if first < LONG {
        let variables = runtime.state.scope.len();
        let mut empty = Vec::new();
        for _ in 0..EMPTY_RUNS {
            empty.push(run(runtime, source, &AST::empty())?.1);
        }
        let idle = Timing::of(&mut empty).median;
        // The first run also fills caches.
        times.clear();
        let (begin, mut checked) = (Instant::now(), 0);
        while begin.elapsed() < MOST && times.len() < MOST_RUNS {
            let (_, took) = run(runtime, source, ast)?;
            runtime.state.scope.rewind(variables);
            times.push(took.saturating_sub(idle));
            if begin.elapsed() >= LEAST && times.len() >= checked * 2 {
                checked = times.len();
                if Timing::of(&mut times).is_sure() {
                    break;
                }
            }
        }
    }
    Ok((value, Timing::of(&mut times)))
}

fn run(runtime: &mut Runtime, source: &Source, ast: &AST) -> Result<(Dynamic, Duration), Failure> {
    let begin = Instant::now();
    let value = runtime.run_piece(source, ast)?;
    Ok((value, begin.elapsed()))
}

impl Timing {
    /// `times` is not empty.
    fn of(times: &mut [Duration]) -> Self {
        times.sort_unstable();
        let at = |part: usize| times[(times.len() - 1) * part / 4];
        Self {
            median: at(2),
            middle: (at(1), at(3)),
            runs: times.len(),
        }
    }

    /// Whether more runs would hardly change the median. Its error is about that of a mean: the spread over the root of the number.
    fn is_sure(&self) -> bool {
        let spread = (self.middle.1 - self.middle.0).as_secs_f64();
        spread / (self.runs as f64).sqrt() <= self.median.as_secs_f64() / 100.0
    }
}
