//! What a text looks like while it is typed: its colours, and the indentation of its next line.

use std::ops::Range;

use super::Interactive;
use crate::syntax::{Cursor, Inside, Kind, is_keyword, tokens};

/// A part of a text that has a colour of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Span {
    /// Where it is, in bytes.
    pub range: Range<usize>,
    /// What it is.
    pub kind: SpanKind,
}

/// What a part of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpanKind {
    /// A word of the language: `let`, `true`.
    Keyword,
    /// A number.
    Number,
    /// A string, or a part of one in back quotes, before, between or behind its `${…}`.
    String,
    /// A comment.
    Comment,
}

impl Interactive {
    /// The keywords, numbers, strings and comments of a text, in their order. The text may be wrong or unfinished.
    ///
    /// # Example
    /// ```
    /// use procscript::prompt::{Interactive, SpanKind};
    ///
    /// let spans = Interactive::spans("let x = `${1}`");
    /// let kinds: Vec<_> = spans.iter().map(|span| span.kind).collect();
    /// assert_eq!(kinds, [SpanKind::Keyword, SpanKind::String, SpanKind::Number, SpanKind::String]);
    /// ```
    pub fn spans(text: &str) -> Vec<Span> {
        let spans = tokens(text).into_iter().filter_map(|token| {
            let kind = match token.kind {
                Kind::Word if is_keyword(&text[token.range.clone()]) => SpanKind::Keyword,
                Kind::Number => SpanKind::Number,
                Kind::String => SpanKind::String,
                Kind::Comment => SpanKind::Comment,
                Kind::Word | Kind::Space | Kind::Symbol => return None,
            };
            Some(Span {
                range: token.range,
                kind,
            })
        });
        spans.collect()
    }

    /// By how many levels the line behind an unfinished text is indented: one for each bracket that is open. None inside a
    /// string or a comment that goes on.
    pub fn indentation(text: &str) -> usize {
        let cursor = Cursor::behind(text);
        match cursor.inside() {
            Inside::LongString | Inside::BlockComment => 0,
            Inside::Code | Inside::ShortString | Inside::LineComment => cursor.depth(),
        }
    }
}
