//! What reports say of an object by its offset, also of one that this process does not hold.

use super::barrier::parties_at;
use super::kind;
use super::mutex_object::owner_at;
use super::queue::{capacity_at, tasks_at};
use crate::shm::{CallSite, Offset, Session};

/// Returns the line at which the holder of a lock has acquired it.
pub(crate) fn acquired_at(session: &Session, lock: Offset) -> CallSite {
    let owner = owner_at(session.segment(), lock);
    owner.map_or_else(CallSite::default, |owner| owner.acquired_at)
}

/// Returns the number of parties of a barrier.
pub(crate) fn parties(session: &Session, barrier: Offset) -> Option<u64> {
    let segment = session.segment();
    (segment.kind_at(barrier)? == kind::BARRIER).then(|| parties_at(segment, barrier))
}

/// Returns the most items that a queue holds, 0 for no limit.
pub(crate) fn capacity(session: &Session, queue: Offset) -> Option<u64> {
    let segment = session.segment();
    (segment.kind_at(queue)? == kind::QUEUE).then(|| capacity_at(segment, queue))
}

/// How many tasks of a queue were put, have been taken, and were reported done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tasks {
    pub(crate) put: u64,
    pub(crate) taken: u64,
    pub(crate) done: u64,
}

/// Returns how far the tasks of a queue have come.
pub(crate) fn tasks(session: &Session, queue: Offset) -> Option<Tasks> {
    let segment = session.segment();
    let found = (segment.kind_at(queue)? == kind::QUEUE).then(|| tasks_at(segment, queue));
    found.map(|(put, taken, done)| Tasks { put, taken, done })
}
