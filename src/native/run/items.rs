//! The items of a list as Rust has them.

use super::values::List;
use crate::native::code::Item;

/// How many items are written between two looks at what happens outside.
const CHUNK: usize = 1 << 18;

/// The items of a header as Rust has them.
pub(super) enum Items<R> {
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Bools(Vec<bool>),
    Rows(Vec<R>),
}

/// A list in a list.
pub(super) trait Row: Sized {
    /// Returns a copy, if there is memory.
    fn copied(&self) -> Option<Self>;
}

impl<R: Row> Items<R> {
    pub(super) fn of(list: List) -> Self {
        match list {
            List::Ints(items) => Self::Ints(items),
            List::Floats(items) => Self::Floats(items),
            List::Bools(items) => Self::Bools(items),
        }
    }

    /// As a list; of rows, an empty one of these items.
    pub(super) fn into_list(self, item: Item) -> List {
        match (self, item) {
            (Self::Ints(items), _) => List::Ints(items),
            (Self::Floats(items), _) => List::Floats(items),
            (Self::Bools(items), _) => List::Bools(items),
            (Self::Rows(_), Item::Int) => List::Ints(Vec::new()),
            (Self::Rows(_), Item::Float) => List::Floats(Vec::new()),
            (Self::Rows(_), Item::Bool) => List::Bools(Vec::new()),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Ints(items) => items.len(),
            Self::Floats(items) => items.len(),
            Self::Bools(items) => items.len(),
            Self::Rows(items) => items.len(),
        }
    }

    /// Becomes this many times the item with these bits, as long as `goes_on`. Rows it does not become.
    pub(super) fn fill(&mut self, bits: u64, count: usize, goes_on: &mut dyn FnMut() -> bool) {
        fn fill<T: Copy>(
            list: &mut Vec<T>,
            item: T,
            count: usize,
            goes_on: &mut dyn FnMut() -> bool,
        ) {
            while list.len() < count && goes_on() {
                list.resize((list.len() + CHUNK).min(count), item);
            }
        }
        match self {
            Self::Ints(list) => fill(list, bits.cast_signed(), count, goes_on),
            Self::Floats(list) => fill(list, f64::from_bits(bits), count, goes_on),
            Self::Bools(list) => fill(list, bits & 1 != 0, count, goes_on),
            Self::Rows(_) => (),
        }
    }

    pub(super) fn truncate(&mut self, len: usize) {
        match self {
            Self::Ints(items) => items.truncate(len),
            Self::Floats(items) => items.truncate(len),
            Self::Bools(items) => items.truncate(len),
            Self::Rows(items) => items.truncate(len),
        }
    }

    /// Makes space for that many more items, if there is memory.
    pub(super) fn reserve(&mut self, more: usize) -> bool {
        match self {
            Self::Ints(items) => items.try_reserve_exact(more),
            Self::Floats(items) => items.try_reserve_exact(more),
            Self::Bools(items) => items.try_reserve_exact(more),
            Self::Rows(items) => items.try_reserve_exact(more),
        }
        .is_ok()
    }

    /// Gets copies of its first items, for which there is space.
    pub(super) fn extend_from_within(&mut self, len: usize) -> bool {
        match self {
            Self::Ints(items) => items.extend_from_within(..len),
            Self::Floats(items) => items.extend_from_within(..len),
            Self::Bools(items) => items.extend_from_within(..len),
            Self::Rows(rows) => {
                return (0..len).all(|index| {
                    let copy = rows[index].copied();
                    push_copy(rows, copy)
                });
            }
        }
        true
    }

    /// Gets copies of these items, for which there is space.
    pub(super) fn extend_from(&mut self, from: &Self) -> bool {
        match (self, from) {
            (Self::Ints(items), Self::Ints(from)) => items.extend_from_slice(from),
            (Self::Floats(items), Self::Floats(from)) => items.extend_from_slice(from),
            (Self::Bools(items), Self::Bools(from)) => items.extend_from_slice(from),
            (Self::Rows(rows), Self::Rows(from)) => {
                return from.iter().all(|row| push_copy(rows, row.copied()));
            }
            _ => return false,
        }
        true
    }
}

/// Appends a copy, if there is one.
fn push_copy<R>(rows: &mut Vec<R>, copy: Option<R>) -> bool {
    let is_done = copy.is_some();
    rows.extend(copy);
    is_done
}
