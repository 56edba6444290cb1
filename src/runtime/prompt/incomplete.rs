//! Whether a text waits for more lines.

use rhai::{ParseErrorType, Position};

use super::Interactive;
use crate::program::compiling;
use crate::syntax::{Cursor, Inside};

impl Interactive {
    /// Whether the text is the beginning of something: an open bracket, string or comment, an operator without its
    /// right side. An error that no further line could cure does not count, and neither does a line that could go on
    /// but need not.
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
                let error = compiling::parse(&self.runtime.engine, &text.into()).err();
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
    // What comes behind the last word is only space: the parser has not seen it.
    let text = text.trim_end();
    let lines = text.split('\n').count();
    let last = text.rsplit('\n').next().unwrap_or_default().chars().count();
    match (position.line(), position.position()) {
        (Some(line), Some(column)) => line > lines || line == lines && column > last,
        // At the beginning of a line behind the text.
        (Some(line), None) => line > lines,
        (None, _) => true,
    }
}
