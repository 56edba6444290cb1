//! Messages as tasks: counted until a consumer reports them done, as Python's `JoinableQueue` does.
//!
//! What is unfinished is the difference of two counters that only grow, so no journal is needed.

use std::sync::atomic::Ordering;

use super::Queue;
use crate::shm::step;
use crate::sync::failure::{TooManyDone, WaitError};
use crate::sync::wait::{wait_kind, wait_until};
use crate::sys::clock::Deadline;

impl Queue {
    /// Messages that were put and not yet reported done, as Python's `JoinableQueue` counts them (tests).
    #[cfg(test)]
    pub(crate) fn unfinished(&self) -> usize {
        self.object().unfinished() as usize
    }

    /// Reports one message done.
    pub(crate) fn task_done(&self) -> Result<(), TooManyDone> {
        let object = self.object();
        loop {
            let done = object.done.load(Ordering::Acquire);
            let put = object.put_published.load();
            if done >= put {
                return Err(TooManyDone);
            }
            let counted =
                object
                    .done
                    .compare_exchange(done, done + 1, Ordering::AcqRel, Ordering::Relaxed);
            if counted.is_err() {
                continue;
            }
            step();
            if done + 1 == object.put_published.load() {
                object.finished.notify(u32::MAX);
                step();
            }
            return Ok(());
        }
    }

    /// Waits until every message that was put has been reported done.
    pub(crate) fn join(&self, deadline: Deadline) -> Result<(), WaitError> {
        let thread = self.session().thread()?;
        let object = self.object();
        let what = (wait_kind::JOIN, self.place);
        wait_until(
            self.session(),
            thread,
            what,
            &object.finished,
            deadline,
            || object.unfinished() == 0,
        )
    }
}
