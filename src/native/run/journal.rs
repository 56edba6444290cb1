//! What lists contained when the last pass of a loop began, so that giving up restores it.
//!
//! Code records each item that it overwrites. Where that would take more memory than a copy of the lists, the lists are copied as they were
//! when the pass began, and nothing more is recorded in this pass. So the journal takes at most twice the memory of the lists.

use std::ptr;

use super::header::Header;
use super::lists::Lists;

/// How many changes there is space for at first.
const FIRST: usize = if cfg!(test) { 4 } else { 1024 };

/// An item before it was overwritten.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Change {
    pub list: *const Header,
    pub index: usize,
    /// The bits of a number, or a truth value.
    pub item: u64,
}

/// The changes of this pass. The places of compiled code come first.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Journal {
    pub first: *mut Change,
    pub end: *mut Change,
    /// By how many bytes code advances when it records a change: 0 once the lists are copied, so that it overwrites one place again and again.
    pub step: usize,
    /// Where code was when it gave up.
    pub next: *mut Change,
    changes: Vec<Change>,
    copies: Vec<u8>,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            first: ptr::null_mut(),
            end: ptr::null_mut(),
            step: size_of::<Change>(),
            next: ptr::null_mut(),
            changes: Vec::new(),
            copies: Vec::new(),
        }
    }
}

impl Journal {
    /// Returns where code goes on recording once it has got to `end`; null if there is no memory.
    pub(super) fn make_space(&mut self, lists: &Lists) -> *mut Change {
        let count = self.changes.capacity();
        // SAFETY: code has written all of them.
        unsafe { self.changes.set_len(count) };
        let bytes = lists.written().map(|list| list.kept_bytes().len()).sum();
        let is_done = if count == 0 || 2 * count * size_of::<Change>() < bytes {
            self.grow(count)
        } else {
            self.copy(lists, bytes)
        };
        if is_done { self.next } else { ptr::null_mut() }
    }

    fn grow(&mut self, count: usize) -> bool {
        if self.changes.try_reserve_exact(count.max(FIRST)).is_err() {
            return false;
        }
        let space = self.changes.spare_capacity_mut().as_mut_ptr_range();
        self.first = self.changes.as_mut_ptr();
        (self.next, self.end) = (space.start.cast(), space.end.cast());
        true
    }

    /// Copies the lists as they were when the pass began.
    fn copy(&mut self, lists: &Lists, bytes: usize) -> bool {
        self.copies.clear();
        if self.copies.try_reserve_exact(bytes).is_err() {
            return false;
        }
        self.changes.iter_mut().rev().for_each(Change::swap);
        for list in lists.written() {
            self.copies.extend_from_slice(list.kept_bytes());
        }
        self.changes.iter_mut().for_each(Change::swap);
        (self.step, self.next) = (0, self.first);
        true
    }

    /// Follows headers that have been moved from `old`, of this many bytes, to `new`. Code has noted how far it is.
    pub(super) fn follow(&mut self, old: *const Header, bytes: usize, new: *const Header) {
        if self.step == 0 || self.first.is_null() {
            return;
        }
        let count = (self.next.addr() - self.first.addr()) / size_of::<Change>();
        for index in 0..count {
            // SAFETY: code has written the changes from `first` to `next`.
            let change = unsafe { &mut *self.first.add(index) };
            let offset = change.list.addr().wrapping_sub(old.addr());
            if offset < bytes {
                change.list = new.wrapping_byte_add(offset);
            }
        }
    }

    /// Forgets the changes, because the lists are gone.
    pub(super) fn forget(&mut self) {
        if !self.first.is_null() {
            *self = Self::default();
        }
    }

    /// Gives the lists the items that they had when the pass began.
    pub(super) fn undo(&mut self, lists: &Lists) {
        if self.step == 0 {
            let mut copies = &self.copies[..];
            for list in lists.written() {
                let (items, rest) = copies.split_at(list.kept_bytes().len());
                list.restore(items);
                copies = rest;
            }
            return;
        }
        let count = (self.next.addr() - self.first.addr()) / size_of::<Change>();
        // SAFETY: code has written the changes from `first` to `next`, which lie in the capacity.
        unsafe { self.changes.set_len(count) };
        self.changes.iter_mut().rev().for_each(Change::swap);
    }
}

impl Change {
    /// Exchanges the item that is recorded and the one that is in the list.
    fn swap(&mut self) {
        // SAFETY: code has recorded an item that it found in this list; lists outlive the run of the code, and do not get shorter.
        unsafe { (*self.list).swap(self.index, &mut self.item) }
    }
}
