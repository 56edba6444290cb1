//! A compiled pattern, and searching by it.

use std::sync::{Arc, OnceLock};

use regex_automata::meta::{self, BuildError};
use regex_automata::{Anchored, Input};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, Look};
use rhai::ImmutableString;

use super::flags::{DOTALL, IGNORECASE, MULTILINE};
use super::problem::{Problem, of_syntax};
use super::translate::{Translated, translate};
use crate::script::Failure;

/// The most bytes of a compiled pattern: as many as the crate `regex` allows.
pub(super) const LARGEST: usize = 10 << 20;

/// The most bytes that a search may use to remember what it has found out about the pattern.
const REMEMBERED: usize = 2 << 20;

/// A compiled pattern. Clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Pattern(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    text: ImmutableString,
    translated: Translated,
    hir: Hir,
    search: meta::Regex,
    /// The pattern followed by the end of the string, for `fullmatch`.
    whole: OnceLock<meta::Regex>,
}

/// Where a match has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Anywhere,
    /// At the beginning of what is searched.
    AtStart,
    /// At the beginning, and up to the end.
    Whole,
}

/// The bytes of a match, and of each of its groups that took part.
pub(super) type Spans = Box<[Option<(usize, usize)>]>;

impl Pattern {
    /// # Errors
    /// What is wrong with the pattern.
    pub(super) fn new(text: &ImmutableString, flags: i64) -> Result<Self, Problem> {
        let translated = translate(text, flags)?;
        let parsed = ParserBuilder::new()
            .case_insensitive(translated.flags & IGNORECASE != 0)
            .multi_line(translated.flags & MULTILINE != 0)
            .dot_matches_new_line(translated.flags & DOTALL != 0)
            .build()
            .parse(&translated.text);
        let hir = parsed.map_err(|error| of_syntax(&error, |offset| translated.place(offset)))?;
        let search = build(&hir)?;
        Ok(Self(Arc::new(Inner {
            text: text.clone(),
            translated,
            hir,
            search,
            whole: OnceLock::new(),
        })))
    }

    pub(super) fn text(&self) -> &ImmutableString {
        &self.0.text
    }

    pub(super) fn flags(&self) -> i64 {
        self.0.translated.flags
    }

    /// Returns the number of groups.
    pub(super) fn groups(&self) -> usize {
        self.0.translated.closed.len()
    }

    /// Returns the names of groups with their numbers.
    pub(super) fn names(&self) -> &[(String, usize)] {
        &self.0.translated.names
    }

    /// Returns the number of the group with a name.
    pub(super) fn number_of(&self, name: &str) -> Option<usize> {
        let named = self.names().iter().find(|(known, _)| known == name);
        named.map(|(_, number)| *number)
    }

    /// Returns how many groups of the pattern end before this one.
    pub(super) fn closed_before(&self, group: usize) -> usize {
        self.0.translated.closed[group - 1]
    }

    /// Returns the first match in a string from `start` on; what is at `end` and after it is not there.
    ///
    /// # Errors
    /// The pattern is too large.
    pub(super) fn find(
        &self,
        text: &str,
        (start, end): (usize, usize),
        place: Where,
    ) -> Result<Option<Spans>, Failure> {
        let regex = match place {
            Where::Whole => self.whole().map_err(|problem| problem.raise(self.text()))?,
            _ => &self.0.search,
        };
        let found = first(regex, &text[..end], start, place);
        // `$` is also before a newline at the end.
        let is_before_newline = self.0.translated.has_dollar
            && end > start
            && text[..end].ends_with('\n')
            && place != Where::Whole;
        if !is_before_newline {
            return Ok(found);
        }
        let earlier = first(regex, &text[..end - 1], start, place);
        let start_of = |spans: &Option<Spans>| spans.as_ref().and_then(|spans| spans[0]);
        Ok(match (start_of(&found), start_of(&earlier)) {
            (Some(found), Some(before)) if found.0 <= before.0 => Ok::<_, ()>(()),
            (_, Some(_)) => Err(()),
            _ => Ok(()),
        }
        .map_or(earlier, |()| found))
    }

    fn whole(&self) -> Result<&meta::Regex, Problem> {
        if self.0.whole.get().is_none() {
            let hir = Hir::concat(vec![self.0.hir.clone(), Hir::look(Look::End)]);
            let _ = self.0.whole.set(build(&hir)?);
        }
        self.0.whole.get().ok_or_else(too_large)
    }
}

fn first(regex: &meta::Regex, text: &str, start: usize, place: Where) -> Option<Spans> {
    if start > text.len() {
        return None;
    }
    let anchored = match place {
        Where::Anywhere => Anchored::No,
        Where::AtStart | Where::Whole => Anchored::Yes,
    };
    let input = Input::new(text).range(start..).anchored(anchored);
    let mut groups = regex.create_captures();
    regex.search_captures(&input, &mut groups);
    let span = |group| groups.get_group(group).map(|span| (span.start, span.end));
    groups
        .is_match()
        .then(|| (0..groups.group_len()).map(span).collect())
}

fn build(hir: &Hir) -> Result<meta::Regex, Problem> {
    let config = meta::Config::new()
        .nfa_size_limit(Some(LARGEST))
        .hybrid_cache_capacity(REMEMBERED);
    let built = meta::Builder::new().configure(config).build_from_hir(hir);
    built.map_err(|error: BuildError| match error.size_limit() {
        Some(_) => too_large(),
        None => Problem {
            text: error.to_string(),
            position: None,
        },
    })
}

fn too_large() -> Problem {
    Problem {
        text: format!("the pattern takes more than {LARGEST} bytes when it is compiled"),
        position: None,
    }
}
