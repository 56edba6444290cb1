//! The queue: messages in the order they were put, from any process to any process, none lost or doubled by a kill.
//!
//! Two latches, one a side, so that putting and getting do not disturb each other. A side's state becomes visible to the other side
//! through one published counter, stored after the transaction is committed. Small messages lie in segments, one after the other;
//! large ones, and those that carry handles, in blocks of their own that are written and read outside the latches.

#[cfg(test)]
mod audit;
mod get;
mod layout;
mod lifecycle;
mod part;
mod put;
mod tasks;

use std::sync::Arc;

use super::failure::WaitError;
use super::kind;
use super::wait::{wait_kind, wait_until};
use crate::shm::{Handle, Offset, Segment, Session, ShmError, Thread, peek, poke};
use crate::sys::clock::Deadline;
use layout::QueueObject;

#[cfg(test)]
pub(super) use audit::audit_queue;
pub(super) use lifecycle::{destroy, discard_unread, end_reading, end_writing, settle};

/// A queue between processes. Clones are the same queue.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    /// Keeps the queue in existence: its own, or that of an object it is a part of.
    handle: Arc<Handle>,
    place: Offset,
}

/// Returns the most messages that the queue at an offset holds, 0 for no limit.
pub(super) fn capacity_at(segment: &Segment, queue: Offset) -> u64 {
    peek(&segment.at::<QueueObject>(queue).capacity)
}

/// Returns how many messages of the queue at an offset were put, have been taken, and were reported done.
pub(super) fn tasks_at(segment: &Segment, queue: Offset) -> (u64, u64, u64) {
    let object: &QueueObject = segment.at(queue);
    let taken = object.get_published.load();
    (object.put_published.load(), taken, peek(&object.done))
}

impl Queue {
    /// Creates a new queue for at most `capacity` messages; 0 for as many as memory holds.
    pub(crate) fn create(session: &Session, capacity: usize) -> Result<Queue, ShmError> {
        let handle = Handle::create(session, kind::QUEUE, size_of::<QueueObject>() as u64)?;
        let queue = Queue::over(handle);
        // Nobody else knows the queue yet.
        poke(&queue.object().capacity, capacity as u64);
        Ok(queue)
    }

    fn over(handle: Handle) -> Queue {
        let place = handle.offset();
        let handle = Arc::new(handle);
        Queue { handle, place }
    }

    /// Returns the queue at an offset received from another process. Any other offset is an error.
    pub(crate) fn open(session: &Session, offset: Offset) -> Result<Queue, ShmError> {
        Ok(Queue::over(Handle::open(session, offset, kind::QUEUE)?))
    }

    /// This process's hold on the queue's existence.
    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    #[inline(always)]
    fn session(&self) -> &Session {
        self.handle.session()
    }

    #[inline(always)]
    fn object(&self) -> &QueueObject {
        self.session().segment().at(self.place)
    }

    /// Number of messages in the queue.
    pub(crate) fn len(&self) -> usize {
        self.object().length() as usize
    }

    /// Returns whether there is no message in the queue.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether a put would have to wait.
    pub(crate) fn is_full(&self) -> bool {
        let capacity = self.capacity();
        capacity != 0 && self.len() >= capacity
    }

    /// Returns the most messages it holds, 0 for no limit.
    pub(crate) fn capacity(&self) -> usize {
        peek(&self.object().capacity) as usize
    }

    /// Waits until there is a message.
    fn wait_for_message(
        &self,
        thread: Thread<'_>,
        object: &QueueObject,
        deadline: Deadline,
    ) -> Result<(), WaitError> {
        let what = (wait_kind::GET, self.place);
        wait_until(
            self.session(),
            thread,
            what,
            &object.not_empty,
            deadline,
            || object.length() != 0,
        )
    }

    /// Waits until there is room for a message of this many bytes.
    fn wait_for_room(
        &self,
        thread: Thread<'_>,
        object: &QueueObject,
        bytes: u64,
        deadline: Deadline,
    ) -> Result<(), WaitError> {
        let what = (wait_kind::PUT, self.place);
        wait_until(
            self.session(),
            thread,
            what,
            &object.not_full,
            deadline,
            || object.has_room(bytes),
        )
    }
}

/// Returns how many items the queue at an offset has, may have, and nobody has reported done.
pub(super) fn numbers_at(segment: &Segment, queue: Offset) -> Option<[u64; 3]> {
    let object: &QueueObject = segment.get(queue)?;
    Some([object.length(), peek(&object.capacity), object.unfinished()])
}
