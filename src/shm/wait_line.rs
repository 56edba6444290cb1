//! Threads that wait in line, first come first called, linked through their slots.
//!
//! A thread waits in one line at a time, so its slot has space for the link, for the word passed to it when it is
//! called, and for the word it sleeps on. Taking a thread off its line and passing that word is one transaction; the
//! word it sleeps on is stored afterwards, under the same hold of the latch. So if a caller is killed, a thread is
//! either in line or called, and one that has been called but not woken finds out under the latch. Each thread sleeps
//! on a separate word, so none is woken in vain. Its slot also says whose line it is in: the sweep settles that
//! object before the slot gets another owner.

use std::sync::atomic::{AtomicU64, Ordering};

use super::error::ShmError;
use super::latch::Latched;
use super::offset::{Offset, peek, poke};
use super::segment::{Segment, futex_half};
use super::shared::shared_struct;
use super::step::step;
use super::thread_slot::{Thread, ThreadSlot};
use crate::sys::clock::Deadline;
use crate::sys::futex::{self, Wakeup};

// States of the word a thread sleeps on.
const AWAKE: u64 = 0;
const ASLEEP: u64 = 1;
const CALLED: u64 = 2;

shared_struct! {
    /// A line of waiting threads, by their [`Thread::id`]. All zeros is an empty line. Changed only under the latch of its object.
    pub(crate) struct WaitLine {
        first: AtomicU64,
        last: AtomicU64,
    }
}

/// Threads that have been called and sleep, to be woken when the latch is free again.
#[derive(Debug, Default)]
pub(crate) struct Sleepers(Vec<u64>);

impl Sleepers {
    /// Wakes them. Where a slot has another owner by now, that owner wakes once for nothing.
    pub(crate) fn wake(self, segment: &Segment) {
        self.0.iter().for_each(|id| segment.wake_called(*id));
    }

    /// Returns the sleeper if there is exactly one.
    pub(crate) fn only_one(&self) -> Option<u64> {
        <[u64; 1]>::try_from(&*self.0).ok().map(|[one]| one)
    }
}

impl Segment {
    /// Wakes a thread that has been called and may sleep, by its id; 0 is nobody's.
    pub(crate) fn wake_called(&self, id: u64) {
        if let Some(slot) = slot_of(self, id) {
            futex::wake(futex_half(&slot.called), u32::MAX);
        }
    }
}

fn slot_of(segment: &Segment, id: u64) -> Option<&ThreadSlot> {
    segment.row_of(id).map(|row| segment.thread_slot(row))
}

/// Returns the slot of a thread that waits in a line.
fn slot_of_member(segment: &Segment, id: u64) -> Option<&ThreadSlot> {
    debug_assert!(
        id == 0 || segment.process_of_thread(id).is_some(),
        "a slot has been used again while its thread stood in line"
    );
    slot_of(segment, id)
}

impl WaitLine {
    /// Inside a transaction: the calling thread joins the line, which belongs to `object`, at its end.
    pub(crate) fn join(&self, latched: &Latched<'_>, thread: Thread<'_>, object: Offset) {
        let slot = thread.slot;
        poke(&slot.line, object.0);
        step();
        // These words mean nothing while the thread is not in a line: they need no undoing.
        poke(&slot.next_in_line, 0);
        poke(&slot.call, 0);
        slot.called.store(AWAKE, Ordering::Relaxed);
        step();
        let link = match slot_of_member(thread.segment, peek(&self.last)) {
            Some(last) => &last.next_in_line,
            None => &self.first,
        };
        latched.set(link, thread.id);
        latched.set(&self.last, thread.id);
    }

    /// Inside a transaction: the whole line moves to another, which is empty.
    pub(crate) fn move_to(&self, latched: &Latched<'_>, other: &WaitLine) {
        latched.set(&other.first, peek(&self.first));
        latched.set(&other.last, peek(&self.last));
        latched.set(&self.first, 0);
        latched.set(&self.last, 0);
    }

