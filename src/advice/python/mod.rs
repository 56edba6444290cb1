//! Recognises Python syntax in a script that does not parse or fails.
//!
//! - [`table`]: the slips, one row each; [`row`]: how one is recognised, what is wrong, what to do.
//! - [`quotes`], [`words`], [`blocks`], [`brackets`], [`values`], [`failures`]: the recognisers.
//! - [`program`]: a whole program in Python.
//! - [`statement`], [`expression`], [`text`]: translate Python's code, for the hints.
//! - [`reading`]: the source in pieces.

mod blocks;
mod brackets;
mod expression;
mod failures;
mod program;
mod quotes;
mod reading;
mod row;
mod statement;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod values;
mod words;

pub(crate) use self::reading::Pieces;
use self::reading::Reading;
use super::Advice;
use crate::script::names::Names;

/// Advice for the error `message` of the parser at `place`: line and column.
pub(super) fn advice(
    names: &Names,
    pieces: &Pieces<'_>,
    place: (usize, usize),
    message: &str,
) -> Option<Advice> {
    let read = Reading::new(names, pieces, place, message);
    program::advice(&read).or_else(|| table::of_syntax(&read))
}

/// Advice for a script that parses, but failed there with `message`.
pub(super) fn of_failure(
    names: &Names,
    pieces: &Pieces<'_>,
    place: (usize, usize),
    message: &str,
) -> Option<Advice> {
    table::of_failure(&Reading::new(names, pieces, place, message))
}
