//! Which items of a list are meant, by Python's rules.

use std::ops::{Range, RangeInclusive};

use rhai::Dynamic;

use crate::stdlib::builtins::slices;

/// Items of a list whose length is not known here. Negative indices count from the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Span {
    At(i64),
    /// From the first up to, not including, the second.
    Slice(i64, i64),
    /// From the first to the second.
    Through(i64, i64),
    /// Behind the last one.
    End,
}

impl Span {
    pub(crate) const ALL: Span = Span::Slice(0, i64::MAX);

    /// Returns what a range means as an index; `None` if the value is no range.
    pub(super) fn of_range(index: &Dynamic) -> Option<Self> {
        if let Some(range) = index.read_lock::<Range<i64>>() {
            return Some(Span::Slice(range.start, range.end));
        }
        let range = index.read_lock::<RangeInclusive<i64>>()?;
        Some(Span::Through(*range.start(), *range.end()))
    }

    /// Returns the indices that are meant in a list of this length; `None` where there are none.
    pub(super) fn within(self, length: usize) -> Option<Range<usize>> {
        match self {
            Span::At(index) => slices::at(index, length).map(|at| at..at + 1),
            Span::Slice(start, end) => Some(slices::slice(start, end, length)),
            Span::Through(start, end) => Some(slices::through(start, end, length)),
            Span::End => Some(length..length),
        }
    }
}
