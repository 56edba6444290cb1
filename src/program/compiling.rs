//! The source that this thread is compiling, for decisions that need more than the current token.

use std::cell::RefCell;
use std::sync::Arc;

use rhai::{AST, Engine, ParseError, Position};

use super::{reserved_member, with_block};
use crate::syntax;

thread_local! {
    pub(super) static SOURCE: RefCell<Option<Compiled>> = const { RefCell::new(None) };
}

/// A text that is being compiled. The parser asks about positions in the order of the text, so each is searched for from the
/// last one on: the time is linear in the text.
#[derive(Debug)]
pub(super) struct Compiled {
    text: Arc<str>,
    /// A character that has been found: its line and column, from 1, and its byte.
    found: (usize, usize, usize),
}

impl Compiled {
    pub(super) fn new(text: Arc<str>) -> Self {
        Self {
            text,
            found: (1, 1, 0),
        }
    }

    /// Returns the text from the character at this line and column on.
    fn from(&mut self, line: usize, column: usize) -> Option<&str> {
        // The parser counts no further.
        if line.max(column) >= usize::from(u16::MAX) {
            return None;
        }
        if (line, column) < (self.found.0, self.found.1) {
            self.found = (1, 1, 0);
        }
        let (mut at_line, mut at_column, mut at) = self.found;
        while at_line < line {
            at += self.text.get(at..)?.find('\n')? + 1;
            (at_line, at_column) = (at_line + 1, 1);
        }
        let rest = self.text.get(at..)?;
        at += rest.char_indices().nth(column - at_column)?.0;
        self.found = (line, column, at);
        self.text.get(at..)
    }
}

/// Compiles a source of a program.
///
/// # Errors
/// Rhai's syntax error.
pub(crate) fn parse(engine: &Engine, text: &Arc<str>) -> Result<AST, ParseError> {
    let outer = SOURCE.replace(Some(Compiled::new(text.clone())));
    with_block::begin_text();
    reserved_member::begin_text();
    let parsed = engine.compile(text.as_ref());
    SOURCE.set(outer);
    parsed
}

/// Returns whether the `_` at `position` is a name, as in Python, and not the default case of a `switch`. False if
/// the source is not known.
pub(crate) fn underscore_is_name(position: Position) -> bool {
    next_after(position, "_", |next| next != Some("=>"))
}

/// Returns whether the word at `position` is the end of its statement. False if the source is not known.
pub(crate) fn ends_statement(position: Position, word: &str) -> bool {
    next_after(position, word, |next| {
        matches!(next, Some(";" | "}") | None)
    })
}

/// Returns what `is_so` says about the token after the word at `position`; false if the source is not known.
fn next_after(position: Position, word: &str, is_so: impl FnOnce(Option<&str>) -> bool) -> bool {
    let (Some(line), Some(column)) = (position.line(), position.position()) else {
        return false;
    };
    SOURCE.with_borrow_mut(|source| {
        let Some(source) = source else {
            return false;
        };
        let rest = source
            .from(line, column)
            .and_then(|rest| rest.strip_prefix(word));
        let rest = rest.unwrap_or_default();
        let next = syntax::code(rest).next();
        is_so(next.map(|next| &rest[next.range]))
    })
}
