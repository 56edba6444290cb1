//! Who refers to an object: processes, by a list of small nodes each, so that a dead process's references can be given back; and
//! other objects, by a word each.

use std::sync::atomic::AtomicU64;

use super::ShmError;
use super::arena::Arena;
use super::layout::{Offset, ProcessEntry, peek, poke};
use super::object::Kind;
use super::segment::Segment;
use super::shared::shared_struct;
use super::step::step;
use super::thread_slot::Thread;

shared_struct! {
    /// One process's hold on one object.
    pub(super) struct Reference {
        object: AtomicU64,
        previous: AtomicU64,
        next: AtomicU64,
    }
}

impl Arena<'_> {
    /// Inside a transaction: a new node for `object`, first on the process's list. The object's count is the caller's business.
    fn link_reference(&self, entry: &ProcessEntry, object: Offset) -> Result<Offset, ShmError> {
        let node = self.allocate(size_of::<Reference>() as u64)?;
        let first = Offset(peek(&entry.references));
        let reference: &Reference = self.segment().at(node);
        poke(&reference.object, object.0);
        poke(&reference.previous, 0);
        poke(&reference.next, first.0);
        step();
        if !first.is_none() {
            self.set(&self.segment().at::<Reference>(first).previous, node.0);
        }
        self.set(&entry.references, node.0);
        Ok(node)
    }

    fn unlink_reference(&self, entry: &ProcessEntry, node: Offset) -> Offset {
        let reference: &Reference = self.segment().at(node);
        let (previous, next) = (peek(&reference.previous), peek(&reference.next));
        if previous == 0 {
            self.set(&entry.references, next);
        } else {
            self.set(&self.segment().at::<Reference>(Offset(previous)).next, next);
        }
        if next != 0 {
            self.set(
                &self.segment().at::<Reference>(Offset(next)).previous,
                previous,
            );
        }
        Offset(peek(&reference.object))
    }
}

impl Thread<'_> {
    /// Make an object of `size` bytes, all zero but for its header, with one reference held by the process.
    pub(super) fn create_object(
        self,
        entry: &ProcessEntry,
        kind: Kind,
        size: u64,
    ) -> Result<(Offset, Offset), ShmError> {
        self.transact(|arena| {
            let object = arena.allocate(size)?;
            for index in 0..size.div_ceil(8) {
                poke(arena.segment().word(object.plus(index * 8)), 0);
            }
            step();
            arena.christen(object, kind);
            let node = arena.link_reference(entry, object)?;
            Ok((object, node))
        })
    }

    /// One more reference to the object, held by the process; the node that stands for it.
    pub(super) fn retain(
        self,
        entry: &ProcessEntry,
        object: Offset,
        entry_is_valid: impl Fn() -> bool,
    ) -> Result<Offset, ShmError> {
        self.transact(|arena| {
            if !entry_is_valid() {
                return Err(ShmError::NoSuchProcess);
            }
            arena.count_reference(object)?;
            arena.link_reference(entry, object)
        })
    }

    /// Give a reference of the process back.
    pub(super) fn release(self, entry: &ProcessEntry, node: Offset) {
        let arena = self.arena();
        let object = arena.unlink_reference(entry, node);
        arena.uncount_reference(object);
        arena.free(node);
        arena.commit();
    }

    /// A word of an object takes a reference to another object, which lives at least as long.
    ///
    /// The word must be empty. It belongs to whoever may change the object that holds it.
    pub(crate) fn attach(self, word: &AtomicU64, object: Offset) -> Result<(), ShmError> {
        self.transact(|arena| {
            arena.count_reference(object)?;
            arena.set(word, object.0);
            Ok(())
        })
    }

    /// The word gives its reference back; nothing when it has none. Destroying what is doomed by that is the caller's.
    pub(crate) fn detach(self, word: &AtomicU64) {
        let arena = self.arena();
        let object = Offset(peek(word));
        if !object.is_none() {
            arena.uncount_reference(object);
            arena.set(word, 0);
            arena.commit();
        }
    }

    /// Give back whatever the process holds, one reference at a time.
    pub(super) fn release_all(self, entry: &ProcessEntry) {
        loop {
            let arena = self.arena();
            let node = Offset(peek(&entry.references));
            if node.is_none() {
                return;
            }
            let object = arena.unlink_reference(entry, node);
            arena.uncount_reference(object);
            arena.free(node);
            arena.commit();
        }
    }

    /// The process's nodes and the objects they stand for.
    pub(super) fn references(self, entry: &ProcessEntry) -> Vec<(Offset, Offset)> {
        let arena = self.arena();
        let segment: &Segment = arena.segment();
        let mut found = Vec::new();
        let mut node = Offset(peek(&entry.references));
        while !node.is_none() {
            let reference: &Reference = segment.at(node);
            found.push((node, Offset(peek(&reference.object))));
            node = Offset(peek(&reference.next));
        }
        found
    }
}
