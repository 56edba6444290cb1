//! The allocator: blocks by size class, each transaction all or nothing.
//!
//! Ownership changes hands in the same transaction: a block is recorded in the word that will own it before the latch is let go, so
//! a killed process cannot leak one between "allocated" and "written down". Free blocks sit on one of two lists per class: `ready`
//! (with memory) or `bare` (address space only). Memory is added with `fallocate` under the session's own quota, because the kernel
//! would answer exhaustion by killing. When there is none, free blocks are cut, stripped and joined: see `space`.

use std::cell::Cell;
use std::sync::atomic::AtomicU64;

use super::block::{
    BLOCK_HEADER, BlockHeader, CLASSES, LIVE, SMALLEST, class_for, class_size, interior,
};
use super::error::ShmError;
use super::header::ArenaState;
use super::latch::{Latched, Patience, Predecessor};
use super::layout::{ARENA_START, PROCESSES_START, ROW, TABLE_STEP, THREADS_START};
use super::offset::{Offset, peek, poke};
use super::segment::Segment;
use super::step::step;
use super::thread_slot::Thread;
use crate::sys::memory::PAGE;

/// The least by which the backed part of the arena grows, if the quota allows it.
const GROWTH: u64 = 128 << 10;

/// How often a transaction for which there is no space may be tried again: for each of two blocks, a larger one may be cut, free blocks
/// stripped, and joined.
const MOST_TRIES: usize = 8;

/// The allocator and all books kept with it, held by this thread.
#[derive(Debug)]
pub(crate) struct Arena<'s> {
    segment: &'s Segment,
    latched: Latched<'s>,
    /// The class of the last block for which there was no space.
    pub(super) wanted: Cell<Option<usize>>,
}

impl<'s> Thread<'s> {
    /// Holds the arena, with a dead predecessor's work undone.
    #[inline]
    pub(crate) fn arena(self) -> Arena<'s> {
        let latch = &self.segment.header().arena.latch;
        loop {
            let Ok((latched, predecessor)) = latch.acquire(self, Patience::ENDLESS) else {
                // An endless wait is neither timed out nor interrupted.
                continue;
            };
            let arena = Arena {
                segment: self.segment,
                latched,
                wanted: Cell::default(),
            };
            if predecessor == Predecessor::Died {
                arena.latched.recover();
                arena.abandon_growth();
                arena.finish_joining();
            }
            return arena;
        }
    }

    /// Finishes the arena transaction of a dead thread, if there is one. Must come before the journal of any outer latch is rolled
    /// back, and before any word is read that the arena writes on an owner's behalf.
    pub(crate) fn settle_arena(self) {
        drop(self.arena());
    }

    /// Runs one transaction: `body` stores through the arena, and all of it happens, or none. When memory runs out, space is made
    /// among the free blocks, and the body runs again.
    pub(crate) fn transact<R>(
        self,
        body: impl Fn(&Arena<'s>) -> Result<R, ShmError>,
    ) -> Result<R, ShmError> {
        let arena = self.arena();
        let mut result = body(&arena);
        for _ in 0..MOST_TRIES {
            if !matches!(result, Err(ShmError::OutOfMemory { .. })) {
                break;
            }
            arena.roll_back();
            if !arena.make_space() {
                break;
            }
            result = body(&arena);
        }
        match result {
            Ok(_) => arena.latched.commit(),
            Err(_) => arena.roll_back(),
        }
        result
    }

    /// Allocates a block for `usable` bytes and records it in `owner`, in one step. The first words of the block are set to
    /// `beginning`; the rest is arbitrary.
    pub(crate) fn allocate_into(
        self,
        owner: &AtomicU64,
        usable: u64,
        beginning: &[u64],
    ) -> Result<Offset, ShmError> {
        self.transact(|arena| {
            let block = arena.allocate(usable)?;
            for (index, value) in beginning.iter().enumerate() {
                poke(arena.segment.word(block.plus(index as u64 * 8)), *value);
                step();
            }
            arena.set(owner, block.0);
            Ok(block)
        })
    }

    /// Frees the block that `owner` names and clears `owner`, in one step; nothing when it names none.
    pub(crate) fn free_from(self, owner: &AtomicU64) {
        let arena = self.arena();
        let block = Offset(peek(owner));
        if !block.is_none() {
            arena.free(block);
            arena.set(owner, 0);
            arena.commit();
        }
    }
}

