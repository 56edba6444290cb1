//! The items of a call that have not been sent: its own, or those of a list that a variable lends.

use std::ops::Range;
use std::vec::IntoIter;

use rhai::{Array, Dynamic};

use crate::script::lent::Lent;

/// Items that are taken one after the other.
#[derive(Debug)]
pub(crate) enum Items {
    Own(IntoIter<Dynamic>),
    /// Those at these places.
    Lent(Lent, Range<usize>),
}

/// An item of a call.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    Own(Dynamic),
    /// The one at this place.
    Lent(Lent, usize),
}

impl From<Array> for Items {
    fn from(items: Array) -> Self {
        Self::Own(items.into_iter())
    }
}

impl From<Lent> for Items {
    fn from(lent: Lent) -> Self {
        let all = 0..lent.items().len();
        Self::Lent(lent, all)
    }
}

impl Items {
    /// Returns the items that have not been taken.
    pub(super) fn rest(&self) -> &[Dynamic] {
        match self {
            Self::Own(items) => items.as_slice(),
            Self::Lent(lent, left) => &lent.items()[left.clone()],
        }
    }

    pub(super) fn len(&self) -> usize {
        self.rest().len()
    }

    /// Takes the next item.
    pub(super) fn next(&mut self) -> Option<Item> {
        match self {
            Self::Own(items) => items.next().map(Item::Own),
            Self::Lent(lent, left) => left.next().map(|at| Item::Lent(lent.clone(), at)),
        }
    }

    /// Takes the next items, at most `count`.
    pub(super) fn take(&mut self, count: usize) -> Self {
        match self {
            Self::Own(items) => items.by_ref().take(count).collect::<Array>().into(),
            Self::Lent(lent, left) => {
                let start = left.start;
                left.start = start.saturating_add(count).min(left.end);
                Self::Lent(lent.clone(), start..left.start)
            }
        }
    }

    /// Drops all items.
    pub(super) fn clear(&mut self) {
        match self {
            Self::Own(items) => drop(std::mem::take(items)),
            Self::Lent(_, left) => left.start = left.end,
        }
    }

    /// Takes all items.
    pub(super) fn take_all(&mut self) -> Array {
        match self {
            Self::Own(items) => std::mem::take(items).collect(),
            Self::Lent(lent, left) => lent.items()[std::mem::take(left)].to_vec(),
        }
    }
}

impl Item {
    pub(super) fn value(&self) -> &Dynamic {
        match self {
            Self::Own(value) => value,
            Self::Lent(lent, at) => &lent.items()[*at],
        }
    }

    pub(super) fn into_value(self) -> Dynamic {
        match self {
            Self::Own(value) => value,
            Self::Lent(..) => self.value().clone(),
        }
    }
}
