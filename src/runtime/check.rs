//! The syntax errors of a script.

use std::ops::Range;

use rhai::EvalAltResult;

use super::{Runtime, Script};
use crate::advice;
use crate::program::diagnostic::Diagnostic;
use crate::program::source::Source;
use crate::program::{call, compiling};

/// What is told about a text that cannot be parsed.
pub(super) fn syntax_error(source: &Source, error: &EvalAltResult) -> Diagnostic {
    let message = match error {
        EvalAltResult::ErrorParsing(kind, _) => kind.to_string(),
        other => other.to_string(),
    };
    let mut told = Diagnostic::syntax(source, error.position(), message);
    advice::about_syntax(&source.text, &mut told);
    told
}

impl Runtime {
    /// Parses a script without running it.
    ///
    /// The parser stops at the first error, so after one the statements and functions of the script are
    /// parsed one by one: each can show one error of its own.
    ///
    /// # Errors
    /// Every place that cannot be parsed, in the order of the text.
    pub fn check(&self, script: &Script) -> Result<(), Vec<Diagnostic>> {
        let source = script.source();
        let Err(first) = call::compile(&self.engine, &source) else {
            return Ok(());
        };
        let first = syntax_error(&source, &first);
        let mut errors: Vec<_> = items(&source.text)
            .into_iter()
            .filter_map(|range| {
                let text = in_its_place(&source.text, range);
                let error = compiling::parse(&self.engine, &text.into()).err()?;
                Some(syntax_error(&source, &error.into()))
            })
            .collect();
        if !errors.iter().any(|error| error.line == first.line) {
            errors.push(first);
        }
        errors.sort_by_key(|error| (error.line, error.column));
        // What is said about the text as a whole is said once.
        errors.dedup();
        Err(errors)
    }
}

/// A part of a text alone, where it stands in the text.
fn in_its_place(text: &str, range: Range<usize>) -> String {
    let above = text[..range.start].rfind('\n').map_or(0, |end| end + 1);
    let lines = text[..above].matches('\n').count();
    let columns = text[above..range.start].chars().count();
    ["\n".repeat(lines), " ".repeat(columns), text[range].into()].concat()
}

/// The statements and functions at the top level of a text.
fn items(text: &str) -> Vec<Range<usize>> {
    let mut items = Vec::new();
    let mut open = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match next {
            '"' | '`' | '\'' => quoted(rest, next),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ => next.len_utf8(),
        };
        at += length;
        match next {
            '{' | '(' | '[' => open.push(next),
            '}' => close(&mut open, '{'),
            ')' => close(&mut open, '('),
            ']' => close(&mut open, '['),
            _ => (),
        }
        let ends = next == ';' || (next == '}' && !continues(&text[at..]));
        if open.is_empty() && ends {
            items.push(start..at);
            start = at;
        }
    }
    items.push(start..text.len());
    items
}

/// Closes a bracket, and those inside it that were forgotten.
fn close(open: &mut Vec<char>, bracket: char) {
    if let Some(at) = open.iter().rposition(|other| *other == bracket) {
        open.truncate(at);
    }
}

/// The bytes of a quoted text, its quotes included.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, next) in text.char_indices().skip(1) {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            // Only a back-quoted text goes over several lines; without its end it hides no more than its line.
            '\n' if quote != '`' => return at,
            _ if next == quote => return at + next.len_utf8(),
            _ => (),
        }
    }
    text.len()
}

/// Whether what follows a closing brace belongs to the same statement.
fn continues(text: &str) -> bool {
    let next = text.trim_start();
    let word = next
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let joins = [
        "else", "catch", "while", "until", "elif", "except", "finally",
    ];
    joins.contains(&word) || next.starts_with(['.', ';', ')', ',', '?'])
}
