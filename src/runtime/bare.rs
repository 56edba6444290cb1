//! `throw ValueError;`: a class of exceptions without brackets, where one is thrown.
//!
//! The class is a function, which is no error. So the word is read as a name that no script can spell, whose value is a new exception.

use rhai::{Identifier, Position};

use crate::program::{compiling, with_block};
use crate::script::exception_table::{THROWN, is_class};

/// Returns the word at this place; a class of exceptions that is thrown there without brackets, with that end.
#[allow(clippy::box_collection)] // As Rhai's tokens have it.
pub(super) fn class_thrown(word: Box<Identifier>, position: Position) -> Box<Identifier> {
    if !with_block::is_thrown() || !is_class(&word) || !compiling::ends_statement(position, &word) {
        return word;
    }
    let mut marked = *word;
    marked.push(THROWN);
    Box::new(marked)
}
