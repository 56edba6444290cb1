//! A dict that keeps the order of its entries and the types of its keys, shared by reference within a process.

use std::sync::{Arc, Mutex};

use indexmap::IndexMap;
use rhai::{Array, Dynamic};

use super::key::Key;
use crate::script::dropping::drop_flat;
use crate::script::{Call, Failure, memory};
use crate::sys::lock::locked;

/// An entry: the key as it came first, and the value.
pub(super) type Entry = (Dynamic, Dynamic);

/// The entries by their keys, in order.
pub(super) type Entries = IndexMap<Key, Entry>;

/// How many items of a list an entry takes as much memory as.
const WEIGHT: usize = 8;

/// A shared dict. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Table(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner(Mutex<Entries>);

impl Drop for Inner {
    fn drop(&mut self) {
        let entries = std::mem::take(&mut *locked(&self.0));
        drop_flat(entries.into_values().flat_map(|(key, value)| [key, value]));
    }
}

impl Table {
    /// Reads or changes the entries. Nothing of a script runs meanwhile, and nothing is dropped that may be a table.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Entries) -> T) -> T {
        look(&mut locked(&self.0.0))
    }

    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(super) fn get(&self, key: &Key) -> Option<Dynamic> {
        self.with(|entries| Some(entries.get(key)?.1.clone()))
    }

    /// Sets an entry; one that is there keeps its place and its key.
    pub(super) fn set(&self, key: Key, shown: Dynamic, value: Dynamic) {
        let old = self.with(|entries| match entries.get_mut(&key) {
            Some(entry) => Some(std::mem::replace(&mut entry.1, value)),
            None => {
                entries.insert(key, (shown, value));
                None
            }
        });
        drop(old);
    }

    /// Memory for one more entry.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(super) fn make_room(&self) -> Result<(), Failure> {
        let (length, capacity) = self.with(|entries| (entries.len(), entries.capacity()));
        match length < capacity {
            true => Ok(()),
            false => memory::for_kept(length.saturating_mul(WEIGHT), 0),
        }
    }

    /// Sets many entries.
    ///
    /// # Errors
    /// `TypeError` for a value that cannot be a key; `MemoryError`.
    pub(super) fn set_all(
        &self,
        call: &Call<'_>,
        pairs: impl IntoIterator<Item = Entry>,
    ) -> Result<(), Failure> {
        for (key, value) in pairs {
            call.check_interrupts()?;
            self.make_room()?;
            self.set(Key::of(&key)?, key, value);
        }
        Ok(())
    }

    /// Removes an entry; the others keep their order.
    pub(super) fn remove(&self, key: &Key) -> Option<Dynamic> {
        self.with(|entries| entries.shift_remove(key))
            .map(|entry| entry.1)
    }

    /// Returns all entries in order.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.with(|entries| entries.values().cloned().collect())
    }

    pub(super) fn keys(&self) -> Array {
        self.with(|entries| entries.values().map(|entry| entry.0.clone()).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.with(|entries| entries.len())
    }

    /// Returns another table with the same entries.
    pub(super) fn copy(&self) -> Self {
        Self::of(self.with(|entries| entries.clone()))
    }

    pub(super) fn of(entries: Entries) -> Self {
        Self(Arc::new(Inner(Mutex::new(entries))))
    }

    /// Returns the entries as pairs, for another process.
    pub(super) fn pairs(&self) -> Dynamic {
        let pairs = self.entries().into_iter();
        let pairs = pairs.map(|(key, value)| Dynamic::from(vec![key, value]));
        pairs.collect::<Array>().into()
    }

    /// Returns the table of such pairs.
    ///
    /// # Errors
    /// They are none.
    pub(super) fn of_pairs(pairs: Dynamic) -> Result<Self, String> {
        let table = Self::default();
        for pair in pairs.into_array().unwrap_or_default() {
            let pair: Result<[Dynamic; 2], _> = pair.into_array().unwrap_or_default().try_into();
            let [key, value] = pair.map_err(|_| "an entry is not a pair")?;
            let known = Key::of(&key).map_err(|_| "an entry has no key")?;
            table.set(known, key, value);
        }
        Ok(table)
    }
}
