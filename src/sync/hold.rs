//! Holding an object's latch for a moment, with the object noted in the thread's slot for the sweep.

use std::ops::Deref;

use crate::shm::{Latch, Latched, Offset, Patience, Predecessor, Refused, Session, Thread};
use crate::sys::clock::Deadline;

/// A living owner releases a latch within nanoseconds, unless the scheduler took it off its processor.
const GRACE_NS: u64 = 100_000_000;

/// Returns how long an operation with this deadline waits for a latch.
pub(super) fn patience(session: &Session, deadline: Deadline) -> Patience<'_> {
    Patience {
        deadline,
        grace_ns: GRACE_NS,
        stop: Some(session.stop_flag()),
    }
}

/// A latch held, and noted as held.
#[derive(Debug)]
pub(super) struct Held<'s> {
    // In this order: the latch is free before the note is struck out.
    latched: Latched<'s>,
    _note: Note<'s>,
}

#[derive(Debug)]
struct Note<'s>(Thread<'s>);

impl Drop for Note<'_> {
    fn drop(&mut self) {
        self.0.set_holding(0);
    }
}

impl<'s> Deref for Held<'s> {
    type Target = Latched<'s>;

    fn deref(&self) -> &Latched<'s> {
        &self.latched
    }
}

/// Holds the latch of an object whose critical sections touch nothing but its own words and those of threads in its lines; what a
/// dead predecessor left half done is undone.
pub(super) fn hold_with<'s>(
    (latch, object): (&'s Latch, Offset),
    thread: Thread<'s>,
    patience: Patience<'_>,
) -> Result<Held<'s>, Refused> {
    thread.set_holding(object.0);
    let note = Note(thread);
    let (latched, predecessor) = latch.acquire(thread, patience)?;
    if predecessor == Predecessor::Died {
        latched.recover();
    }
    Ok(Held {
        latched,
        _note: note,
    })
}

/// As [`hold_with`], however long it takes.
pub(super) fn hold<'s>(latch: (&'s Latch, Offset), thread: Thread<'s>) -> Held<'s> {
    hold_with(latch, thread, Patience::ENDLESS).expect("an endless acquisition is never refused")
}
