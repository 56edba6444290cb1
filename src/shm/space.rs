//! Making space in the arena when memory runs out: large free blocks are cut, free pages given back, and free neighbours joined.
//!
//! Cutting and stripping are transactions like others. Joining goes over all blocks, with the lists of free blocks made anew; the
//! blocks themselves say at any moment which are in use, so if a thread is killed in between, the next one joins from the start.

use std::sync::atomic::AtomicU64;

use super::arena::Arena;
use super::block::{BlockHeader, CLASSES, LIVE, SMALLEST, class_size, filling, interior, parts};
use super::layout::{ARENA_START, BEFORE_TABLES, ROW};
use super::offset::{Offset, peek, poke};
use super::step::step;
use crate::sys::memory::PAGE;

impl Arena<'_> {
    /// Makes space for the block that could not be allocated; returns whether there may be some now. No transaction is open.
    #[cold]
    pub(super) fn make_space(&self) -> bool {
        let state = self.state();
        let wanted = self.wanted.take();
        wanted.is_some_and(|class| self.carve(class, &state.ready))
            || self.strip_free_blocks()
            || wanted.is_some_and(|class| {
                peek(&state.bare[class]) == 0 && self.carve(class, &state.bare)
            })
            || self.join_free_blocks()
    }

    /// Cuts the smallest block of some lists that is large enough until it is as large as wanted; returns whether there was one.
    fn carve(&self, wanted: usize, lists: &[AtomicU64; CLASSES]) -> bool {
        let least = class_size(wanted) + SMALLEST;
        let is_large = |class: &usize| class_size(*class) >= least && peek(&lists[*class]) != 0;
        let Some(mut class) = (wanted..CLASSES).find(is_large) else {
            return false;
        };
        let mut lists = lists;
        while let Some((part, rest)) = parts(class, wanted) {
            let Some(list) = self.cut(&lists[class], (class, part, rest)) else {
                return false;
            };
            (class, lists) = (part, list);
        }
        true
    }

    /// Cuts the first block of a list in two, as one transaction. Returns the lists that the first part is on; `None` where there is no
    /// memory for the header of the second.
    fn cut(
        &self,
        list: &AtomicU64,
        (class, part, rest): (usize, usize, usize),
    ) -> Option<&[AtomicU64; CLASSES]> {
        let state = self.state();
        let block = Offset(peek(list));
        let second = block.plus(class_size(part));
        let is_bare = std::ptr::eq(list, &state.bare[class]);
        if is_bare && !self.back_between(block, (class, part, rest)) {
            return None;
        }
        self.set(list, peek(&self.header(block).state));
        // Nobody looks inside a free block before the commit.
        poke(&self.header(second).class, rest as u64);
        step();
        self.set(&self.header(block).class, part as u64);
        let mut first_lists = &state.ready;
        for (piece, class) in [(second, rest), (block, part)] {
            let lists = if is_bare && interior(piece, class_size(class)).is_some() {
                &state.bare
            } else {
                &state.ready
            };
            self.list(&lists[class], piece);
            first_lists = lists;
            if is_bare && std::ptr::eq(lists, &state.ready) {
                self.add(&state.ready_bytes, class_size(class));
            }
        }
        self.commit();
        poke(&state.joinable, 1);
        Some(first_lists)
    }

    /// Puts memory behind those pages of a bare block that lie inside neither of its parts.
    fn back_between(&self, block: Offset, (class, part, rest): (usize, usize, usize)) -> bool {
        let Some((start, length)) = interior(block, class_size(class)) else {
            return true;
        };
        let second = block.plus(class_size(part));
        let from = interior(block, class_size(part)).map_or(start, |(at, bytes)| at + bytes);
        let to = interior(second, class_size(rest)).map_or(start + length, |(at, _)| at);
        let state = self.state();
        if self.check_quota(to - from).is_err() {
            return false;
        }
        poke(&state.filling, block.0);
        step();
        if self.back(from, to - from).is_err() {
            self.roll_back();
            return false;
        }
        step();
        self.add(&state.committed, to - from);
        self.set(&state.filling, 0);
        true
    }

    /// Gives back the memory of every free block that has whole pages, and returns whether there was any. Each block is a
    /// transaction.
    fn strip_free_blocks(&self) -> bool {
        let state = self.state();
        let mut any = false;
        for class in 0..CLASSES {
            let size = class_size(class);
            let mut link = &state.ready[class];
            while peek(link) != 0 {
                let block = Offset(peek(link));
                let header = self.header(block);
                let Some((start, length)) = interior(block, size) else {
                    link = &header.state;
                    continue;
                };
                self.segment().unback(start, length);
                step();
                self.set(link, peek(&header.state));
                self.list(&state.bare[class], block);
                self.subtract(&state.ready_bytes, size);
                self.subtract(&state.committed, length);
                self.commit();
                any = true;
            }
        }
        any
    }

    /// Joins free blocks that lie side by side, gives back their pages, and returns whether there may be any.
    fn join_free_blocks(&self) -> bool {
        let state = self.state();
        if peek(&state.joinable) == 0 {
            return false;
        }
        poke(&state.joining, 1);
        step();
        self.finish_joining();
        true
    }

    /// Joins free blocks if this or a dead thread has begun to.
    pub(super) fn finish_joining(&self) {
        let state = self.state();
        if peek(&state.joining) == 0 {
            return;
        }
        for list in state.ready.iter().chain(&state.bare) {
            if peek(list) != 0 {
                poke(list, 0);
                step();
            }
        }
        let (mut ready_bytes, mut bare_bytes) = (0, 0);
        let mut at = Offset(ARENA_START);
        while at.0 < peek(&state.top) {
            let end = self.end_of_free(at);
            if end == at {
                at = self.behind(at);
                continue;
            }
            if end.0 >= peek(&state.top) {
                poke(&state.top, at.0);
                step();
                break;
            }
            self.join(at, end);
            while at != end {
                let (next, class) = (self.behind(at), self.class(at));
                if let Some((start, length)) = interior(at, class_size(class)) {
                    self.segment().unback(start, length);
                    step();
                    bare_bytes += length;
                    self.list_anew(&state.bare[class], at);
                } else {
                    ready_bytes += class_size(class);
                    self.list_anew(&state.ready[class], at);
                }
                at = next;
            }
        }
        self.take_stock(ready_bytes, bare_bytes);
        poke(&state.joinable, 0);
        step();
        poke(&state.joining, 0);
        step();
    }

    /// Makes one block, or a few, of the free blocks in a range.
    fn join(&self, start: Offset, end: Offset) {
        let mut blocks = 0;
        let mut at = start;
        while at != end {
            (at, blocks) = (self.behind(at), blocks + 1);
        }
        let classes = filling(end.0 - start.0);
        if classes.len() >= blocks {
            return;
        }
        // From the last to the first, which puts the others out of sight: at any moment the blocks can be walked.
        let mut at = end;
        for class in classes.iter().rev() {
            at = Offset(at.0 - class_size(*class));
            if at != start && self.back(at.0 / PAGE * PAGE, PAGE).is_err() {
                return;
            }
            let header = self.header(at);
            if at != start {
                poke(&header.state, 0);
                step();
            }
            poke(&header.class, *class as u64);
            step();
        }
    }

    /// Records the amount of memory behind the arena, and gives back the pages behind its top.
    fn take_stock(&self, ready_bytes: u64, bare_bytes: u64) {
        let state = self.state();
        let header = self.segment().header();
        let backed = peek(&state.top).next_multiple_of(PAGE);
        let surplus = self.segment().file_length().saturating_sub(backed);
        if surplus > 0 {
            self.segment().unback(backed, surplus);
            step();
        }
        let rows = peek(&header.thread_rows) + peek(&header.process_rows);
        let committed = BEFORE_TABLES + rows * ROW + (backed - ARENA_START) - bare_bytes;
        for (word, value) in [
            (&state.backed_end, backed),
            (&state.ready_bytes, ready_bytes),
            (&state.committed, committed),
        ] {
            poke(word, value);
            step();
        }
    }

    fn list_anew(&self, list: &AtomicU64, block: Offset) {
        poke(&self.header(block).state, peek(list));
        step();
        poke(list, block.0);
        step();
    }

    fn header(&self, block: Offset) -> &BlockHeader {
        self.segment().at(block)
    }

    fn class(&self, block: Offset) -> usize {
        peek(&self.header(block).class) as usize
    }

    fn behind(&self, block: Offset) -> Offset {
        block.plus(class_size(self.class(block)))
    }

    /// Returns where the next block in use begins, or the arena ends.
    fn end_of_free(&self, block: Offset) -> Offset {
        let mut at = block;
        while at.0 < peek(&self.state().top) && peek(&self.header(at).state) != LIVE {
            at = self.behind(at);
        }
        at
    }
}
