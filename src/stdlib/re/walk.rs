//! Going through all matches of a pattern in a string.

use rhai::ImmutableString;

use super::found::{Match, characters};
use super::pattern::{Pattern, Spans, Where};
use crate::script::Failure;

/// The matches that have not been found, from left to right. They do not overlap; an empty one may be directly after another.
#[derive(Debug)]
pub(super) struct Walk {
    pattern: Pattern,
    text: ImmutableString,
    /// Where the next search begins, and where the last ends, in bytes; the first is beyond the second when all is done.
    range: (usize, usize),
    /// The same for the whole walk, in characters.
    searched: (usize, usize),
    /// A place up to which characters have been counted: its byte, and its character.
    counted: (usize, usize),
}

impl Walk {
    /// Begins to search a part of a string, which is given in bytes and in characters.
    pub(super) fn new(
        pattern: Pattern,
        text: ImmutableString,
        range: (usize, usize),
        searched: (usize, usize),
    ) -> Self {
        let counted = (range.0, searched.0);
        Self {
            pattern,
            text,
            range,
            searched,
            counted,
        }
    }

    /// Returns the next match.
    ///
    /// # Errors
    /// Those of a search.
    pub(super) fn next_match(&mut self) -> Result<Option<Match>, Failure> {
        let Some(spans) = self.next_spans()? else {
            return Ok(None);
        };
        let start = spans[0].map_or(0, |span| span.0);
        let (byte, character) = self.counted;
        let between = self.text.get(byte..start).unwrap_or_default();
        self.counted = (start, character + characters(between));
        Ok(Some(Match::new(
            self.pattern.clone(),
            self.text.clone(),
            spans,
            self.searched,
            self.counted,
        )))
    }

    /// Returns the bytes of the next match and of its groups.
    ///
    /// # Errors
    /// Those of a search.
    pub(super) fn next_spans(&mut self) -> Result<Option<Spans>, Failure> {
        if self.range.0 > self.range.1 {
            return Ok(None);
        }
        let found = self.pattern.find(&self.text, self.range, Where::Anywhere)?;
        self.range.0 = match found.as_ref().and_then(|spans| spans[0]) {
            None => usize::MAX,
            Some((start, end)) if start < end => end,
            Some((_, end)) => end + length_of_character(&self.text, end),
        };
        Ok(found)
    }
}

/// Returns the length of the character at an offset; 1 at the end.
fn length_of_character(text: &str, offset: usize) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    rest.chars().next().map_or(1, char::len_utf8)
}
