//! Changing a container: small changes in place, others by a new body, each as one transaction.
//!
//! What is put in is written beforehand and lies on the thread's list of messages in flight; what is taken out joins that list in
//! the same transaction and is discarded when the latch is free. So the largest change is a handful of stores.

use super::in_flight::InFlight;
use super::layout::{Body, ContainerObject, slot_word, split};
use super::watch::note_change;
use crate::shm::{Latched, Offset, ShmError, Thread, message_bytes, peek, poke, step};

/// The most entries of a dict that are changed in place at once.
pub(super) const AT_ONCE: usize = 16;

/// A container being changed, under its latch. Each method is one whole transaction.
pub(super) struct Edit<'s> {
    pub(super) thread: Thread<'s>,
    pub(super) object: &'s ContainerObject,
    latched: Latched<'s>,
}

/// An entry of a body: its block and the hash of its key.
type Entry = (Offset, u32);

impl<'s> Edit<'s> {
    /// Returns the container whose latch is held.
    pub(super) fn over(
        thread: Thread<'s>,
        object: &'s ContainerObject,
        latched: Latched<'s>,
    ) -> Edit<'s> {
        Edit {
            thread,
            object,
            latched,
        }
    }

    /// Returns whether the value of an entry is `expected`.
    pub(super) fn holds(&self, block: Offset, expected: &[u8]) -> bool {
        let bytes = message_bytes(self.thread.segment, block);
        split(self.object.is_keyed(), bytes).1 == expected
    }

    pub(super) fn body(&self) -> Option<Body<'s>> {
        self.object.body(self.thread.segment)
    }

    pub(super) fn count(&self) -> u64 {
        peek(&self.object.count)
    }

    pub(super) fn version(&self) -> u64 {
        peek(&self.object.version)
    }

    /// Returns the entries from `start` up to `end` of the body that are not removed.
    pub(super) fn entries(&self, start: u64, end: u64) -> impl Iterator<Item = Offset> {
        let body = self.body();
        (start..end)
            .filter_map(move |index| body.map(|body| body.block(index)))
            .filter(|block| !block.is_none())
    }

    fn finish(&self, given: &mut InFlight<'_>, taken: &mut InFlight<'_>, removed: Vec<Offset>) {
        self.thread.trade(&self.latched, given.blocks(), &removed);
        let version = &self.object.version;
        self.latched.set(version, peek(version) + 1);
        self.latched.commit();
        note_change(self.object);
        given.forget();
        taken.receive(removed);
    }

    /// Puts the one block `given` into an entry in use.
    pub(super) fn replace(&self, index: u64, given: &mut InFlight<'_>, taken: &mut InFlight<'_>) {
        let (Some(body), [new]) = (self.body(), given.blocks()) else {
            return;
        };
        let old = body.block(index);
        self.latched.set(body.entry(index), new.0);
        self.finish(given, taken, vec![old]);
    }

    /// Returns whether there is room for `more` entries behind the last.
    pub(super) fn has_room(&self, more: u64) -> bool {
        let used = peek(&self.object.used);
        self.body().is_some_and(|body| used + more <= body.capacity)
    }

    /// Puts blocks behind the last entry, where there is room; in a dict only one, with its hash.
    pub(super) fn append(&self, hash: u32, given: &mut InFlight<'_>, taken: &mut InFlight<'_>) {
        let Some(body) = self.body() else { return };
        let (object, used) = (self.object, peek(&self.object.used));
        for (index, block) in (used..).zip(given.blocks()) {
            // Beyond the entries in use: nobody reads it before the commit.
            poke(body.entry(index), block.0);
            step();
        }
        if object.is_keyed()
            && let Some(slot) = body.free_slot(hash)
        {
            self.latched.set(slot, slot_word(hash, used));
        }
        let more = given.blocks().len() as u64;
        self.latched.set(&object.used, used + more);
        self.latched.set(&object.end, used + more);
        self.latched.set(&object.count, self.count() + more);
        self.finish(given, taken, Vec::new());
    }

    /// Puts each of the blocks `given` into the entry where its key is, or behind the last one, where there is room.
    ///
    /// A store for each and a few more: the journal has room for [`AT_ONCE`].
    pub(super) fn put_each(
        &self,
        places: &[(Option<u64>, u32)],
        given: &mut InFlight<'_>,
        taken: &mut InFlight<'_>,
    ) {
        let Some(body) = self.body() else { return };
        let (object, mut removed) = (self.object, Vec::new());
        let (mut used, mut count) = (peek(&object.used), self.count());
        for ((found, hash), block) in places.iter().zip(given.blocks()) {
            if let Some(index) = *found {
                removed.push(body.block(index));
                self.latched.set(body.entry(index), block.0);
                continue;
            }
            // Beyond the entries in use: nobody reads it before the commit.
            poke(body.entry(used), block.0);
            step();
            if let Some(slot) = body.free_slot(*hash) {
                self.latched.set(slot, slot_word(*hash, used));
            }
            (used, count) = (used + 1, count + 1);
        }
        if count != self.count() {
            self.latched.set(&object.used, used);
            self.latched.set(&object.end, used);
            self.latched.set(&object.count, count);
        }
        self.finish(given, taken, removed);
    }

    /// Takes the entries of a list from `start` on.
    pub(super) fn truncate(&self, start: u64, taken: &mut InFlight<'_>) {
        let object = self.object;
        let removed = self.entries(start, peek(&object.used)).collect();
        for word in [&object.used, &object.end, &object.count] {
            self.latched.set(word, start);
        }
        self.finish(&mut taken.none(), taken, removed);
    }

    /// Takes one entry out of a dict; with `is_last`, only removed ones follow.
    pub(super) fn remove(&self, index: u64, is_last: bool, taken: &mut InFlight<'_>) {
        let Some(body) = self.body() else { return };
        let object = self.object;
        let removed = vec![body.block(index)];
        self.latched.set(body.entry(index), 0);
        self.latched.set(&object.count, self.count() - 1);
        if is_last {
            self.latched.set(&object.end, index);
        }
        self.finish(&mut taken.none(), taken, removed);
    }

    /// Returns the entries with their hashes, as they are numbered; a removed one has no block.
    pub(super) fn all(&self) -> Vec<Entry> {
        let Some(body) = self.body() else {
            return Vec::new();
        };
        let used = peek(&self.object.used);
        let blocks = (0..used).map(|index| body.block(index));
        blocks.zip(body.hashes(used)).collect()
    }

    /// Makes `entries` all there is, in a new body: `given` among them, `removed` not any more.
    pub(super) fn rebuild(
        &self,
        mut entries: Vec<Entry>,
        given: &mut InFlight<'_>,
        removed: Vec<Offset>,
        taken: &mut InFlight<'_>,
    ) -> Result<(), ShmError> {
        let object = self.object;
        entries.retain(|(block, _)| !block.is_none());
        let count = entries.len() as u64;
        let old = peek(&object.body);
        let new = if count == 0 {
            0
        } else {
            self.make_body(&entries)?
        };
        let changes = [
            (&object.body, new),
            (&object.spare, 0),
            (&object.retired, old),
            (&object.used, count),
            (&object.end, count),
            (&object.count, count),
        ];
        for (word, value) in changes {
            self.latched.set(word, value);
        }
        self.finish(given, taken, removed);
        self.thread.free_from(&object.retired);
        Ok(())
    }

    /// Returns a body with these entries and room for more, in the spare word.
    fn make_body(&self, entries: &[Entry]) -> Result<u64, ShmError> {
        let (thread, object) = (self.thread, self.object);
        let count = entries.len() as u64;
        let capacity = (count + count / 2).max(8);
        let (size, beginning) = Body::shape(capacity, object.is_keyed());
        let place = thread.allocate_into(&object.spare, size, &beginning)?;
        if let Some(body) = Body::at(thread.segment, place) {
            body.clear_index();
            for (index, (block, hash)) in (0..).zip(entries) {
                poke(body.entry(index), block.0);
                if object.is_keyed()
                    && let Some(slot) = body.free_slot(*hash)
                {
                    poke(slot, slot_word(*hash, index));
                }
            }
        }
        step();
        Ok(place.0)
    }
}
