//! Destroying objects that nothing refers to any more.
//!
//! Such objects are on one list. A thread destroys objects after it has dropped a last reference, and when it needs memory. Each thread takes
//! one object at a time, so a slow or suspended thread holds back only one. An object that a dead thread was destroying
//! goes back to the list: what [`KindOperations::destroy`](super::KindOperations::destroy) does can be done again.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::error::ShmError;
use super::offset::{Offset, peek};
use super::session::Session;
use super::thread_slot::{Thread, ThreadSlot};
use crate::sys::clock::{Deadline, now_ns};

/// How long a thread that has something else to do goes on destroying what is listed.
const PATIENCE: Duration = Duration::from_millis(50);

/// Objects destroyed between two looks at the clock.
const ROUND: usize = 16;

/// How long to sleep while others destroy what they have taken.
const PAUSE: Duration = Duration::from_millis(1);

/// The effort of one operation to find memory.
#[derive(Debug, Default)]
pub(crate) struct Search(Option<Deadline>);

impl Session {
    /// Destroys the objects that nothing refers to any more, as many as there is time for. No latch is held.
    #[inline]
    pub(crate) fn destroy_unreferenced(&self, thread: Thread<'_>) {
        if peek(&self.segment().header().unreferenced) != 0 {
            self.destroy_listed(thread);
        }
    }

    fn destroy_listed(&self, thread: Thread<'_>) {
        let slot = thread.slot;
        if peek(&slot.destroying) != 0 {
            // Within the destruction of another object, after which this goes on.
            return;
        }
        let mut end = None;
        while thread.take_unreferenced() {
            self.destroy_taken(thread);
            for _ in 1..ROUND {
                if !thread.take_unreferenced() {
                    return;
                }
                self.destroy_taken(thread);
            }
            if end
                .get_or_insert_with(|| Deadline::after(PATIENCE))
                .passed(now_ns())
            {
                return;
            }
        }
    }

    fn destroy_taken(&self, thread: Thread<'_>) {
        let object = Offset(peek(&thread.slot.destroying));
        if let Some(known) = self
            .segment()
            .kind_of_listed(object)
            .and_then(|kind| self.operations(kind))
        {
            (known.destroy)(self, thread, object);
        }
        thread.free_from(&thread.slot.destroying);
    }

    /// Calls `take`, which takes memory; where there is none, helps to get some and calls it again. No latch is held.
    pub(crate) fn with_memory<R>(
        &self,
        thread: Thread<'_>,
        take: impl Fn() -> Result<R, ShmError>,
    ) -> Result<R, ShmError> {
        let mut search = Search::default();
        loop {
            match take() {
                Err(ShmError::OutOfMemory { .. }) if self.find_memory(thread, &mut search) => {}
                done => return done,
            }
        }
    }

    /// Helps to get memory for an operation that found none: returns whether to try again. What others do is not waited for long: they
    /// may be suspended.
    #[cold]
    pub(crate) fn find_memory(&self, thread: Thread<'_>, search: &mut Search) -> bool {
        let is_first = search.0.is_none();
        let end = search.0.get_or_insert_with(|| Deadline::after(PATIENCE));
        if end.passed(now_ns()) || peek(&thread.slot.destroying) != 0 {
            return false;
        }
        let header = self.segment().header();
        let waited = peek(&header.unreferenced) != 0;
        self.sweep_the_dead(thread);
        if waited || is_first {
            return true;
        }
        let others_destroy = self.others_destroy(thread.slot);
        if others_destroy {
            std::thread::sleep(PAUSE);
        }
        others_destroy
    }

    fn others_destroy(&self, mine: &ThreadSlot) -> bool {
        let segment = self.segment();
        (0..segment.thread_rows())
            .map(|row| segment.thread_slot(row))
            .filter(|slot| !std::ptr::eq(*slot, mine))
            .any(|slot| slot.destroying.load(Ordering::Relaxed) != 0)
    }
}

impl Thread<'_> {
    /// Takes an unreferenced object off the list, to destroy it; `false` when there is none.
    fn take_unreferenced(self) -> bool {
        let arena = self.arena();
        let found = arena.take_unreferenced(self.slot);
        arena.commit();
        found
    }

    /// Lists again what a dead thread was destroying.
    pub(super) fn return_unreferenced(self, slot: &ThreadSlot) {
        let arena = self.arena();
        arena.return_unreferenced(slot);
        arena.commit();
    }
}
