//! The event: a flag to wait for.
//!
//! One word holds the flag and how often it was set, so that a waiter that was asleep while it was set and cleared again knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::event_word::EventWord;
use super::failure::WaitError;
use super::kind;
use super::wait::{wait_kind, wait_until};
use crate::shm::{
    Handle, ObjectHeader, Offset, Segment, Session, ShmError, Thread, peek, shared_struct, step,
};
use crate::sys::clock::Deadline;

/// The flag; the rest of the word counts how often it was set.
const SET: u64 = 1;
const ONE_MORE: u64 = 2;

shared_struct! {
    struct EventObject {
        header: ObjectHeader,
        state: AtomicU64,
        changed: EventWord,
    }
}

/// Returns whether the event at an offset is set.
pub(super) fn is_set_at(segment: &Segment, event: Offset) -> Option<bool> {
    let object: &EventObject = segment.get(event)?;
    Some(object.state.load(Ordering::Acquire) & SET != 0)
}

/// An event between processes. Clones are the same event.
#[derive(Clone, Debug)]
pub(crate) struct Event(Arc<Handle>);

impl Event {
    /// Creates a new event, not set.
    pub(crate) fn create(session: &Session) -> Result<Event, ShmError> {
        let handle = Handle::create(session, kind::EVENT, size_of::<EventObject>() as u64)?;
        Ok(Event(Arc::new(handle)))
    }

    /// Returns the event at an offset received from another process. Any other offset is an error.
    pub(crate) fn open(session: &Session, offset: Offset) -> Result<Event, ShmError> {
        let handle = Handle::open(session, offset, kind::EVENT)?;
        Ok(Event(Arc::new(handle)))
    }

    /// This process's hold on the event's existence.
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    fn object(&self) -> &EventObject {
        self.0.session().segment().at(self.0.offset())
    }

    /// Returns whether the flag is set.
    pub(crate) fn is_set(&self) -> bool {
        self.object().state.load(Ordering::Acquire) & SET != 0
    }

    /// Changes whenever the flag is set.
    pub(super) fn changed(&self) -> &EventWord {
        &self.object().changed
    }

    /// Sets the flag and wakes everybody who waits for it.
    pub(crate) fn set(&self) -> Result<(), ShmError> {
        let thread = self.0.session().thread()?;
        let object = self.object();
        if !self.is_set() {
            thread.trace_signal(self.0.offset(), u64::MAX);
        }
        // Noted, so that the sweep after a death in between wakes the waiters.
        thread.set_holding(self.0.offset().0);
        let counted = |state| (state & SET == 0).then(|| (state + ONE_MORE) | SET);
        let set = object
            .state
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, counted);
        step();
        if set.is_ok() {
            object.changed.notify(u32::MAX);
        }
        thread.set_holding(0);
        Ok(())
    }

    /// Clears the flag. Those who were waiting when it was set still wake.
    pub(crate) fn clear(&self) {
        self.object().state.fetch_and(!SET, Ordering::AcqRel);
        step();
    }

    /// Waits until the flag is set, or has been set since the wait began.
    pub(crate) fn wait(&self, deadline: Deadline) -> Result<(), WaitError> {
        let session = self.0.session();
        let thread = session.thread()?;
        let object = self.object();
        let begun = object.state.load(Ordering::Acquire);
        let ready = || {
            let state = object.state.load(Ordering::Acquire);
            state & SET != 0 || state != begun
        };
        let what = (wait_kind::EVENT, self.0.offset());
        wait_until(session, thread, what, &object.changed, deadline, ready)
    }
}

/// Wakes those that may wait for a flag that a dead thread has set.
pub(super) fn settle(session: &Session, _: Thread<'_>, event: Offset) {
    let object: &EventObject = session.segment().at(event);
    if peek(&object.state) != 0 {
        object.changed.notify(u32::MAX);
    }
}
