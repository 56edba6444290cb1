//! Indices of a sequence by Python's rules: one index, also from the end; a range as a slice.

use std::ops::{Range, RangeInclusive};

use rhai::Dynamic;

use crate::text::as_int;

/// The items that an index selects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::stdlib) enum Place {
    /// One item.
    At(usize),
    /// A slice: never beyond the ends.
    Slice(Range<usize>),
    /// No item is there.
    Outside,
    /// It is neither an integer nor a range.
    NoIndex,
}

/// Returns the items that `index` selects in a sequence of `length` items.
pub(in crate::stdlib) fn place(index: &Dynamic, length: usize) -> Place {
    if let Some(index) = as_int(index) {
        return at(index, length).map_or(Place::Outside, Place::At);
    }
    if let Some(range) = index.read_lock::<Range<i64>>() {
        return Place::Slice(slice(range.start, range.end, length));
    }
    let Some(range) = index.read_lock::<RangeInclusive<i64>>() else {
        return Place::NoIndex;
    };
    Place::Slice(through(*range.start(), *range.end(), length))
}

/// Returns the indices from `start` to `end`, which may be counted from the end: `0..=-1` means all items.
pub(in crate::stdlib) fn through(start: i64, end: i64, length: usize) -> Range<usize> {
    let inside = end >= -(length as i64);
    let end = bound(end, length) as i64;
    slice(start, end.saturating_add(i64::from(inside)), length)
}

/// Returns the index of one item.
pub(in crate::stdlib) fn at(index: i64, length: usize) -> Option<usize> {
    let index = if index < 0 {
        index.checked_add(length as i64)?
    } else {
        index
    };
    usize::try_from(index).ok().filter(|at| *at < length)
}

/// Returns the indices from `start` up to, not including, `end`; negative ones count from the end.
pub(in crate::stdlib) fn slice(start: i64, end: i64, length: usize) -> Range<usize> {
    let start = bound(start, length);
    start..bound(end, length).max(start)
}

/// Returns the place of an index between 0 and the length; a negative one counts from the end.
pub(in crate::stdlib) fn bound(index: i64, length: usize) -> usize {
    let length = length as i64;
    let index = if index < 0 { index + length } else { index };
    index.clamp(0, length) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_never_reaches_beyond_the_ends() {
        let cases = [
            ((2, 7), 2..7),
            ((2, i64::MAX), 2..10),
            ((-3, -1), 7..9),
            ((-99, 2), 0..2),
            ((7, 2), 7..7),
            ((20, 30), 10..10),
            ((i64::MIN, i64::MAX), 0..10),
        ];
        for ((start, end), wanted) in cases {
            assert_eq!(slice(start, end, 10), wanted, "{start}..{end}");
        }
    }

    #[test]
    fn the_end_of_an_inclusive_range_may_be_counted_from_the_end() {
        let slice_of = |start, end| place(&Dynamic::from(RangeInclusive::new(start, end)), 10);
        assert_eq!(slice_of(0, -1), Place::Slice(0..10));
        assert_eq!(slice_of(2, 4), Place::Slice(2..5));
        assert_eq!(slice_of(2, i64::MAX), Place::Slice(2..10));
        assert_eq!(slice_of(0, -11), Place::Slice(0..0));
    }

    #[test]
    fn an_index_counts_from_either_end() {
        let place_of = |index: i64| place(&Dynamic::from_int(index), 3);
        assert_eq!(place_of(2), Place::At(2));
        assert_eq!(place_of(-3), Place::At(0));
        assert_eq!(place_of(3), Place::Outside);
        assert_eq!(place_of(-4), Place::Outside);
        assert_eq!(place_of(i64::MIN), Place::Outside);
        assert_eq!(place(&Dynamic::from("x"), 3), Place::NoIndex);
    }
}
