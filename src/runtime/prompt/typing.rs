//! Help while an input is typed: its colours, and the indentation of its next line.

use std::ops::Range;

use super::Interactive;
use crate::syntax::{Cursor, Inside, Kind, is_highlighted, tokens};

/// A part of an input that has a colour.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Span {
    /// Its range, in bytes.
    pub range: Range<usize>,
    /// Its kind.
    pub kind: SpanKind,
}

/// The kind of a part of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpanKind {
    /// A keyword of the language: `let`, `true`.
    Keyword,
    /// A number.
    Number,
    /// A string, or a part of a string in back quotes that is outside its `${…}`.
    String,
    /// A comment.
    Comment,
}

impl Interactive {
    /// Returns the keywords, numbers, strings and comments of an input, in order. The input may be invalid or incomplete.
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
                Kind::Word if is_highlighted(&text[token.range.clone()]) => SpanKind::Keyword,
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

    /// Returns the number of levels by which the line after an incomplete input is indented: one for each open bracket, and none
    /// inside a string or comment of several lines.
    pub fn indentation(text: &str) -> usize {
        let cursor = Cursor::behind(text);
        match cursor.inside() {
            Inside::LongString | Inside::BlockComment => 0,
            Inside::Code | Inside::ShortString | Inside::LineComment => cursor.depth(),
        }
    }
}
