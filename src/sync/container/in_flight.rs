//! Entries on their way into a container or out of it: blocks on this thread's list.

use crate::shm::{Offset, Session, ShmError, Thread, message_bytes, message_objects};
use crate::sync::message::Message;

/// One entry to be put in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'a> {
    /// Empty in a list.
    pub(crate) key: &'a [u8],
    pub(crate) value: Message<'a>,
}

/// Blocks on this thread's list that are its own business; what is left of them is given back when dropped, never under a latch.
pub(super) struct InFlight<'s> {
    session: &'s Session,
    thread: Thread<'s>,
    blocks: Vec<Offset>,
}

impl<'s> InFlight<'s> {
    pub(super) fn new(session: &'s Session, thread: Thread<'s>) -> InFlight<'s> {
        InFlight {
            session,
            thread,
            blocks: Vec::new(),
        }
    }

    /// Writes an entry.
    pub(super) fn write(&mut self, keyed: bool, item: &Item<'_>) -> Result<(), ShmError> {
        let length = (item.key.len() as u32).to_le_bytes();
        let pieces: &[&[u8]] = if keyed {
            &[&length, item.key, item.value.bytes]
        } else {
            &[item.value.bytes]
        };
        let block = self.write_block(pieces, item.value.objects)?;
        self.blocks.push(block);
        Ok(())
    }

    /// Keeps objects in existence: a message that is nothing but references.
    pub(super) fn pin(&mut self, objects: &[Offset]) -> Result<(), ShmError> {
        if !objects.is_empty() {
            self.blocks.push(self.thread.write_message(&[], objects)?);
        }
        Ok(())
    }

    fn write_block(&self, pieces: &[&[u8]], objects: &[Offset]) -> Result<Offset, ShmError> {
        let write = || self.thread.write_message(pieces, objects);
        self.session.with_memory(self.thread, write)
    }

    /// Returns the same thread with no blocks.
    pub(super) fn none(&self) -> InFlight<'s> {
        InFlight::new(self.session, self.thread)
    }

    /// Leaves these blocks to the container, so that dropping this does not free them.
    pub(super) fn forget(&mut self) {
        self.blocks.clear();
    }

    /// Blocks that have joined the thread's list.
    pub(super) fn receive(&mut self, blocks: Vec<Offset>) {
        self.blocks = blocks;
    }

    pub(super) fn blocks(&self) -> &[Offset] {
        &self.blocks
    }

    /// Returns the bytes of each block, and the objects they may name.
    pub(super) fn contents(&self) -> Vec<(&[u8], Vec<Offset>)> {
        let segment = self.thread.segment;
        let content = |block: &Offset| {
            let objects = message_objects(segment, *block).collect();
            (message_bytes(segment, *block), objects)
        };
        self.blocks.iter().map(content).collect()
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        if self.blocks.is_empty() {
            return;
        }
        for block in self.blocks.drain(..) {
            self.thread.discard_message(block);
        }
        self.session.destroy_unreferenced(self.thread);
    }
}
