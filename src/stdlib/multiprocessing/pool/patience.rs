//! A wait without a time-out for what the workers of a pool do, as the session knows it: from when on nothing has happened.
//!
//! Whoever waits looks every few milliseconds, and each look is a wait of its own. They are noted as one, because it may be that no worker can ever
//! go on: `sync/hopeless/` finds that out. Whatever happens meanwhile ends the note: the waiting thread does something then.

use crate::sync::{Deadline, Queue, Session, Wait, WaitNote, beat_since, wait_kind};
use crate::sys::clock::now_ns;

/// The note of a wait, while nothing happens.
pub(super) struct Patience<'s> {
    session: &'s Session,
    note: Option<WaitNote<'s>>,
}

impl<'s> Patience<'s> {
    pub(super) fn new(session: &'s Session) -> Self {
        Self {
            session,
            note: None,
        }
    }

    /// The thread waits for a message in this queue, unless it does already.
    pub(super) fn begin(&mut self, outcomes: &Queue) {
        if self.note.is_some() {
            return;
        }
        let wait = Wait {
            kind: wait_kind::RESULT,
            object: outcomes.handle().offset(),
            since_ns: now_ns(),
            deadline: Deadline::NEVER,
        };
        // A thread for which the session has no slot waits unnoted.
        let thread = self.session.thread().ok();
        self.note = thread.map(|thread| thread.note_wait(wait));
    }

    /// Something has happened.
    pub(super) fn end(&mut self) {
        self.note = None;
    }

    /// Returns whether the wait, which was found unmet not before `looked_ns`, is hopeless.
    pub(super) fn is_in_vain(&self, looked_ns: u64) -> bool {
        self.note.is_some() && beat_since(self.session, looked_ns)
    }
}
