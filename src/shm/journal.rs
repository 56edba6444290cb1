//! The undo log of a critical section: old values, written down before the new ones are stored.
//!
//! A section that is killed in the middle is undone by the next owner of its latch, so it happened as a whole or not at all. The
//! dying thread's own stores are seen in program order (a killed thread stops between two instructions, and the successor
//! synchronises with the kernel's mark), so the order only has to be kept from the compiler.

use std::sync::atomic::{AtomicU64, Ordering, compiler_fence};

use super::offset::{Offset, peek, poke};
use super::segment::Segment;
use super::shared::shared_struct;
use super::step::step;

/// Stores one critical section may make. The largest, making an object and its first reference, needs 20.
const ENTRIES: usize = 24;

shared_struct! {
    /// Where old values are kept. All zeros is an empty journal.
    pub(crate) struct Journal {
        count: AtomicU64,
        entries: [Entry; ENTRIES],
    }

    struct Entry {
        offset: AtomicU64,
        old: AtomicU64,
    }
}

impl Journal {
    /// Stores `value` in `word`, so that it can be undone.
    #[inline(always)]
    pub(super) fn set(&self, segment: &Segment, word: &AtomicU64, value: u64) {
        let count = peek(&self.count);
        let entry = &self.entries[count as usize];
        poke(&entry.offset, segment.offset_of(word).0);
        step();
        poke(&entry.old, peek(word));
        step();
        compiler_fence(Ordering::SeqCst);
        self.count.store(count + 1, Ordering::Release);
        compiler_fence(Ordering::SeqCst);
        step();
        poke(word, value);
        step();
    }

    /// Makes everything stored since the last commit final.
    #[inline(always)]
    pub(super) fn commit(&self) {
        compiler_fence(Ordering::SeqCst);
        self.count.store(0, Ordering::Release);
        compiler_fence(Ordering::SeqCst);
        step();
    }

    /// Undoes everything stored since the last commit, latest first, and returns how many stores it undid. A rollback that is
    /// killed is simply done again.
    pub(super) fn roll_back(&self, segment: &Segment) -> u64 {
        let count = self.count.load(Ordering::Acquire);
        for entry in self.entries[..count as usize].iter().rev() {
            poke(segment.word(Offset(peek(&entry.offset))), peek(&entry.old));
            step();
        }
        self.commit();
        count
    }

    /// Returns whether something could be undone.
    #[inline(always)]
    pub(super) fn is_open(&self) -> bool {
        peek(&self.count) != 0
    }
}
