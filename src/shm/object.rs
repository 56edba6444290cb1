//! The header of every shared object: a tag that proves its kind, and the number of its references.
//!
//! References are counted per process (see `reference`) and per message in flight (see `message`). When the last one goes, the same
//! transaction puts the object on the `unreferenced` list (see `destroy`).

use std::sync::atomic::AtomicU64;

use super::arena::Arena;
use super::error::ShmError;
use super::layout::ARENA_START;
use super::offset::{Offset, peek, poke};
use super::segment::Segment;
use super::shared::shared_struct;
use super::thread_slot::ThreadSlot;

/// The kind of an object, from 1 to 0x7fff; `sync` defines the numbers.
pub(crate) type Kind = u16;

/// Set in the kind of an object that nobody refers to any more.
const UNREFERENCED: u16 = 0x8000;

/// Odd, so that multiplying by it loses nothing.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

shared_struct! {
    /// First words of every shared object.
    pub(crate) struct ObjectHeader {
        /// The kind, hidden by the session's nonce and the object's offset, so that no other bytes pass for an object.
        tag: AtomicU64,
        references: AtomicU64,
        /// The number of the loss when there was last one reference less.
        lost: AtomicU64,
        /// Next on the unreferenced list.
        pub(super) next: AtomicU64,
    }
}

fn tag(segment: &Segment, object: Offset, kind: u16) -> u64 {
    peek(&segment.header().nonce) ^ object.0.wrapping_mul(SPREAD) ^ u64::from(kind)
}

/// Returns the kind of the object at an offset, also while it waits to be destroyed; `None` when none is there, wherever
/// the offset came from.
fn raw_kind(segment: &Segment, object: Offset) -> Option<u16> {
    let top = peek(&segment.header().arena.top);
    let end = object.0.checked_add(size_of::<ObjectHeader>() as u64)?;
    if object.0 < ARENA_START || end > top {
        return None;
    }
    let header: &ObjectHeader = segment.get(object)?;
    let kind = peek(&header.tag) ^ tag(segment, object, 0);
    u16::try_from(kind)
        .ok()
        .filter(|kind| kind & !UNREFERENCED != 0)
}

impl Segment {
    /// Returns the kind of the living object at an offset; `None` when there is none, wherever the offset came from.
    pub(crate) fn kind_at(&self, object: Offset) -> Option<Kind> {
        raw_kind(self, object).filter(|kind| kind & UNREFERENCED == 0)
    }

    /// Returns the kind of the object at an offset that came from the session's own books; it may wait to be destroyed.
    pub(super) fn kind_of_listed(&self, object: Offset) -> Option<Kind> {
        raw_kind(self, object).map(|kind| kind & !UNREFERENCED)
    }

    /// Returns the number of the loss when the object last lost a reference, 0 for never.
    pub(super) fn last_loss(&self, object: Offset) -> u64 {
        let header: &ObjectHeader = self.at(object);
        peek(&header.lost)
    }

    /// Returns how many refer to the object.
    pub(crate) fn reference_count(&self, object: Offset) -> u64 {
        let header: &ObjectHeader = self.at(object);
        peek(&header.references)
    }
}

impl Arena<'_> {
    /// Inside the transaction that allocated it: makes a block an object with one reference.
    pub(super) fn make_object(&self, object: Offset, kind: Kind) {
        let header: &ObjectHeader = self.segment().at(object);
        // Fresh memory, which goes with the transaction if that does not happen: nothing to undo. But the words must not be
        // mistaken for an object should the memory be looked at later, so they are undone all the same.
        self.set(&header.tag, tag(self.segment(), object, kind));
        self.set(&header.references, 1);
    }

    /// Inside a transaction: one more refers to the object.
    pub(super) fn count_reference(&self, object: Offset) -> Result<(), ShmError> {
        if self.segment().kind_at(object).is_none() {
            return Err(ShmError::NoSuchObject(object));
        }
        let header: &ObjectHeader = self.segment().at(object);
        self.set(&header.references, peek(&header.references) + 1);
        Ok(())
    }

    /// Inside a transaction: one less refers to the object; after the last one it is listed for destruction.
    pub(super) fn uncount_reference(&self, object: Offset) {
        let Some(kind) = self.segment().kind_at(object) else {
            debug_assert!(false, "a reference to no object at {object}");
            return;
        };
        let header: &ObjectHeader = self.segment().at(object);
        let left = peek(&header.references) - 1;
        poke(&header.lost, self.segment().count_loss());
        self.set(&header.references, left);
        if left == 0 {
            let unreferenced = tag(self.segment(), object, kind | UNREFERENCED);
            self.set(&header.tag, unreferenced);
            self.list_unreferenced(object);
        }
    }

    /// Inside a transaction: the next unreferenced object leaves the list for this thread, to be destroyed; `false` when there is none.
    pub(super) fn take_unreferenced(&self, slot: &ThreadSlot) -> bool {
        let header = self.segment().header();
        let object = Offset(peek(&header.unreferenced));
        if object.is_none() {
            return false;
        }
        let next = peek(&self.segment().at::<ObjectHeader>(object).next);
        self.set(&header.unreferenced, next);
        self.set(&slot.destroying, object.0);
        true
    }

    /// Inside a transaction: what the thread was destroying is listed again.
    pub(super) fn return_unreferenced(&self, slot: &ThreadSlot) {
        let object = Offset(peek(&slot.destroying));
        if !object.is_none() {
            self.list_unreferenced(object);
            self.set(&slot.destroying, 0);
        }
    }

    fn list_unreferenced(&self, object: Offset) {
        let unreferenced = &self.segment().header().unreferenced;
        let header: &ObjectHeader = self.segment().at(object);
        self.set(&header.next, peek(unreferenced));
        self.set(unreferenced, object.0);
    }
}
