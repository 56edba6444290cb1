//! A word to sleep on until something changes: who waits is not counted, so a waiter that is killed leaves nothing behind.
//!
//! Bit 0 says "somebody may sleep"; the rest is a sequence number. A waiter sets the bit, looks again at what it waits for, and
//! sleeps on the value it saw. Whoever changes something publishes that first and then notifies: if the bit is set, the number moves
//! on, which ends the sleep of anybody who has just decided to.

use std::sync::atomic::{AtomicU32, Ordering, fence};

use crate::shm::shared_struct;
use crate::sys::clock::Deadline;
use crate::sys::futex::{self, Wakeup};

const SOMEBODY: u32 = 1;
const NEXT: u32 = 2;

shared_struct! {
    /// A word to sleep on. All zeros is valid.
    pub(crate) struct EventWord {
        word: AtomicU32,
        _rest: AtomicU32,
    }
}

impl Default for EventWord {
    fn default() -> EventWord {
        EventWord {
            word: AtomicU32::new(0),
            _rest: AtomicU32::new(0),
        }
    }
}

impl EventWord {
    /// Announces a sleep. What is waited for must be looked at again after this, before [`EventWord::sleep`].
    pub(crate) fn prepare(&self) -> u32 {
        self.word.fetch_or(SOMEBODY, Ordering::SeqCst) | SOMEBODY
    }

    /// Sleeps unless notified since `prepared`.
    pub(crate) fn sleep(&self, prepared: u32, deadline: Deadline) -> Wakeup {
        futex::wait(&self.word, prepared, deadline)
    }

    /// Returns the word itself, to sleep on together with others.
    pub(super) fn futex(&self) -> &AtomicU32 {
        &self.word
    }

    /// Wakes up to `count` sleepers; what they wait for has been published.
    #[inline(always)]
    pub(crate) fn notify(&self, count: u32) {
        fence(Ordering::SeqCst);
        if self.word.load(Ordering::Relaxed) & SOMEBODY != 0 {
            self.wake(count);
        }
    }

    #[cold]
    fn wake(&self, count: u32) {
        let value = self
            .word
            .fetch_add(NEXT, Ordering::SeqCst)
            .wrapping_add(NEXT);
        if futex::wake(&self.word, count) > 0 {
            return;
        }
        // Nobody there, or only somebody who was killed: spare the next notifier the call. A waiter that fell asleep on `value` in
        // between is woken after all.
        let quiet = value & !SOMEBODY;
        if self
            .word
            .compare_exchange(value, quiet, Ordering::SeqCst, Ordering::Relaxed)
            .is_ok()
        {
            futex::wake(&self.word, u32::MAX);
        }
    }
}
