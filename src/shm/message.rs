//! Blocks in flight: bytes, and the references to shared objects that travel with them.
//!
//! A message block belongs to exactly one owner at any time: the list of a thread (being written or being read), a record in a
//! queue, or an entry of a container. References are counted one by one, each in a transaction that also moves the block's own
//! `counted`, so a block left behind shows which references have to be given back.

use std::sync::atomic::AtomicU64;

use super::arena::Arena;
use super::error::ShmError;
use super::latch::Latched;
use super::offset::{Offset, peek, poke};
use super::segment::Segment;
use super::shared::shared_struct;
use super::step::step;
use super::thread_slot::{Thread, ThreadSlot};

shared_struct! {
    /// First words of a message block; the offsets of `handles` objects follow, then `length` bytes.
    struct MessageHeader {
        /// Next on the owning thread's list. First, where [`AtomicU64`] views of the block expect it.
        next: AtomicU64,
        length: AtomicU64,
        handles: AtomicU64,
        /// How many of the handles, from the first on, are counted in their objects.
        counted: AtomicU64,
    }
}

const HEADER: u64 = size_of::<MessageHeader>() as u64;

fn handle_word(segment: &Segment, block: Offset, index: u64) -> &AtomicU64 {
    segment.word(block.plus(HEADER + index * 8))
}

/// Returns the bytes of a message block.
pub(crate) fn message_bytes(segment: &Segment, block: Offset) -> &[u8] {
    let header: &MessageHeader = segment.at(block);
    segment.bytes(
        block.plus(HEADER + peek(&header.handles) * 8),
        peek(&header.length),
    )
}

/// Returns how many bytes a message block carries.
pub(crate) fn message_length(segment: &Segment, block: Offset) -> u64 {
    peek(&segment.at::<MessageHeader>(block).length)
}

/// Returns the objects that a message refers to.
pub(crate) fn message_objects(segment: &Segment, block: Offset) -> impl Iterator<Item = Offset> {
    let header: &MessageHeader = segment.at(block);
    (0..peek(&header.counted)).map(move |index| Offset(peek(handle_word(segment, block, index))))
}

impl Arena<'_> {
    /// Inside a transaction: a block that was reserved leaves the thread's list, all zero.
    pub(super) fn unreserve(&self, thread: Thread<'_>, block: Offset) {
        let link = link_to(self.segment(), thread.slot, block);
        let next = self.segment().word(block);
        self.set(link, peek(next));
        self.set(next, 0);
    }
}

impl Thread<'_> {
    /// Writes a message, given in pieces, into a new block on this thread's list, and takes a reference to each object it names.
    pub(crate) fn write_message(
        self,
        pieces: &[&[u8]],
        objects: &[Offset],
    ) -> Result<Offset, ShmError> {
        let handles = objects.len() as u64;
        let length = pieces.iter().map(|piece| piece.len() as u64).sum();
        let owner = &self.slot.in_flight;
        let beginning = [peek(owner), length, handles, 0];
        let block = self.allocate_into(owner, HEADER + handles * 8 + length, &beginning)?;
        for (index, object) in objects.iter().enumerate() {
            poke(handle_word(self.segment, block, index as u64), object.0);
        }
        let mut place = block.plus(HEADER + handles * 8);
        for piece in pieces {
            self.segment.write(place, piece);
            place = place.plus(piece.len() as u64);
        }
        step();
        let header: &MessageHeader = self.segment.at(block);
        for (index, object) in objects.iter().enumerate() {
            let counted = self.transact(|arena| {
                arena.count_reference(*object)?;
                arena.set(&header.counted, index as u64 + 1);
                Ok(())
            });
            if let Err(error) = counted {
                self.discard_message(block);
                return Err(error);
            }
        }
        Ok(block)
    }

    /// Returns a block of `size` bytes on this thread's list, all zero except for its link in that list: a message
    /// without contents.
    pub(super) fn reserve_in_flight(self, size: u64) -> Result<Offset, ShmError> {
        let owner = &self.slot.in_flight;
        let block = self.allocate_into(owner, size, &[peek(owner), 0, 0, 0])?;
        for index in HEADER / 8..size.div_ceil(8) {
            poke(self.segment.word(block.plus(index * 8)), 0);
        }
        step();
        Ok(block)
    }

    /// Inside a queue's transaction: the block leaves this thread's list.
    pub(crate) fn pass_on(self, latched: &Latched<'_>, block: Offset) {
        let next = peek(self.segment.word(block));
        latched.set(link_to(self.segment, self.slot, block), next);
    }

    /// Inside a queue's transaction: the block joins this thread's list.
    pub(crate) fn take_over(self, latched: &Latched<'_>, block: Offset) {
        latched.set(self.segment.word(block), peek(&self.slot.in_flight));
        latched.set(&self.slot.in_flight, block.0);
    }

    /// Inside a transaction: the blocks `given`, written last and in this order, leave this thread's list, and the blocks `taken`,
    /// which are on nobody's, join it. However many there are, it is one store.
    pub(crate) fn trade(self, latched: &Latched<'_>, given: &[Offset], taken: &[Offset]) {
        let first = &self.slot.in_flight;
        let mut head = peek(first);
        if let (Some(oldest), Some(newest)) = (given.first(), given.last()) {
            assert_eq!(head, newest.0, "what is given was written last");
            head = peek(self.segment.word(*oldest));
        }
        for block in taken.iter().rev() {
            // Of no meaning in a block that is on no list: nothing to undo.
            poke(self.segment.word(*block), head);
            step();
            head = block.0;
        }
        latched.set(first, head);
    }

    /// Gives back what the message refers to, and frees its block. That may leave objects unreferenced; the caller destroys them.
    pub(crate) fn discard_message(self, block: Offset) {
        self.discard_listed(self.slot, block);
    }

    /// Discards every message of a dead thread's list.
    pub(super) fn discard_in_flight(self, slot: &ThreadSlot) {
        loop {
            let block = Offset(peek(&slot.in_flight));
            if block.is_none() {
                return;
            }
            self.discard_listed(slot, block);
        }
    }

    fn discard_listed(self, slot: &ThreadSlot, block: Offset) {
        let header: &MessageHeader = self.segment.at(block);
        loop {
            let counted = peek(&header.counted);
            if counted == 0 {
                break;
            }
            let arena = self.arena();
            let object = Offset(peek(handle_word(self.segment, block, counted - 1)));
            arena.uncount_reference(object);
            arena.set(&header.counted, counted - 1);
            arena.commit();
        }
        let arena = self.arena();
        arena.set(link_to(self.segment, slot, block), peek(&header.next));
        arena.free(block);
        arena.commit();
    }
}

/// Returns the word of a thread's list that names the block: the first, unless messages are handled within the handling
/// of others.
fn link_to<'s>(segment: &'s Segment, slot: &'s ThreadSlot, block: Offset) -> &'s AtomicU64 {
    let mut link = &slot.in_flight;
    while peek(link) != block.0 {
        assert!(
            peek(link) != 0,
            "a message in flight is on its thread's list"
        );
        link = segment.word(Offset(peek(link)));
    }
    link
}

/// Returns the objects that a message holds references to (tests).
#[cfg(test)]
pub(super) fn carried(segment: &Segment, block: Offset) -> Vec<Offset> {
    message_objects(segment, block).collect()
}
