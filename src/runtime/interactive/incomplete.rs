//! Whether a text waits for more lines.

use super::Interactive;

impl Interactive {
    /// Whether the text is the beginning of something: an open bracket, text or comment, an operator without its
    /// right side. An error that no further line could cure does not count.
    pub fn is_incomplete(&self, text: &str) -> bool {
        use rhai::{LexError, ParseErrorType};
        let Err(error) = self.runtime.engine.compile(text) else {
            return false;
        };
        let ends_early = matches!(
            error.err_type(),
            ParseErrorType::UnexpectedEOF | ParseErrorType::BadInput(LexError::UnterminatedString)
        );
        let lines: Vec<_> = text.split('\n').collect();
        let last = lines.last().map_or(0, |line| line.chars().count());
        let position = error.position();
        ends_early
            || match (position.line(), position.position()) {
                (Some(line), Some(column)) => {
                    line > lines.len() || line == lines.len() && column > last
                }
                (None, _) => true,
                _ => false,
            }
    }
}
