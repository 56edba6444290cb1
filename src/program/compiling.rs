//! The text that is being compiled by this thread, for what the parser cannot tell from one word alone.

use std::cell::RefCell;
use std::sync::Arc;

use rhai::{AST, Engine, ParseError, Position};

thread_local! {
    static TEXT: RefCell<Option<Arc<str>>> = const { RefCell::new(None) };
}

/// Compiles a text of a program.
///
/// # Errors
/// Rhai's syntax error.
pub(crate) fn parse(engine: &Engine, text: &Arc<str>) -> Result<AST, ParseError> {
    let outer = TEXT.replace(Some(text.clone()));
    let parsed = engine.compile(text.as_ref());
    TEXT.set(outer);
    parsed
}

/// Whether the `_` at `position` is a name, as in Python, and not what stands for all other cases of a `switch`. False where
/// the text is not known.
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
        Some(!after_space(&rest[at..]).starts_with("=>"))
    })
    // Nothing follows it.
    .unwrap_or(TEXT.with_borrow(Option::is_some))
}

/// The text from the first character on that is neither space nor comment.
fn after_space(text: &str) -> &str {
    let mut text = text.trim_start();
    loop {
        let end = if text.starts_with("//") {
            text.find('\n')
        } else if text.starts_with("/*") {
            text.find("*/").map(|at| at + 2)
        } else {
            return text;
        };
        text = text[end.unwrap_or(text.len())..].trim_start();
    }
}
