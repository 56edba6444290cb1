//! Whether an input needs more lines.

use rhai::{ParseErrorType, Position};

use super::Interactive;
use crate::program::compiling;
use crate::syntax::{Cursor, Inside};
use crate::sys::deep_stack::on_deep_stack;

impl Interactive {
    /// Whether the input needs more lines: a bracket, string or comment is open, or an operator has no right side.
    ///
    /// An input with an error that further lines cannot correct is not incomplete, and neither is one that could continue but need not.
    ///
    /// # Example
    /// ```no_run
    /// let program = procscript::Runtime::builder().build().unwrap().interactive();
    /// assert!(program.is_incomplete("fn double(x) {"));
    /// assert!(!program.is_incomplete("fn double(x) { x * 2 }"));
    /// assert!(!program.is_incomplete("let = 3"));
    /// ```
    pub fn is_incomplete(&self, text: &str) -> bool {
        match Cursor::behind(text).inside() {
            Inside::LongString | Inside::BlockComment => true,
            Inside::ShortString => false,
            Inside::Code | Inside::LineComment => {
                let engine = &self.runtime.engine;
                // The tree is dropped there too.
                let error = on_deep_stack(|| compiling::parse(engine, &text.into()).err());
                error.is_some_and(|error| {
                    *error.err_type() == ParseErrorType::UnexpectedEOF
                        || is_behind(error.position(), text)
                })
            }
        }
    }
}

/// Whether the parser stopped at the end of the text: it wanted more.
fn is_behind(position: Position, text: &str) -> bool {
    // The parser reports no position in the space after the last word.
    let text = text.trim_end();
    let lines = text.split('\n').count();
    let last = text.rsplit('\n').next().unwrap_or_default().chars().count();
    match (position.line(), position.position()) {
        (Some(line), Some(column)) => line > lines || line == lines && column > last,
        // At the beginning of a line after the text.
        (Some(line), None) => line > lines,
        (None, _) => true,
    }
}
