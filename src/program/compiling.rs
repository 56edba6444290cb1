//! The source that this thread is compiling, for decisions that need more than the current token.

use std::cell::RefCell;
use std::sync::Arc;

use rhai::{AST, Engine, ParseError, Position};

use crate::syntax;

thread_local! {
    pub(super) static TEXT: RefCell<Option<Arc<str>>> = const { RefCell::new(None) };
}

/// Compiles a source of a program.
///
/// # Errors
/// Rhai's syntax error.
pub(crate) fn parse(engine: &Engine, text: &Arc<str>) -> Result<AST, ParseError> {
    let outer = TEXT.replace(Some(text.clone()));
    let parsed = engine.compile(text.as_ref());
    TEXT.set(outer);
    parsed
}

/// Returns whether the `_` at `position` is a name, as in Python, and not the default case of a `switch`. False if
/// the source is not known.
pub(crate) fn underscore_is_name(position: Position) -> bool {
    let (Some(line), Some(column)) = (position.line(), position.position()) else {
        return false;
    };
    TEXT.with_borrow(|text| {
        let text = text.as_deref()?;
        let above: usize = text
            .split_inclusive('\n')
            .take(line - 1)
            .map(str::len)
            .sum();
        let rest = text.get(above..)?;
        let (at, _) = rest.char_indices().nth(column)?;
        let next = syntax::code(&rest[at..]).next()?;
        Some(&rest[at..][next.range] != "=>")
    })
    // Nothing follows it.
    .unwrap_or(TEXT.with_borrow(Option::is_some))
}
