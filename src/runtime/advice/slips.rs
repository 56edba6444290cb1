//! Slips of people who come from Python, in a text that does not parse.

use super::Advice;

/// What was meant at `line` and `column` of `text`, where the parser says `message`.
pub(super) fn advice(_text: &str, _line: usize, _column: usize, _message: &str) -> Option<Advice> {
    None
}
