//! The lock of an inner critical section, taken over from its owner when that is killed.
//!
//! A latch is held for tens of nanoseconds, never while anything is waited for. Its word names the owner's thread slot, and the slot's
//! life word shows in one load whether the owner is dead, also for zombies and reused process ids. Nothing is linked through the
//! latch, so the kernel's robust list carries one entry per thread for its whole life. See `futex(2)` and, for what robust
//! mutexes cannot do, "A futex overview and update" in the kernel's documentation of robust futexes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::journal::Journal;
use super::offset::{peek, poke};
use super::segment::{Segment, futex_half};
use super::shared::shared_struct;
use super::step::step;
use super::thread_slot::Thread;
use crate::sys::clock::{Deadline, now_ns};
use crate::sys::futex::{self, Wakeup};
use crate::sys::interrupt;

/// Looks at the word before sleeping, about a microsecond.
const SPINS: u32 = 60;

/// Somebody sleeps on the word.
const WAITERS: u64 = 1 << 31;

shared_struct! {
    /// A latch with the journal of its critical section. All zeros is a free latch.
    pub(crate) struct Latch {
        /// Owner's [`Thread::id`] and [`WAITERS`], 0 when free.
        word: AtomicU64,
        journal: Journal,
    }
}

/// How long an acquisition may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience<'a> {
    pub(crate) deadline: Deadline,
    /// The minimum wait, whatever the deadline: a living owner releases within nanoseconds, unless the scheduler took it off its CPU.
    pub(crate) grace_ns: u64,
    /// The session's stop flag, for waits that Ctrl-C may end.
    pub(crate) stop: Option<&'a AtomicBool>,
}

impl Patience<'_> {
    /// As long as it takes, whatever happens.
    pub(crate) const ENDLESS: Patience<'static> = Patience {
        deadline: Deadline::NEVER,
        grace_ns: 0,
        stop: None,
    };

    fn interrupted(&self) -> bool {
        self.stop
            .is_some_and(|stop| stop.load(Ordering::Relaxed) || interrupt::pending())
    }
}

/// Why a latch was not acquired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    TimedOut,
    Interrupted,
}

/// How the previous owner left the critical section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Predecessor {
    /// In order.
    Left,
    /// Inside the critical section: inner latches must be settled and the journal rolled back before anything is read.
    Died,
}

/// A latch that is held; releasing it undoes what was not committed.
#[derive(Debug)]
pub(crate) struct Latched<'s> {
    segment: &'s Segment,
    latch: &'s Latch,
}

impl Latch {
    #[inline(always)]
    pub(crate) fn acquire<'s>(
        &'s self,
        thread: Thread<'s>,
        patience: Patience<'_>,
    ) -> Result<(Latched<'s>, Predecessor), Refused> {
        let free = self
            .word
            .compare_exchange(0, thread.id, Ordering::Acquire, Ordering::Relaxed);
        let predecessor = if free.is_ok() {
            Predecessor::Left
        } else {
            self.contend(thread, patience)?
        };
        step();
        Ok((
            Latched {
                segment: thread.segment,
                latch: self,
            },
            predecessor,
        ))
    }

    #[cold]
    fn contend(&self, thread: Thread<'_>, patience: Patience<'_>) -> Result<Predecessor, Refused> {
        // Whoever has slept cannot know whether others still do.
        let mut waiters = 0;
        let deadline = match patience.grace_ns {
            0 => patience.deadline,
            grace => patience.deadline.max(Deadline::at_ns(now_ns() + grace)),
        };
        loop {
            let Some(word) = self.spin(thread, waiters) else {
                return Ok(Predecessor::Left);
            };
            if thread.segment.thread_is_dead(word & !WAITERS) {
                let mine = thread.id | (word & WAITERS) | waiters;
                if self.exchange(word, mine) {
                    return Ok(Predecessor::Died);
                }
                continue;
            }
            if patience.interrupted() {
                return Err(Refused::Interrupted);
            }
            let now = now_ns();
            if deadline.passed(now) {
                return Err(Refused::TimedOut);
            }
            if word & WAITERS == 0 && !self.exchange(word, word | WAITERS) {
                continue;
            }
            let expected = (word | WAITERS) as u32;
            let until = deadline.or_heartbeat(now);
            let wakeup = futex::wait(futex_half(&self.word), expected, until);
            if wakeup == Wakeup::TimedOut && peek(&self.word) == 0 {
                thread.count_heal();
            }
            waiters = WAITERS;
        }
    }

    /// Looks a few times; `None` when acquired, otherwise the word as it stands.
    fn spin(&self, thread: Thread<'_>, waiters: u64) -> Option<u64> {
        let mut looks = 0;
        loop {
            let word = peek(&self.word);
            if word == 0 {
                if self.exchange(0, thread.id | waiters) {
                    return None;
                }
            } else if looks >= SPINS || !thread.spins {
                return Some(word);
            }
            looks += 1;
            std::hint::spin_loop();
        }
    }

    fn exchange(&self, from: u64, to: u64) -> bool {
        self.word
            .compare_exchange(from, to, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    #[inline(always)]
    fn release(&self) {
        let word = self.word.swap(0, Ordering::Release);
        step();
        if word & WAITERS != 0 {
            futex::wake(futex_half(&self.word), 1);
        }
    }

    /// Returns whether nobody holds it (tests).
    #[cfg(test)]
    pub(crate) fn is_free(&self) -> bool {
        peek(&self.word) == 0
    }

    /// Returns whether nothing would have to be undone (tests, with nobody at work).
    #[cfg(test)]
    pub(crate) fn is_at_rest(&self) -> bool {
        !self.journal.is_open()
    }
}

impl Latched<'_> {
    /// Stores `value` in `word`, undone unless committed.
    #[inline(always)]
    pub(crate) fn set(&self, word: &AtomicU64, value: u64) {
        self.latch.journal.set(self.segment, word, value);
    }

    /// Makes what was stored final.
    #[inline(always)]
    pub(crate) fn commit(&self) {
        self.latch.journal.commit();
    }

    /// Undoes what was not committed, by ourselves or by a dead predecessor.
    pub(crate) fn roll_back(&self) {
        self.latch.journal.roll_back(self.segment);
    }

    /// Finishes a dead predecessor's section: undoes it, and counts that.
    pub(crate) fn recover(&self) {
        let undone = self.latch.journal.roll_back(self.segment);
        let header = self.segment.header();
        header.recoveries.fetch_add(1, Ordering::Relaxed);
        header.undone.fetch_add(undone, Ordering::Relaxed);
    }

    /// Returns whether stores wait for a commit.
    pub(crate) fn is_open(&self) -> bool {
        self.latch.journal.is_open()
    }
}

impl Drop for Latched<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.is_open() {
            self.roll_back();
        }
        self.latch.release();
    }
}

impl Thread<'_> {
    #[cold]
    pub(crate) fn count_heal(&self) {
        self.segment.header().heals.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes which object's latches this thread may hold from now on, for the sweep.
    #[inline(always)]
    pub(crate) fn set_holding(&self, object: u64) {
        poke(&self.slot.holding, object);
        step();
    }
}
