//! Rhai's text, and what people write who know Python: tokens, brackets, calls, scopes. No engine, no script is run.
//!
//! - [`lexer`]: the tokens of a text; [`words`]: those that the language reserves.
//! - [`mod@pieces`]: the tokens of code alone, each with its line and column.
//! - [`brackets`]: which bracket closes which.
//! - [`cursor`]: what the end of an unfinished text is part of: a string, a call, a path.
//! - [`mod@items`]: the statements and functions of a text; [`statements`]: those of a text that does not parse.
//! - [`outline`]: what is around a place; [`scopes`]: which variables can be seen there.

mod brackets;
mod cursor;
mod items;
mod lexer;
mod outline;
mod pieces;
mod scopes;
mod statements;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use self::brackets::{Brackets, is_opening};
pub(crate) use self::cursor::{Cursor, Inside, Owner, Quoted, Step};
pub(crate) use self::items::{function, items};
pub(crate) use self::lexer::{Kind, code, tokens};
pub(crate) use self::outline::Outline;
pub(crate) use self::pieces::{Piece, pieces};
pub(crate) use self::scopes::visible;
pub(crate) use self::statements::without_statement;
pub(crate) use self::words::{KEYWORDS, is_highlighted, is_reserved, is_word_of_python};
