//! A container's memory: the object, and the body it points to.
//!
//! A body is one block: the offsets of the entries' message blocks in order and, for a dict, a hash index behind them. A removed
//! entry of a dict leaves a 0, and its index slot keeps pointing there.

use std::hash::{DefaultHasher, Hasher};
use std::sync::atomic::AtomicU64;

use crate::shm::{
    Latch, Latched, ObjectHeader, Offset, Patience, Predecessor, Refused, Segment, Thread,
    message_bytes, peek, poke, shared_struct,
};

shared_struct! {
    pub(super) struct ContainerObject {
        header: ObjectHeader,
        /// 1 for a dict: entries begin with a key.
        pub(super) keyed: AtomicU64,
        /// A label whose meaning is the caller's.
        pub(super) label: AtomicU64,
        /// A row of cells whose first word is not 0 when the container may not be used any more; 0 for none.
        pub(super) switch: AtomicU64,
        pub(super) latch: Latch,
        /// The body; 0 before the first entry.
        pub(super) body: AtomicU64,
        /// Entries of the body in use, removed ones included.
        pub(super) used: AtomicU64,
        /// Behind the last entry that is not removed; or further on.
        pub(super) end: AtomicU64,
        /// Entries that are not removed.
        pub(super) count: AtomicU64,
        /// Counts the changes.
        pub(super) version: AtomicU64,
        /// A body being made.
        pub(super) spare: AtomicU64,
        /// A body to be freed.
        pub(super) retired: AtomicU64,
    }

    /// First words of a body.
    struct BodyHeader {
        /// Entries there is room for.
        capacity: AtomicU64,
        /// Slots of the index, a power of two more than the capacity; 0 for a list.
        slots: AtomicU64,
    }
}

const HEADER: u64 = size_of::<BodyHeader>() as u64;

/// The first bytes of a dict's entry: the length of its key.
pub(super) const KEY_LENGTH: usize = 4;

/// Returns a key's slot in an index.
pub(super) fn hash_of(key: &[u8]) -> u32 {
    let mut hasher = DefaultHasher::new();
    hasher.write(key);
    hasher.finish() as u32
}

/// Key and value of an entry; the key is empty in a list.
pub(super) fn split(keyed: bool, bytes: &[u8]) -> (&[u8], &[u8]) {
    if !keyed {
        return (&[], bytes);
    }
    let (length, rest) = bytes.split_at(KEY_LENGTH);
    let length = length
        .iter()
        .rev()
        .fold(0, |all, byte| all << 8 | usize::from(*byte));
    rest.split_at(length)
}

impl ContainerObject {
    /// Holds the container, with a dead predecessor's work undone or finished.
    pub(super) fn hold<'s>(
        &'s self,
        thread: Thread<'s>,
        patience: Patience<'_>,
    ) -> Result<Latched<'s>, Refused> {
        let (latched, predecessor) = self.latch.acquire(thread, patience)?;
        if predecessor == Predecessor::Died {
            // Inner latches first: the arena may have been writing this object's words for the owner that died.
            thread.settle_arena();
            latched.recover();
            thread.free_from(&self.spare);
            thread.free_from(&self.retired);
        }
        Ok(latched)
    }

    pub(super) fn is_keyed(&self) -> bool {
        peek(&self.keyed) != 0
    }

    /// Returns the body in use.
    pub(super) fn body<'s>(&self, segment: &'s Segment) -> Option<Body<'s>> {
        Body::at(segment, Offset(peek(&self.body)))
    }
}

/// A body, under the latch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body<'s> {
    segment: &'s Segment,
    place: Offset,
    pub(super) capacity: u64,
    slots: u64,
}

impl<'s> Body<'s> {
    /// Returns the body at an offset; `None` for no offset.
    pub(super) fn at(segment: &'s Segment, place: Offset) -> Option<Body<'s>> {
        if place.is_none() {
            return None;
        }
        let header: &BodyHeader = segment.at(place);
        Some(Body {
            segment,
            place,
            capacity: peek(&header.capacity),
            slots: peek(&header.slots),
        })
    }

    /// Returns the size of a body in bytes, and its first words.
    pub(super) fn shape(capacity: u64, keyed: bool) -> (u64, [u64; 2]) {
        let slots = if keyed {
            (capacity * 2).next_power_of_two()
        } else {
            0
        };
        (HEADER + (capacity + slots) * 8, [capacity, slots])
    }

    /// Nothing is found in the index of a new body.
    pub(super) fn clear_index(&self) {
        for at in 0..self.slots {
            poke(self.slot(at), 0);
        }
    }

    /// Returns the word of an entry.
    #[inline]
    pub(super) fn entry(&self, index: u64) -> &'s AtomicU64 {
        self.segment.word(self.place.plus(HEADER + index * 8))
    }

    /// Returns the block of an entry; none for a removed one.
    #[inline]
    pub(super) fn block(&self, index: u64) -> Offset {
        Offset(peek(self.entry(index)))
    }

    fn slot(&self, at: u64) -> &'s AtomicU64 {
        self.segment
            .word(self.place.plus(HEADER + (self.capacity + at) * 8))
    }

    /// Returns the slots in which a key with this hash may be, in order.
    fn probe(&self, hash: u32) -> impl Iterator<Item = &'s AtomicU64> {
        let mask = self.slots - 1;
        (0..self.slots).map(move |step| self.slot((u64::from(hash) + step) & mask))
    }

    /// Returns the entry with a key, and its block.
    #[inline]
    pub(super) fn find(&self, key: &[u8], hash: u32) -> Option<(u64, Offset)> {
        for slot in self.probe(hash) {
            let found = peek(slot);
            if found == 0 {
                return None;
            }
            let (index, block) = (index_in(found), self.block(index_in(found)));
            if (found >> 32) as u32 == hash
                && !block.is_none()
                && split(true, message_bytes(self.segment, block)).0 == key
            {
                return Some((index, block));
            }
        }
        None
    }

    /// Returns the slot where a new key with this hash belongs. There is one: entries fill half of the index at most.
    pub(super) fn free_slot(&self, hash: u32) -> Option<&'s AtomicU64> {
        self.probe(hash).find(|slot| peek(slot) == 0)
    }

    /// Returns the hash of each of the first `used` entries, as the index has them.
    pub(super) fn hashes(&self, used: u64) -> Vec<u32> {
        let mut hashes = vec![0; used as usize];
        for at in 0..self.slots {
            let found = peek(self.slot(at));
            if found != 0
                && let Some(hash) = hashes.get_mut(index_in(found) as usize)
            {
                *hash = (found >> 32) as u32;
            }
        }
        hashes
    }
}

/// Returns the word in the slot of an entry.
pub(super) fn slot_word(hash: u32, index: u64) -> u64 {
    u64::from(hash) << 32 | (index + 1)
}

fn index_in(slot: u64) -> u64 {
    u64::from(slot as u32) - 1
}
