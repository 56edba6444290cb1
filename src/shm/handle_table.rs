//! Which objects this process holds, and how many handles it has of each.
#![allow(unsafe_code)]

use std::collections::HashMap;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use super::offset::Offset;

/// Count of handles that cannot be known: the object is held until the process ends.
const FOR_LIFE: u64 = u64::MAX / 2;

#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    /// The node that represents the process's reference.
    pub(super) node: Offset,
    pub(super) handles: u64,
}

pub(super) type Table = HashMap<Offset, Held>;

/// The objects that this process holds.
///
/// Behind a pointer, because a forked child must be able to start with a fresh table when another thread of its parent had the old
/// one locked.
#[derive(Debug)]
pub(super) struct HandleTable(AtomicPtr<Mutex<Table>>);

impl HandleTable {
    pub(super) fn new() -> HandleTable {
        HandleTable(AtomicPtr::new(Box::into_raw(Box::default())))
    }

    fn mutex(&self) -> &Mutex<Table> {
        // SAFETY: the pointer comes from a Box; it is replaced only in `rebuild`, which leaks the old one, and freed only in `drop`.
        unsafe { &*self.0.load(Ordering::Acquire) }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Table> {
        // No code that can panic runs under the lock with the table half changed.
        self.mutex().lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes one handle and returns the node of the reference if that was the last one. `None` also when the process has left
    /// the session, or is a forked child that was not granted this object.
    pub(super) fn count_down(&self, object: Offset) -> Option<Offset> {
        let mut table = self.lock();
        let held = table.get_mut(&object)?;
        held.handles = held.handles.saturating_sub(1);
        (held.handles == 0).then_some(held.node)
    }

    /// Forgets everything: the process has given all references back.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    /// Starts over with the references this process has been given, as (node, object). The handles that a forked child inherited
    /// are those its parent had.
    pub(super) fn rebuild(&self, references: &[(Offset, Offset)]) {
        let inherited = match self.mutex().try_lock() {
            Ok(table) => Some(table.clone()),
            Err(TryLockError::Poisoned(error)) => Some(error.into_inner().clone()),
            Err(TryLockError::WouldBlock) => None,
        };
        let table: Table = references
            .iter()
            .map(|(node, object)| {
                let handles = inherited.as_ref().map_or(FOR_LIFE, |old| {
                    old.get(object).map_or(0, |held| held.handles)
                });
                (
                    *object,
                    Held {
                        node: *node,
                        handles,
                    },
                )
            })
            .collect();
        // The old table is leaked: it may be locked by a thread that does not exist in this process.
        self.0.store(
            Box::into_raw(Box::new(Mutex::new(table))),
            Ordering::Release,
        );
    }
}

impl Drop for HandleTable {
    fn drop(&mut self) {
        // SAFETY: the pointer comes from a Box, and `&mut self` says that no reference obtained through it is left.
        drop(unsafe { Box::from_raw(*self.0.get_mut()) });
    }
}
