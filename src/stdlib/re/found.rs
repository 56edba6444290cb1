//! A match: which part of a string a pattern has matched, and which its groups.

use std::sync::Arc;

use rhai::{Dynamic, ImmutableString};

use super::pattern::{Pattern, Spans};
use crate::script::{Failure, raise};
use crate::text::{as_int, as_string};

/// A match. Clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Match(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pattern: Pattern,
    text: ImmutableString,
    spans: Spans,
    /// The part of the string that was searched, in characters.
    searched: (usize, usize),
    /// A place before the match: its byte, and its character.
    near: (usize, usize),
}

impl Match {
    pub(super) fn new(
        pattern: Pattern,
        text: ImmutableString,
        spans: Spans,
        searched: (usize, usize),
        near: (usize, usize),
    ) -> Self {
        Self(Arc::new(Inner {
            pattern,
            text,
            spans,
            searched,
            near,
        }))
    }

    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(super) fn pattern(&self) -> &Pattern {
        &self.0.pattern
    }

    pub(super) fn text(&self) -> &ImmutableString {
        &self.0.text
    }

    pub(super) fn spans(&self) -> &Spans {
        &self.0.spans
    }

    /// Returns the part of the string that was searched, in characters.
    pub(super) fn searched(&self) -> (usize, usize) {
        self.0.searched
    }

    /// Returns the number of a group, which is given by its number or its name.
    ///
    /// # Errors
    /// `IndexError` if there is none.
    pub(super) fn number(&self, group: &Dynamic) -> Result<usize, Failure> {
        let number = match as_string(group) {
            Some(name) => self.0.pattern.number_of(&name),
            None => as_int(group).and_then(|number| usize::try_from(number).ok()),
        };
        number
            .filter(|number| *number < self.0.spans.len())
            .ok_or_else(|| raise("IndexError", "no such group"))
    }

    /// Returns what a group has matched; nothing if it took no part.
    pub(super) fn group(&self, number: usize) -> Option<&str> {
        let (start, end) = *self.0.spans.get(number)?.as_ref()?;
        self.0.text.get(start..end)
    }

    /// As [`group`](Self::group), as a value.
    pub(super) fn value(&self, number: usize) -> Dynamic {
        self.group(number)
            .map_or(Dynamic::UNIT, |text| text.to_string().into())
    }

    /// Returns where a group begins and ends, in characters.
    pub(super) fn span(&self, number: usize) -> Option<(usize, usize)> {
        let (start, end) = *self.0.spans.get(number)?.as_ref()?;
        let first = self.character(start);
        Some((first, first + characters(&self.0.text[start..end])))
    }

    /// Returns the number of the character at an offset.
    fn character(&self, offset: usize) -> usize {
        match self.0.near {
            (byte, character) if byte <= offset => {
                character + characters(&self.0.text[byte..offset])
            }
            _ => characters(&self.0.text[..offset]),
        }
    }

    /// Returns the group that was closed last.
    pub(super) fn last_group(&self) -> Option<usize> {
        let spans = self.0.spans.iter().enumerate().skip(1);
        let matched = spans.filter_map(|(number, span)| Some((number, (*span)?.1)));
        let last =
            matched.max_by_key(|(number, end)| (*end, self.0.pattern.closed_before(*number)));
        last.map(|(number, _)| number)
    }
}

/// Returns the number of characters of a string.
pub(super) fn characters(text: &str) -> usize {
    text.chars().count()
}
