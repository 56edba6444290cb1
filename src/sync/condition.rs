//! The condition: threads that hold a lock give it up to wait in line until another, holding it, notifies them.
//!
//! Whoever notifies calls living waiters in the order they came, and does not wait for them: one that is killed costs nobody anything,
//! and takes no notification with it that another could have had. A waiter wakes only when it was called.

use std::sync::Arc;

use super::failure::WaitError;
use super::hold::{Held, hold, hold_with, patience};
use super::kind;
use super::mutex::{Acquired, Mutex};
use super::reentrant::ReentrantMutex;
use super::wait::{wait_for_call, wait_kind};
use crate::shm::{
    Handle, Latch, ObjectHeader, Offset, Session, ShmError, Sleepers, Thread, WaitLine,
    shared_struct,
};
use crate::sys::clock::Deadline;

shared_struct! {
    struct ConditionObject {
        header: ObjectHeader,
        latch: Latch,
        waiting: WaitLine,
    }
}

/// The answer to a waiter.
const NOTIFIED: u64 = 1;

/// A condition between processes. Clones are the same condition.
#[derive(Clone, Debug)]
pub(crate) struct Condition(Arc<Handle>);

/// The lock that goes with a condition.
#[derive(Clone, Debug)]
pub(crate) enum ConditionLock {
    Plain(Mutex),
    Reentrant(ReentrantMutex),
}

/// How a wait ended; the lock is held again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Waited {
    /// Whether it was notified; otherwise the time ran out.
    pub(crate) notified: bool,
    /// How the lock was got back.
    pub(crate) acquired: Acquired,
}

impl ConditionLock {
    /// Returns whether the calling thread holds the lock.
    pub(crate) fn is_mine(&self) -> bool {
        match self {
            ConditionLock::Plain(mutex) => mutex.is_held_here(),
            ConditionLock::Reentrant(mutex) => mutex.is_mine(),
        }
    }

    fn mutex(&self) -> &Mutex {
        match self {
            ConditionLock::Plain(mutex) => mutex,
            ConditionLock::Reentrant(mutex) => mutex.mutex(),
        }
    }

    /// Frees the lock, which the calling thread holds, and returns how often it held it.
    fn release_all(&self) -> u64 {
        match self {
            ConditionLock::Plain(mutex) => mutex.release().map_or(0, |()| 1),
            ConditionLock::Reentrant(mutex) => mutex.release_all().unwrap_or(0),
        }
    }

    fn acquire_to(&self, depth: u64, deadline: Deadline) -> Result<Acquired, WaitError> {
        match self {
            ConditionLock::Plain(mutex) => mutex.acquire(deadline),
            ConditionLock::Reentrant(mutex) => mutex.acquire_to(depth, deadline),
        }
    }
}

impl Condition {
    /// Creates a new condition nobody waits for.
    pub(crate) fn create(session: &Session) -> Result<Condition, ShmError> {
        let size = size_of::<ConditionObject>() as u64;
        let handle = Handle::create(session, kind::CONDITION, size)?;
        Ok(Condition(Arc::new(handle)))
    }

    /// Returns the condition at an offset received from another process. Any other offset is an error.
    pub(crate) fn open(session: &Session, offset: Offset) -> Result<Condition, ShmError> {
        let handle = Handle::open(session, offset, kind::CONDITION)?;
        Ok(Condition(Arc::new(handle)))
    }

    /// This process's hold on the condition's existence.
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    fn session(&self) -> &Session {
        self.0.session()
    }

    fn object(&self) -> &ConditionObject {
        self.session().segment().at(self.0.offset())
    }

    fn hold<'s>(&'s self, thread: Thread<'s>) -> Held<'s> {
        hold((&self.object().latch, self.0.offset()), thread)
    }

    /// Gives `lock` up, waits until notified or until `deadline`, and takes it back, as often as it was held.
    ///
    /// The calling thread holds the lock; when the wait is interrupted, it may hold it no more.
    pub(crate) fn wait(
        &self,
        lock: &ConditionLock,
        deadline: Deadline,
    ) -> Result<Waited, WaitError> {
        let session = self.session();
        let thread = session.thread()?;
        thread.may_join_a_line()?;
        self.join_line(thread, deadline)?;
        // Whoever notifies needs the lock, and so finds this thread in line.
        let depth = lock.release_all();
        let what = (wait_kind::NOTIFICATION, self.0.offset());
        let look = || thread.call_under(&self.hold(thread));
        let waited = wait_for_call(session, thread, what, deadline, look);
        let notified = waited.is_ok() || self.was_called_instead_of_leaving(thread);
        thread.is_out_of_line();
        match waited {
            Err(WaitError::Interrupted) if !notified => {
                // Waiting for the lock could take for ever; whoever unwinds looks whether the thread has it.
                let _ = lock.acquire_to(depth, Deadline::NOW);
                Err(WaitError::Interrupted)
            }
            _ => Ok(Waited {
                notified,
                acquired: lock.acquire_to(depth, Deadline::NEVER)?,
            }),
        }
    }

    fn join_line(&self, thread: Thread<'_>, deadline: Deadline) -> Result<(), WaitError> {
        let (object, place) = (self.object(), self.0.offset());
        let patience = patience(self.session(), deadline);
        let held = hold_with((&object.latch, place), thread, patience)?;
        object.waiting.join(&held, thread, place);
        held.commit();
        Ok(())
    }

    /// Leaves the line, unless called in the meantime: then the notification counts.
    fn was_called_instead_of_leaving(&self, thread: Thread<'_>) -> bool {
        let held = self.hold(thread);
        let waiting = &self.object().waiting;
        thread.call_under(&held).is_some() || !waiting.leave(&held, thread.segment, thread.id)
    }

    /// Calls up to `count` waiters, first those that have waited longest, and returns how many were called. The caller holds the
    /// lock; a single sleeper among them wakes when that is released, so that it does not wake only to wait for it.
    pub(crate) fn notify(&self, lock: &ConditionLock, count: usize) -> Result<usize, ShmError> {
        let thread = self.session().thread()?;
        let waiting = &self.object().waiting;
        thread.trace_signal(self.0.offset(), count as u64);
        let mut sleepers = Sleepers::default();
        let held = self.hold(thread);
        let mut call_one = || waiting.call_first(&held, thread.segment, NOTIFIED, &mut sleepers);
        let called = (0..count).take_while(|_| call_one()).count();
        drop(held);
        let by_release = |id| lock.mutex().wake_on_release(thread, id);
        if !sleepers.only_one().is_some_and(by_release) {
            sleepers.wake(thread.segment);
        }
        Ok(called)
    }

    /// Returns how many living threads wait.
    pub(crate) fn waiters(&self) -> Result<usize, ShmError> {
        let thread = self.session().thread()?;
        let _held = self.hold(thread);
        let living = |id: &u64| !thread.segment.thread_is_dead(*id);
        let members = self.object().waiting.members(thread.segment);
        Ok(members.filter(living).count())
    }
}

/// Takes the dead out of the line, and undoes what they left half done.
pub(super) fn settle(session: &Session, thread: Thread<'_>, place: Offset) {
    let object: &ConditionObject = session.segment().at(place);
    let held = hold((&object.latch, place), thread);
    object.waiting.remove_dead(&held, thread.segment);
}

/// Checks that nothing is left half done (tests, with nobody at work).
#[cfg(test)]
pub(super) fn audit_condition(session: &Session, place: Offset) {
    let object: &ConditionObject = session.segment().at(place);
    assert!(object.latch.is_at_rest() && object.waiting.is_whole(session.segment()));
}
