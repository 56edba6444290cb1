//! A queue's memory, and the records in its segments.
//!
//! A segment is a block: its usable size, then records of eight-byte words. A record begins with a tag and a length: the bytes of a
//! small message follow, or the offset of a block, or the offset of the next segment.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::event_word::EventWord;
use crate::shm::{
    Latch, Latched, ObjectHeader, Offset, Patience, Predecessor, Refused, Thread, peek, poke,
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
/// The size of a jump to the next segment, and of a reference to a block.
pub(super) const POINTER_RECORD: u64 = 16;

/// The first word of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// The message's bytes follow.
    Inline,
    /// The offset of the message's block follows.
    Block,
    /// The offset of the next segment follows.
    Jump,
}

impl Tag {
    /// Returns the first word of a record.
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
        /// Their bytes, counted where there is a limit to them.
        pub(super) bytes: AtomicU64,
        /// The segment in use; 0 before the first message.
        pub(super) segment: AtomicU64,
        /// Where the next record is written or read.
        pub(super) position: AtomicU64,
        /// Put side: end of the segment in use.
        pub(super) end: AtomicU64,
        /// Put side: a segment to be used next. Get side: one to be freed.
        pub(super) spare: AtomicU64,
        _apart: [AtomicU64; 15],
    }

    /// A side's counters as the other side reads them, on their own cache lines.
    pub(super) struct Published {
        count: AtomicU64,
        bytes: AtomicU64,
        _apart: [AtomicU64; 14],
    }

    pub(super) struct QueueObject {
        header: ObjectHeader,
        /// 0 for no limit.
        pub(super) capacity: AtomicU64,
        /// Bytes that may be in the queue, more only as a single message; 0 for no limit.
        pub(super) bytes_limit: AtomicU64,
        /// Which sides nobody uses any more: [`NO_WRITER`], [`NO_READER`].
        pub(super) gone: AtomicU64,
        /// The first segment ever, where getting begins.
        pub(super) first: AtomicU64,
        /// Messages reported done.
        pub(super) done: AtomicU64,
        pub(super) finished: EventWord,
        _apart: [AtomicU64; 14],
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
        self.count.load(Ordering::Acquire)
    }

    /// Publishes everything that this side has counted and committed.
    #[inline(always)]
    pub(super) fn publish(&self, side: &Side) {
        poke(&self.bytes, peek(&side.bytes));
        self.count.store(peek(&side.count), Ordering::Release);
        step();
    }
}

/// Nobody puts any more.
pub(super) const NO_WRITER: u64 = 1;
/// Nobody gets any more.
pub(super) const NO_READER: u64 = 2;

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

    /// Returns whether there is room for one more message, of this many bytes. An empty queue has room for any.
    #[inline(always)]
    pub(super) fn has_room(&self, bytes: u64) -> bool {
        let put = &self.put_published;
        self.has_room_behind(put.load(), peek(&put.bytes), bytes)
    }

    /// As [`has_room`](Self::has_room), after this many messages and bytes have been put in all.
    #[inline(always)]
    pub(super) fn has_room_behind(&self, count: u64, put_bytes: u64, bytes: u64) -> bool {
        let (capacity, limit) = (peek(&self.capacity), peek(&self.bytes_limit));
        if capacity == 0 && limit == 0 {
            return true;
        }
        let length = count.saturating_sub(self.get_published.load());
        let within = put_bytes.saturating_sub(peek(&self.get_published.bytes)) + bytes <= limit;
        (capacity == 0 || length < capacity) && (limit == 0 || length == 0 || within)
    }

    /// Inside a transaction: a message of this many bytes passes the side.
    #[inline(always)]
    pub(super) fn count(&self, latched: &Latched<'_>, side: &Side, bytes: impl FnOnce() -> u64) {
        latched.set(&side.count, peek(&side.count) + 1);
        if peek(&self.bytes_limit) != 0 {
            latched.set(&side.bytes, peek(&side.bytes) + bytes());
        }
    }

    /// Returns whether nobody puts or gets there any more.
    #[inline(always)]
    pub(super) fn is_gone(&self, side: u64) -> bool {
        self.gone.load(Ordering::Acquire) & side != 0
    }

    /// Wakes those who wait for room, where there may be any: `taken` messages have gone. Room for the bytes of one who waits may
    /// be none for another's, so all of those look.
    #[inline(always)]
    pub(super) fn notify_of_room(&self, taken: u32) {
        if peek(&self.bytes_limit) != 0 {
            self.not_full.notify(u32::MAX);
        } else if peek(&self.capacity) != 0 {
            self.not_full.notify(taken);
        }
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

    /// Holds one side, with a dead predecessor's work undone and what it had committed published.
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
            // Inner latches first: the arena may have been writing this side's words for the owner that died.
            thread.settle_arena();
            latched.recover();
            published.publish(side);
        }
        Ok(latched)
    }
}

/// Follows a jump at `position`, if there is one: where the record is, and the segment jumped to.
pub(super) fn follow_jump(thread: Thread<'_>, position: Offset) -> (Offset, Option<Offset>) {
    let (tag, _) = Tag::parse(peek(thread.segment.word(position)));
    if tag != Tag::Jump {
        return (position, None);
    }
    let next = Offset(peek(thread.segment.word(position.plus(8))));
    (next.plus(SEGMENT_HEADER), Some(next))
}
