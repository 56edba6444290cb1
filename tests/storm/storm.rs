//! The storm: kills, suspends and resumes members of a family at random moments.

use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rustix::process::Signal;

use crate::family::{Family, PATIENCE};
use crate::ledger::Total;

/// How hard it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Force {
    /// Milliseconds from one strike to the next, at most.
    pub(crate) pause_ms: u64,
    /// Lines that the family prints between two strikes, at least: on a busy machine the storm is slower, not harder.
    pub(crate) lines: u64,
}

/// The storm of a test: the members get some twenty milliseconds between two strikes.
pub(crate) const STORM: Force = Force {
    pause_ms: 36,
    lines: 100,
};

/// The weather of a soak: a strike a second.
pub(crate) const SOAK: Force = Force {
    pause_ms: 2000,
    lines: 100,
};

/// Out of how many strikes one hits several at once.
const SQUALL: u64 = 10;
/// How long a process is suspended, at most.
const STOPPED_MS: u64 = 150;
/// How many are suspended at a time.
const STOPPED: usize = 3;

pub(crate) struct Storm {
    random: SmallRng,
    force: Force,
    stopped: Vec<(Instant, i32)>,
    pub(crate) stops: u64,
}

impl Storm {
    pub(crate) fn new(seed: u64, force: Force) -> Self {
        Self {
            random: SmallRng::seed_from_u64(seed),
            force,
            stopped: Vec::new(),
            stops: 0,
        }
    }

    /// Plays a round without a storm, which shows what a family at rest holds.
    pub(crate) fn calm(family: &mut Family) {
        family.begin_round();
        family.wait_for_every_step();
        family.end_round();
    }

    /// Plays a round until `is_over`, which gets the number of kills.
    pub(crate) fn play(&mut self, family: &mut Family, is_over: impl Fn(u64) -> bool) -> Total {
        family.begin_round();
        self.rage(family, is_over);
        family.end_round()
    }

    /// Plays a round that ends with the death of main after some kills.
    pub(crate) fn play_to_the_end_of(&mut self, mut family: Family, kills: u64) {
        family.begin_round();
        self.rage(&mut family, |killed| killed >= kills);
        family.behead();
    }

    fn rage(&mut self, family: &mut Family, is_over: impl Fn(u64) -> bool) {
        let mut kills = 0;
        while !is_over(kills) {
            self.wait(family);
            if self.random.random_range(0..10_u64) < 3 {
                self.stop_one(family);
                continue;
            }
            let count = match self.random.random_range(0..SQUALL) {
                0 => self.random.random_range(2..6),
                _ => 1,
            };
            for _ in 0..count {
                kills += u64::from(self.kill_one(family));
            }
        }
        let stopped = std::mem::take(&mut self.stopped);
        for (_, pid) in stopped {
            family.signal(pid, Signal::CONT);
        }
    }

    /// Listens until the next strike, and continues those whose time has come.
    fn wait(&mut self, family: &mut Family) {
        let pause = self.random.random_range(0..self.force.pause_ms * 1000);
        let strike = Instant::now() + Duration::from_micros(pause);
        let enough = family.ledger.lines() + self.force.lines;
        loop {
            let now = Instant::now();
            let next = self.stopped.iter().map(|(until, _)| *until).min();
            let tick = now + Duration::from_millis(5);
            let is_time = now >= strike && family.ledger.lines() >= enough;
            if is_time && next.is_none_or(|next| next > now) {
                return;
            }
            let until = if now < strike { strike } else { tick };
            if !family.listen(next.map_or(until, |next| until.min(next.max(now)))) {
                family.fail("main has ended");
            }
            let due: Vec<_> = self
                .stopped
                .extract_if(.., |(until, _)| *until <= Instant::now())
                .collect();
            for (_, pid) in due {
                family.signal(pid, Signal::CONT);
            }
            if let Some(step) = family.ledger.missing_step(PATIENCE) {
                family.fail(&format!("nobody gets `{step}` done any more"));
            }
        }
    }

    fn kill_one(&mut self, family: &mut Family) -> bool {
        let victims = family.members();
        if victims.is_empty() {
            return false;
        }
        let victim = victims[self.random.random_range(0..victims.len())];
        let is_first = !family.ledger.has_killed(victim);
        family.signal(victim, Signal::KILL) && is_first
    }

    fn stop_one(&mut self, family: &mut Family) {
        let time = self.random.random_range(0..STOPPED_MS * 1000);
        // Main too may be suspended, but not killed.
        let mut choice = family.members();
        choice.push(family.main());
        let victim = choice[self.random.random_range(0..choice.len())];
        if self.stopped.len() < STOPPED && family.signal(victim, Signal::STOP) {
            let until = Instant::now() + Duration::from_micros(time);
            self.stopped.push((until, victim));
            self.stops += 1;
        }
    }
}
