//! The code of a text without its white space, each piece with its line and column, whether the text is Rhai or Python.
//!
//! A string is one piece, whatever is in it. One that is never closed ends with its line: what is below is more likely code.

use super::lexer::{Kind, Lexer};

/// A piece of code and where it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'t> {
    pub kind: Kind,
    pub text: &'t str,
    /// Whether its end is there.
    pub is_closed: bool,
    /// The byte at which it begins.
    pub start: usize,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Piece<'_> {
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(crate) fn place(&self) -> (usize, usize) {
        (self.line, self.column)
    }

    /// The place right behind it.
    pub(crate) fn place_after(&self) -> (usize, usize) {
        match self.text.rsplit_once('\n') {
            Some((above, last)) => {
                let line = self.line + above.matches('\n').count() + 1;
                (line, last.chars().count() + 1)
            }
            None => (self.line, self.column + self.text.chars().count()),
        }
    }

    pub(crate) fn is_string(&self) -> bool {
        self.kind == Kind::String
    }
}

/// The pieces of a text; comments come second.
pub(crate) fn pieces(text: &str) -> (Vec<Piece<'_>>, Vec<Piece<'_>>) {
    let (mut code, mut comments) = (Vec::new(), Vec::new());
    let (mut start, mut line, mut column) = (0, 1, 1);
    let mut lexer = Lexer::new(text).peekable();
    while let Some(token) = lexer.next() {
        let mut last = token.clone();
        // The code in a string, and the parts of the string behind it.
        while let Some(part) =
            lexer.next_if(|next| next.depth > 0 || last.depth > 0 && next.kind == Kind::String)
        {
            last = part;
        }
        let mut end = last.range.end;
        let is_closed = last.is_closed && last.depth == 0;
        if token.kind == Kind::String
            && !is_closed
            && let Some(length) = text[start..end].find('\n')
        {
            end = start + length;
            lexer = Lexer::by_line_from(text, end).peekable();
        }
        let piece = Piece {
            kind: token.kind,
            text: &text[start..end],
            is_closed,
            start,
            line,
            column,
        };
        (line, column) = piece.place_after();
        start = end;
        match piece.kind {
            Kind::Comment => comments.push(piece),
            Kind::Space => (),
            _ => code.push(piece),
        }
    }
    (code, comments)
}
