//! Waiting for something that happens inside this process: the end of a thread, an item of a queue between threads.

use super::event_word::EventWord;
use super::failure::WaitError;
use super::wait::wait_until;
use crate::shm::{Offset, Session};
use crate::sys::clock::Deadline;

/// Threads of this process wait here until others say that something has changed.
#[derive(Debug, Default)]
pub(crate) struct Notice(EventWord);

impl Notice {
    /// Something has changed: up to `count` waiters look again.
    #[inline]
    pub(crate) fn notify(&self, count: u32) {
        self.0.notify(count);
    }

    /// Waits until `ready`, which changes only before a [`Notice::notify`]. The session is where the wait, for `what`, is
    /// written down.
    pub(crate) fn wait_until(
        &self,
        session: &Session,
        what: (u16, Offset),
        deadline: Deadline,
        ready: impl Fn() -> bool,
    ) -> Result<(), WaitError> {
        let thread = session.thread()?;
        wait_until(session, thread, what, &self.0, deadline, ready)
    }
}
