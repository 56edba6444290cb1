//! Who refers to an object: processes, by a list of small nodes each, so that a dead process's references can be given back; and
//! other objects, by a word each.
//!
//! A node also carries the process's *stake* in the object: a word whose meaning is the object's own, such as the permits the
//! process has taken. While it is not zero, the object is notified when the process ends, and takes the stake back.

use std::sync::atomic::AtomicU64;

use super::arena::Arena;
use super::error::ShmError;
use super::object::Kind;
use super::offset::{Offset, peek, poke};
use super::process_entry::ProcessEntry;
use super::process_id::{Leaver, ProcessId};
use super::segment::Segment;
use super::session::Session;
use super::shared::shared_struct;
use super::step::step;
use super::thread_slot::Thread;

shared_struct! {
    /// One process's hold on one object.
    pub(super) struct Reference {
        object: AtomicU64,
        previous: AtomicU64,
        next: AtomicU64,
        /// The process's stake in the object; written by the object's kind.
        stake: AtomicU64,
        /// 1 while the process, which was forked, has the object only because its parent had it, and its script cannot use it.
        inherited: AtomicU64,
    }
}

/// Objects up to this size are made zero under the arena's latch.
const SMALL: u64 = 4096;

impl Arena<'_> {
    /// Inside a transaction: a new node for `object`, first on the process's list. The caller counts the reference.
    fn link_reference(&self, entry: &ProcessEntry, object: Offset) -> Result<Offset, ShmError> {
        let node = self.allocate(size_of::<Reference>() as u64)?;
        let first = Offset(peek(&entry.references));
        let reference: &Reference = self.segment().at(node);
        poke(&reference.object, object.0);
        poke(&reference.previous, 0);
        poke(&reference.next, first.0);
        poke(&reference.stake, 0);
        poke(&reference.inherited, 0);
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

/// More than a process holds: whoever follows a list that changes meanwhile comes to an end.
const LISTED_MAX: usize = 1 << 20;

impl Segment {
    /// Returns the objects on a list of references that others may be changing.
    pub(super) fn listed(&self, first: Offset) -> Vec<Offset> {
        let mut objects = Vec::new();
        let mut node = first;
        while objects.len() < LISTED_MAX
            && !node.is_none()
            && let Some(reference) = self.get::<Reference>(node)
        {
            objects.push(Offset(peek(&reference.object)));
            node = Offset(peek(&reference.next));
        }
        objects
    }
}

impl Thread<'_> {
    /// Makes an object of `size` bytes, all zero except for its header, with one reference held by the process.
    pub(super) fn create_object(
        self,
        entry: &ProcessEntry,
        kind: Kind,
        size: u64,
    ) -> Result<(Offset, Offset), ShmError> {
        if size > SMALL {
            return self.create_large(entry, kind, size);
        }
        self.transact(|arena| {
            let object = arena.allocate(size)?;
            for index in 0..size.div_ceil(8) {
                poke(arena.segment().word(object.plus(index * 8)), 0);
            }
            step();
            arena.make_object(object, kind);
            let node = arena.link_reference(entry, object)?;
            Ok((object, node))
        })
    }

    /// As [`create_object`](Self::create_object), for an object that takes a while to fill with zeros: meanwhile it is an empty message of
    /// this thread, and the arena is not locked.
    fn create_large(
        self,
        entry: &ProcessEntry,
        kind: Kind,
        size: u64,
    ) -> Result<(Offset, Offset), ShmError> {
        let object = self.reserve_in_flight(size)?;
        let node = self.transact(|arena| {
            arena.unreserve(self, object);
            arena.make_object(object, kind);
            arena.link_reference(entry, object)
        });
        match node {
            Ok(node) => Ok((object, node)),
            Err(error) => {
                self.discard_message(object);
                Err(error)
            }
        }
    }

    /// Adds a reference to the object, held by the process, and returns the node that represents it.
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

    /// Gives a reference of the process back.
    pub(super) fn release(self, entry: &ProcessEntry, node: Offset) {
        let arena = self.arena();
        let object = arena.unlink_reference(entry, node);
        arena.uncount_reference(object);
        arena.free(node);
        arena.commit();
    }

    /// Stores a reference to another object in a word of an object; the other lives at least as long.
    ///
    /// The word must be empty. The caller may change the object that holds it.
    pub(crate) fn attach(self, word: &AtomicU64, object: Offset) -> Result<(), ShmError> {
        self.transact(|arena| {
            arena.count_reference(object)?;
            arena.set(word, object.0);
            Ok(())
        })
    }

    /// Drops the reference that a word holds, if any. If that leaves the object unreferenced, the caller destroys it.
    pub(crate) fn detach(self, word: &AtomicU64) {
        let arena = self.arena();
        let object = Offset(peek(word));
        if !object.is_none() {
            arena.uncount_reference(object);
            arena.set(word, 0);
            arena.commit();
        }
    }

    /// Returns the first of the process's nodes, with no half-done change to the list.
    fn first_reference(self, entry: &ProcessEntry) -> Offset {
        let _arena = self.arena();
        Offset(peek(&entry.references))
    }

    /// Returns the objects that the process's script can use, and those that it has only because its parent had them.
    pub(super) fn used_and_inherited(self, entry: &ProcessEntry) -> (Vec<Offset>, Vec<Offset>) {
        let (mut used, mut inherited) = (Vec::new(), Vec::new());
        let arena = self.arena();
        let mut node = Offset(peek(&entry.references));
        while !node.is_none() {
            let reference: &Reference = arena.segment().at(node);
            let list = match peek(&reference.inherited) {
                0 => &mut used,
                _ => &mut inherited,
            };
            list.push(Offset(peek(&reference.object)));
            node = Offset(peek(&reference.next));
        }
        (used, inherited)
    }

    /// Returns the process's nodes and the objects they refer to.
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

impl Session {
    /// Gives back all references of a process that has ended or leaves, one at a time, each after its stake.
    ///
    /// None of its threads is inside a critical section any more: those of the dead have been swept.
    pub(super) fn release_all(&self, thread: Thread<'_>, entry: &ProcessEntry, leaver: Leaver) {
        loop {
            let node = thread.first_reference(entry);
            if node.is_none() {
                return;
            }
            let reference: &Reference = self.segment().at(node);
            let object = Offset(peek(&reference.object));
            let kind = self.segment().kind_at(object);
            if let Some(known) = kind.and_then(|kind| self.operations(kind)) {
                (known.note_owner)(self, object, leaver.process);
                if peek(&reference.stake) != 0 {
                    (known.forfeit)(self, thread, object, &reference.stake, leaver);
                    step();
                }
            }
            thread.release(entry, node);
        }
    }

    /// Returns the stake of another process in an object; `None` when it does not hold the object.
    pub(crate) fn stake_of(
        &self,
        process: ProcessId,
        object: Offset,
    ) -> Result<Option<&AtomicU64>, ShmError> {
        let entry = self.segment().used_entry_of(process)?;
        let held = self.thread()?.references(entry);
        let node = held.into_iter().find(|(_, found)| *found == object);
        Ok(node.map(|(node, _)| self.stake_at(node)))
    }

    /// Returns the processes that have a stake in an object, and their stakes.
    pub(crate) fn stakes(&self, object: Offset) -> Result<Vec<(ProcessId, u64)>, ShmError> {
        let mut found = Vec::new();
        for process in self.processes() {
            // One that ends meanwhile has none any more.
            if let Ok(Some(stake)) = self.stake_of(process.id, object) {
                found.push((process.id, peek(stake)));
            }
        }
        found.retain(|(_, stake)| *stake != 0);
        Ok(found)
    }

    /// Sets whether the process has the object only because its parent had it.
    pub(super) fn set_inherited(&self, node: Offset, inherited: bool) {
        let reference: &Reference = self.segment().at(node);
        poke(&reference.inherited, u64::from(inherited));
    }

    /// Returns the word of a node that holds the process's stake.
    pub(super) fn stake_at(&self, node: Offset) -> &AtomicU64 {
        &self.segment().at::<Reference>(node).stake
    }
}
