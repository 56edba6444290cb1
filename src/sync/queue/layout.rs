//! A queue's memory, and the records in its segments.
//!
//! A segment is a block: its usable size, then records of eight-byte words. A record begins with a tag and a length: the bytes of a
//! small message follow, or the place of a block, or the place of the next segment.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::event_word::EventWord;
use crate::shm::{
    Latch, Latched, ObjectHeader, Offset, Patience, Predecessor, Refused, Thread, peek,
    shared_struct, step,
};

/// Messages up to this size lie in segments.
pub(super) const INLINE_MAX: usize = 8 << 10;
/// First segment of a queue, block header included.
pub(super) const SEGMENT_MIN: u64 = 4 << 10;
/// Segments double up to this size.
pub(super) const SEGMENT_MAX: u64 = 64 << 10;
/// Before the first record: the segment's usable size.
pub(super) const SEGMENT_HEADER: u64 = 8;
/// What a jump to the next segment takes, and a reference to a block.
pub(super) const POINTER_RECORD: u64 = 16;

/// What the first word of a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// The message's bytes follow.
    Inline,
    /// The place of the message's block follows.
    Block,
    /// The place of the next segment follows.
    Jump,
}

impl Tag {
    /// The first word of a record.
    pub(super) fn word(self, length: u64) -> u64 {
        let tag = match self {
            Tag::Inline => 1,
            Tag::Block => 2,
            Tag::Jump => 3,
        };
        length << 32 | tag
    }

    /// Tag and length from the first word of a record.
    pub(super) fn parse(word: u64) -> (Tag, u64) {
        let tag = match word as u32 {
            1 => Tag::Inline,
            2 => Tag::Block,
            3 => Tag::Jump,
            other => unreachable!("a queue's record begins with {other}"),
        };
        (tag, word >> 32)
    }
}

/// Bytes that a message of this length takes in a segment.
pub(super) fn inline_record(length: u64) -> u64 {
    8 + length.next_multiple_of(8)
}

shared_struct! {
    /// One side of the queue. All words but the latch are its owner's.
    pub(super) struct Side {
        pub(super) latch: Latch,
        /// Messages that passed this side.
        pub(super) count: AtomicU64,
        /// The segment in use; 0 before the first message.
        pub(super) segment: AtomicU64,
        /// Where the next record is written or read.
        pub(super) position: AtomicU64,
        /// Put side: end of the segment in use.
        pub(super) end: AtomicU64,
        /// Put side: a segment to be used next. Get side: one to be freed.
        pub(super) spare: AtomicU64,
        _apart: [AtomicU64; 16],
    }

    /// A counter that the other side reads, on its own cache lines.
    pub(super) struct Published {
        value: AtomicU64,
        _apart: [AtomicU64; 15],
    }

    pub(super) struct QueueObject {
        header: ObjectHeader,
        /// 0 for no limit.
        pub(super) capacity: AtomicU64,
        /// The first segment ever, where getting begins.
        pub(super) first: AtomicU64,
        /// Messages reported done.
        pub(super) done: AtomicU64,
        pub(super) finished: EventWord,
        _apart: [AtomicU64; 16],
        pub(super) put: Side,
        pub(super) put_published: Published,
        pub(super) get: Side,
        pub(super) get_published: Published,
        pub(super) not_empty: EventWord,
        _apart_too: [AtomicU64; 16],
        pub(super) not_full: EventWord,
    }
}

impl Published {
    #[inline(always)]
    pub(super) fn load(&self) -> u64 {
        self.value.load(Ordering::Acquire)
    }

    /// Everything counted is committed and may be seen.
    #[inline(always)]
    pub(super) fn publish(&self, value: u64) {
        self.value.store(value, Ordering::Release);
        step();
    }
}

/// Which side a latch was acquired for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Put,
    Get,
}

impl QueueObject {
    pub(super) fn length(&self) -> u64 {
        // In this order the difference cannot be negative.
        let got = self.get_published.load();
        self.put_published.load().saturating_sub(got)
    }

    #[inline(always)]
    pub(super) fn has_room(&self) -> bool {
        let capacity = peek(&self.capacity);
        capacity == 0 || self.length() < capacity
    }

    pub(super) fn unfinished(&self) -> u64 {
        let done = self.done.load(Ordering::Acquire);
        self.put_published.load().saturating_sub(done)
    }

    pub(super) fn side(&self, end: End) -> (&Side, &Published) {
        match end {
            End::Put => (&self.put, &self.put_published),
            End::Get => (&self.get, &self.get_published),
        }
    }

    /// Hold one side, with a dead predecessor's work undone and what it had committed published.
    #[inline(always)]
    pub(super) fn hold<'s>(
        &'s self,
        end: End,
        thread: Thread<'s>,
        patience: Patience<'_>,
    ) -> Result<Latched<'s>, Refused> {
        let (side, published) = self.side(end);
        let (latched, predecessor) = side.latch.acquire(thread, patience)?;
        if predecessor == Predecessor::Died {
            // Inner latches first: the arena may have been writing this side's words for the one who died.
            thread.settle_arena();
            latched.recover();
            published.publish(peek(&side.count));
        }
        Ok(latched)
    }
}

/// Follow a jump at `position`, if there is one: where the record is, and the segment jumped to.
pub(super) fn follow_jump(thread: Thread<'_>, position: Offset) -> (Offset, Option<Offset>) {
    let (tag, _) = Tag::parse(peek(thread.segment.word(position)));
    if tag != Tag::Jump {
        return (position, None);
    }
    let next = Offset(peek(thread.segment.word(position.plus(8))));
    (next.plus(SEGMENT_HEADER), Some(next))
}
