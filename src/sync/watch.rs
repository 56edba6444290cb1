//! Sleeping until one of several things happens, on memory or on descriptors, the death of a process among them.
//!
//! An object learns that a process is gone when some process sweeps up after it. Where nobody else may come to do that, those who wait for
//! the object do: they sleep on the life words of the others too.

use std::os::fd::RawFd;

use super::event_word::EventWord;
use super::wait::Sleep;
use crate::shm::{LifeWord, Session, Thread};
use crate::sys::clock::{Deadline, now_ns};
use crate::sys::futex::{self, Expected, WORDS_MAX, Wakeup};
use crate::sys::readiness;

/// The first sleep is that long at most, and on the events alone: most waits are over by then.
const SHORT_NS: u64 = 8_000_000;

/// How often to look where the kernel cannot put a thread to sleep on several things.
const LOOK_NS: u64 = 2_000_000;

/// Sleeping on events and on the lives of the session's other processes.
pub(super) struct Watch<'a> {
    session: &'a Session,
    thread: Thread<'a>,
    events: &'a [&'a EventWord],
    descriptors: &'a [RawFd],
    prepared: Vec<u32>,
    slept: bool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(
        session: &'a Session,
        thread: Thread<'a>,
        events: &'a [&'a EventWord],
    ) -> Watch<'a> {
        Watch {
            session,
            thread,
            events,
            descriptors: &[],
            prepared: Vec::new(),
            slept: false,
        }
    }

    /// Wakes up for these descriptors too.
    pub(super) fn with_descriptors(self, descriptors: &'a [RawFd]) -> Watch<'a> {
        Watch {
            descriptors,
            ..self
        }
    }

    /// Wakes one more sleeper of each event: a wake-up that was meant for somebody who takes must not end with one who only looks.
    pub(super) fn pass_on(&self) {
        if self.slept {
            self.events.iter().for_each(|event| event.notify(1));
        }
    }

    fn short_sleep(&self, until: Deadline) -> Wakeup {
        let short = until.within(now_ns(), SHORT_NS);
        match self.sleep_on(&self.words(), short) {
            // Too short to say that somebody forgot to wake us.
            Wakeup::TimedOut if short < until => Wakeup::Changed,
            wakeup => wakeup,
        }
    }

    fn sleep_on(&self, words: &[Expected<'_>], until: Deadline) -> Wakeup {
        match readiness::sleep(words, self.descriptors, until) {
            Ok(Wakeup::Unsupported) | Err(_) => self.look_often(words, until),
            Ok(wakeup) => wakeup,
        }
    }

    /// Looks again and again, where the kernel cannot wait for all words together.
    fn look_often(&self, words: &[Expected<'_>], until: Deadline) -> Wakeup {
        let look = until.within(now_ns(), LOOK_NS);
        match words {
            [(word, expected), ..] => futex::wait(word, *expected, look),
            [] => readiness::sleep(&[], self.descriptors, look).unwrap_or(Wakeup::Changed),
        };
        Wakeup::Changed
    }

    fn words(&self) -> Vec<Expected<'a>> {
        let futexes = self.events.iter().map(|event| event.futex());
        futexes.zip(self.prepared.iter().copied()).collect()
    }
}

impl Sleep for Watch<'_> {
    fn prepare(&mut self) {
        self.prepared.clear();
        let prepared = self.events.iter().map(|event| event.prepare());
        self.prepared.extend(prepared);
    }

    fn sleep(&mut self, until: Deadline) -> Wakeup {
        if !std::mem::replace(&mut self.slept, true) {
            return self.short_sleep(until);
        }
        let mut words = self.words();
        // One slot is for the call that sleeps on descriptors too.
        let room = WORDS_MAX.saturating_sub(words.len() + 1);
        let lives = self.session.other_lives(room);
        let alive = lives.iter().filter_map(|life| watched(life));
        words.extend(alive);
        let wakeup = self.sleep_on(&words, until);
        if wakeup != Wakeup::TimedOut {
            self.session.sweep_the_dead(self.thread);
        }
        wakeup
    }
}

/// Returns the life word of a living thread, and the value to sleep on.
fn watched(life: &LifeWord) -> Option<Expected<'_>> {
    Some((life.futex(), life.prepare_wait()?))
}