impl Arena<'_> {
    #[inline(always)]
    pub(crate) fn set(&self, word: &AtomicU64, value: u64) {
        self.latched.set(word, value);
    }

    #[inline(always)]
    pub(crate) fn commit(&self) {
        self.latched.commit();
    }

    pub(crate) fn segment(&self) -> &Segment {
        self.segment
    }

    pub(super) fn state(&self) -> &ArenaState {
        &self.segment.header().arena
    }

    pub(super) fn add(&self, word: &AtomicU64, amount: u64) {
        self.set(word, peek(word) + amount);
    }

    pub(super) fn subtract(&self, word: &AtomicU64, amount: u64) {
        self.set(word, peek(word).saturating_sub(amount));
    }

    pub(super) fn roll_back(&self) {
        self.latched.roll_back();
        self.abandon_growth();
    }

    /// Memory that was added by a transaction that did not happen is not accounted for: take it away again.
    fn abandon_growth(&self) {
        self.abandon_filling();
        let header = self.segment.header();
        let backed = peek(&self.state().backed_end);
        let surplus = self.segment.file_length().saturating_sub(backed);
        let step = TABLE_STEP * ROW;
        let tables = [
            (
                THREADS_START + peek(&header.thread_rows) * ROW,
                step,
                PROCESSES_START,
            ),
            (
                PROCESSES_START + peek(&header.process_rows) * ROW,
                step,
                ARENA_START,
            ),
            (backed, surplus, self.segment.limit()),
        ];
        for (start, length, end) in tables {
            let length = length.min(end.saturating_sub(start));
            if length > 0 {
                self.segment.unback(start, length);
            }
        }
    }

    /// Takes back the memory of a bare block, whose transaction did not happen.
    fn abandon_filling(&self) {
        let block = Offset(peek(&self.state().filling));
        if block.is_none() {
            return;
        }
        let header: &BlockHeader = self.segment.at(block);
        if let Some((start, length)) = interior(block, class_size(peek(&header.class) as usize)) {
            self.segment.unback(start, length);
        }
        step();
        poke(&self.state().filling, 0);
        step();
    }

    /// Allocates `usable` bytes inside a transaction and returns the offset of the first.
    pub(crate) fn allocate(&self, usable: u64) -> Result<Offset, ShmError> {
        let (class, size) = class_for(usable).ok_or_else(|| self.out_of_memory(usable))?;
        let state = self.state();
        let ready = Offset(peek(&state.ready[class]));
        if ready.is_none() {
            return self.allocate_bare(class, size);
        }
        Ok(self.use_ready(class, size, ready))
    }

    #[inline(always)]
    fn use_ready(&self, class: usize, size: u64, block: Offset) -> Offset {
        let state = self.state();
        self.unlist(&state.ready[class], block);
        self.subtract(&state.ready_bytes, size);
        self.count_live(block, size)
    }

    #[inline(always)]
    fn count_live(&self, block: Offset, size: u64) -> Offset {
        let state = self.state();
        self.add(&state.live_blocks, 1);
        self.add(&state.live_bytes, size);
        block.plus(BLOCK_HEADER)
    }

    /// As [`Arena::allocate`], where no block of the class is ready.
    fn allocate_bare(&self, class: usize, size: u64) -> Result<Offset, ShmError> {
        let list = &self.state().bare[class];
        let bare = Offset(peek(list));
        let block = if bare.is_none() {
            self.extend(class, size)
        } else {
            self.fill(bare, size).map(|()| {
                self.unlist(list, bare);
                bare
            })
        };
        match block {
            Ok(block) => Ok(self.count_live(block, size)),
            Err(error) => self.use_slightly_larger(class, size).ok_or_else(|| {
                self.wanted.set(Some(class));
                error
            }),
        }
    }

    /// A ready block so little larger that it cannot be cut.
    fn use_slightly_larger(&self, class: usize, size: u64) -> Option<Offset> {
        let larger = (class + 1..CLASSES).take_while(|one| class_size(*one) < size + SMALLEST);
        let ready = |one: usize| Offset(peek(&self.state().ready[one]));
        let found = larger.into_iter().find(|one| !ready(*one).is_none())?;
        Some(self.use_ready(found, class_size(found), ready(found)))
    }

    /// Inside a transaction: gives back a block that [`Arena::allocate`] made. The caller has stopped reading it.
    pub(crate) fn free(&self, usable: Offset) {
        let block = Offset(usable.0 - BLOCK_HEADER);
        let header: &BlockHeader = self.segment.at(block);
        let state = self.state();
        debug_assert_eq!(peek(&header.state), LIVE, "block {block} is freed twice");
        let class = peek(&header.class) as usize;
        let size = class_size(class);
        let keeps = peek(&state.ready_bytes) + size <= peek(&self.segment.header().watermark);
        match interior(block, size) {
            Some(pages) if !keeps => self.strip(block, pages, &state.bare[class]),
            _ => {
                self.list(&state.ready[class], block);
                self.add(&state.ready_bytes, size);
            }
        }
        self.subtract(&state.live_blocks, 1);
        self.subtract(&state.live_bytes, size);
        // A hint, for which it does not matter whether the transaction happens.
        poke(&state.joinable, 1);
    }

    /// Takes the memory of a block that nobody reads any more and lists it as bare. The memory goes before the transaction can
    /// commit; should the transaction not happen, the block is still its owner's, to be freed again.
    fn strip(&self, block: Offset, (start, length): (u64, u64), list: &AtomicU64) {
        self.segment.unback(start, length);
        step();
        self.list(list, block);
        self.subtract(&self.state().committed, length);
    }

    pub(super) fn list(&self, list: &AtomicU64, block: Offset) {
        let header: &BlockHeader = self.segment.at(block);
        self.set(&header.state, peek(list));
        self.set(list, block.0);
    }

    fn unlist(&self, list: &AtomicU64, block: Offset) {
        let header: &BlockHeader = self.segment.at(block);
        self.set(list, peek(&header.state));
        self.set(&header.state, LIVE);
    }

    /// Puts memory behind a bare block.
    fn fill(&self, block: Offset, size: u64) -> Result<(), ShmError> {
        let Some((start, length)) = interior(block, size) else {
            return Ok(());
        };
        self.check_quota(length)?;
        let state = self.state();
        debug_assert_eq!(peek(&state.filling), 0, "one bare block a transaction");
        poke(&state.filling, block.0);
        step();
        self.back(start, length)?;
        step();
        self.add(&state.committed, length);
        self.set(&state.filling, 0);
        Ok(())
    }

    /// Makes a new block at the top.
    fn extend(&self, class: usize, size: u64) -> Result<Offset, ShmError> {
        let state = self.state();
        let block = Offset(peek(&state.top));
        let end = block.0 + size;
        if end > self.segment.limit() {
            return Err(self.out_of_memory(size));
        }
        let backed = peek(&state.backed_end);
        if end > backed {
            self.grow(backed, end)?;
        }
        // Beyond the top, so there is nothing to undo in the block itself.
        let header: &BlockHeader = self.segment.at(block);
        poke(&header.class, class as u64);
        poke(&header.state, LIVE);
        step();
        self.set(&state.top, end);
        Ok(block)
    }

    /// Moves the end of the backed part from `backed` to `end` or, if the quota allows, somewhat further.
    fn grow(&self, backed: u64, end: u64) -> Result<(), ShmError> {
        let state = self.state();
        let least = (end - backed).next_multiple_of(PAGE);
        let ahead = (peek(&state.committed) / 8)
            .max(GROWTH)
            .next_multiple_of(PAGE);
        let generous = least.max(ahead).min(self.segment.limit() - backed);
        let length = if self.check_quota(generous).is_ok() {
            generous
        } else {
            least
        };
        self.check_quota(length)?;
        self.back(backed, length)?;
        step();
        self.add(&state.committed, length);
        self.set(&state.backed_end, backed + length);
        Ok(())
    }

    /// Memory for a further step of a table whose first `rows` rows have some; not before a transaction, but as one.
    pub(super) fn grow_table(
        &self,
        rows: &AtomicU64,
        start: u64,
        row: u64,
    ) -> Result<(), ShmError> {
        let length = TABLE_STEP * row;
        self.check_quota(length)?;
        self.back(start + peek(rows) * row, length)?;
        step();
        self.add(&self.state().committed, length);
        self.add(rows, TABLE_STEP);
        self.commit();
        Ok(())
    }

    pub(super) fn check_quota(&self, more: u64) -> Result<(), ShmError> {
        let total = peek(&self.state().committed).saturating_add(more);
        if total > peek(&self.segment.header().quota) {
            return Err(self.out_of_memory(more));
        }
        Ok(())
    }

    pub(super) fn back(&self, start: u64, length: u64) -> Result<(), ShmError> {
        // The system being full (ENOSPC, EFBIG) is the same to the caller as the quota being used up.
        self.segment
            .back(start, length)
            .map_err(|_| self.out_of_memory(length))
    }

    fn out_of_memory(&self, requested: u64) -> ShmError {
        ShmError::OutOfMemory {
            requested,
            quota: peek(&self.segment.header().quota),
        }
    }
}
