//! `deque`: a list with two ends, shared by reference within a process.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use rhai::{Array, Dynamic};

use crate::script::dropping::drop_flat;
use crate::sys::lock::locked;

/// A shared list with two ends. Clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Deque(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    items: Mutex<VecDeque<Dynamic>>,
    most: Option<usize>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        drop_flat(std::mem::take(&mut *locked(&self.items)));
    }
}

/// One of the two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Left,
    Right,
}

impl Deque {
    /// Returns a list of these items; of more than `most`, the last ones.
    pub(super) fn new(items: impl IntoIterator<Item = Dynamic>, most: Option<usize>) -> Self {
        let deque = Self(Arc::new(Inner {
            items: Mutex::new(VecDeque::new()),
            most,
        }));
        for item in items {
            deque.push(item, End::Right);
        }
        deque
    }

    /// Returns how many items it has at most.
    pub(super) fn most(&self) -> Option<usize> {
        self.0.most
    }

    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Reads or changes the items. Nothing of a script runs meanwhile, and nothing is dropped that may be a list.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut VecDeque<Dynamic>) -> T) -> T {
        look(&mut locked(&self.0.items))
    }

    /// Adds an item at one end. If there are too many then, the one at the other end is dropped.
    pub(super) fn push(&self, item: Dynamic, end: End) {
        let most = self.0.most;
        let dropped = self.with(|items| {
            match end {
                End::Left => items.push_front(item),
                End::Right => items.push_back(item),
            }
            let is_too_long = most.is_some_and(|most| items.len() > most);
            match end {
                _ if !is_too_long => None,
                End::Left => items.pop_back(),
                End::Right => items.pop_front(),
            }
        });
        drop(dropped);
    }

    pub(super) fn pop(&self, end: End) -> Option<Dynamic> {
        self.with(|items| match end {
            End::Left => items.pop_front(),
            End::Right => items.pop_back(),
        })
    }

    pub(super) fn len(&self) -> usize {
        self.with(|items| items.len())
    }

    /// Returns a copy of the items.
    pub(super) fn items(&self) -> Array {
        self.with(|items| items.iter().cloned().collect())
    }

    /// Moves the last items to the beginning, or for a negative number the first ones to the end.
    pub(super) fn rotate(&self, steps: i64) {
        self.with(|items| {
            let length = items.len() as i64;
            if length > 0 {
                // Below the length, which fits.
                items.rotate_right(steps.rem_euclid(length) as usize);
            }
        });
    }
}