    /// Returns whether nobody waits in the line (tests).
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        peek(&self.first) == 0
    }

    /// Everybody in the line, dead or alive. Under the latch.
    pub(crate) fn members<'s>(&'s self, segment: &'s Segment) -> impl Iterator<Item = u64> + 's {
        let start = Some(peek(&self.first)).filter(|id| *id != 0);
        std::iter::successors(start, |id| {
            let next = peek(&slot_of_member(segment, *id)?.next_in_line);
            (next != 0).then_some(next)
        })
    }

    /// Returns a transaction: takes the calling thread, or a dead one, out of the line; `false` when it is not there.
    pub(crate) fn leave(&self, latched: &Latched<'_>, segment: &Segment, id: u64) -> bool {
        let mut before = None;
        for member in self.members(segment) {
            if member == id {
                self.unlink(latched, segment, before, id);
                latched.commit();
                return true;
            }
            before = Some(member);
        }
        false
    }

    /// Returns whether its end is where its links lead (tests).
    #[cfg(test)]
    pub(crate) fn is_whole(&self, segment: &Segment) -> bool {
        self.members(segment).last().unwrap_or(0) == peek(&self.last)
    }

    fn unlink(&self, latched: &Latched<'_>, segment: &Segment, before: Option<u64>, id: u64) {
        let next = slot_of_member(segment, id).map_or(0, |slot| peek(&slot.next_in_line));
        let link = before.and_then(|before| slot_of_member(segment, before));
        latched.set(link.map_or(&self.first, |slot| &slot.next_in_line), next);
        if next == 0 {
            latched.set(&self.last, before.unwrap_or(0));
        }
    }

    /// Transactions: takes the dead out of the line, from its beginning to the first living thread.
    fn drop_dead(&self, latched: &Latched<'_>, segment: &Segment) {
        loop {
            let first = peek(&self.first);
            if first == 0 || !segment.thread_is_dead(first) {
                return;
            }
            self.unlink(latched, segment, None, first);
            latched.commit();
        }
    }

    /// Transactions: takes every dead thread out of the line, and returns their ids.
    pub(crate) fn remove_dead(&self, latched: &Latched<'_>, segment: &Segment) -> Vec<u64> {
        let is_dead = |id: &u64| segment.thread_is_dead(*id);
        let dead: Vec<u64> = self.members(segment).filter(is_dead).collect();
        for id in &dead {
            self.leave(latched, segment, *id);
        }
        dead
    }

    /// Transactions: takes the first living thread out of the line and answers it with `call`, which is not 0; `false` when the
    /// line is empty.
    pub(crate) fn call_first(
        &self,
        latched: &Latched<'_>,
        segment: &Segment,
        call: u64,
        sleepers: &mut Sleepers,
    ) -> bool {
        self.drop_dead(latched, segment);
        let first = peek(&self.first);
        let Some(slot) = slot_of_member(segment, first) else {
            return false;
        };
        self.unlink(latched, segment, None, first);
        latched.set(&slot.call, call);
        latched.commit();
        // After the commit, so that whoever sees the word may believe the call; and before the latch is free, so that it cannot come
        // so late that it is taken for another.
        if slot.called.swap(CALLED, Ordering::SeqCst) == ASLEEP {
            sleepers.0.push(first);
        }
        step();
        true
    }
}

impl Thread<'_> {
    /// Returns the word passed to this thread, once it has been called from the line it waited in.
    #[inline(always)]
    pub(crate) fn call(self) -> Option<u64> {
        let called = self.slot.called.load(Ordering::Acquire) == CALLED;
        called.then(|| peek(&self.slot.call))
    }

    /// As [`Thread::call`], under the latch of the line's object: whoever called may have died before it said so.
    pub(crate) fn call_under(self, _latched: &Latched<'_>) -> Option<u64> {
        Some(peek(&self.slot.call)).filter(|call| *call != 0)
    }

    /// Checks that this thread may join a line, because it can wait in only one at a time.
    pub(crate) fn may_join_a_line(self) -> Result<(), ShmError> {
        if peek(&self.slot.line) == 0 {
            Ok(())
        } else {
            Err(ShmError::AlreadyInLine)
        }
    }

    /// Notes that this thread is not in a line any more.
    pub(crate) fn is_out_of_line(self) {
        poke(&self.slot.line, 0);
        step();
    }

    /// Sleeps in line unless called, at the longest until `deadline`.
    pub(crate) fn sleep_in_line(self, deadline: Deadline) -> Wakeup {
        let word = &self.slot.called;
        let asleep = word.compare_exchange(AWAKE, ASLEEP, Ordering::SeqCst, Ordering::Relaxed);
        if asleep.is_err_and(|found| found != ASLEEP) {
            return Wakeup::Changed;
        }
        futex::wait(futex_half(word), ASLEEP as u32, deadline)
    }
}
