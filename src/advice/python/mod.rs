//! Slips of people who come from Python, in a text that does not parse or that fails when it is run.
//!
//! - [`table`]: the slips, a row each; [`row`]: how one is seen, what is wrong, how it is written here.
//! - [`quotes`], [`words`], [`blocks`], [`brackets`], [`values`], [`failures`]: how they are seen.
//! - [`program`]: a whole program in Python.
//! - [`statement`], [`expression`], [`text`]: Python's code as it is written here, for the hints.
//! - [`reading`]: the text in pieces.

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

use self::reading::Reading;
use super::Advice;
use crate::script::names::Names;

/// What was meant at `line` and `column` of `text`, where the parser says `message`.
pub(super) fn advice(
    names: &Names,
    text: &str,
    line: usize,
    column: usize,
    message: &str,
) -> Option<Advice> {
    let read = Reading::new(names, text, (line, column), message);
    program::advice(&read).or_else(|| table::of_syntax(&read))
}

/// What was meant there, where a script that parses fails with `message`.
pub(super) fn of_failure(
    names: &Names,
    text: &str,
    line: usize,
    column: usize,
    message: &str,
) -> Option<Advice> {
    table::of_failure(&Reading::new(names, text, (line, column), message))
}
