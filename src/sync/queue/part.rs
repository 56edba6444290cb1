//! A queue as a part of something else: a limit in bytes, sides that nobody uses any more, events to wait for together with others.

use std::sync::Arc;

use super::Queue;
use super::layout::{NO_READER, NO_WRITER};
use crate::shm::{Handle, Offset, Session, ShmError, poke};
use crate::sync::event_word::EventWord;

impl Queue {
    /// Creates a new queue for messages of at most this many bytes together; a single message may be larger.
    pub(in crate::sync) fn create_for_bytes(
        session: &Session,
        limit: u64,
    ) -> Result<Queue, ShmError> {
        let queue = Queue::create(session, 0)?;
        poke(&queue.object().bytes_limit, limit);
        Ok(queue)
    }

    /// Returns the queue at an offset to which the object behind `handle` holds a reference.
    pub(in crate::sync) fn part_of(handle: &Arc<Handle>, place: Offset) -> Queue {
        let handle = Arc::clone(handle);
        Queue { handle, place }
    }

    /// Returns the offset of the queue.
    pub(in crate::sync) fn place(&self) -> Offset {
        self.place
    }

    /// Returns whether nobody will put any more.
    pub(in crate::sync) fn has_no_writer(&self) -> bool {
        self.object().is_gone(NO_WRITER)
    }

    /// Returns whether nobody will get any more.
    pub(in crate::sync) fn has_no_reader(&self) -> bool {
        self.object().is_gone(NO_READER)
    }

    /// Returns whether there is room for one more message, of this many bytes.
    pub(in crate::sync) fn has_room(&self, bytes: u64) -> bool {
        self.object().has_room(bytes)
    }

    /// Returns what to sleep on until there may be a message, or no writer.
    pub(in crate::sync) fn not_empty(&self) -> &EventWord {
        &self.object().not_empty
    }

    /// Returns what to sleep on until there may be room, or no reader.
    pub(in crate::sync) fn not_full(&self) -> &EventWord {
        &self.object().not_full
    }
}
