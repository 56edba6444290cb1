//! The syntax errors of a script.

use std::fmt;
use std::ops::Range;

use rhai::{EvalAltResult, Position};

use super::Runtime;
use super::run::Script;
use crate::program::call;
use crate::program::source::Source;

/// A place in a script that is not Rhai.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyntaxError {
    /// The file as it was given.
    pub file: String,
    /// From 1; 0 where there is no place.
    pub line: usize,
    /// From 1; 0 at the beginning of a line.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// The line as it stands in the script.
    pub code: String,
}

impl SyntaxError {
    pub(super) fn new(source: &Source, error: &EvalAltResult) -> Self {
        let position = error.position();
        let message = match error {
            EvalAltResult::ErrorParsing(kind, _) => kind.to_string(),
            other => other.to_string(),
        };
        Self::at(source, position, message)
    }

    fn at(source: &Source, position: Position, message: String) -> Self {
        let line = position.line().unwrap_or(0);
        let code = line
            .checked_sub(1)
            .and_then(|index| source.text.lines().nth(index));
        Self {
            file: source.shown.clone(),
            line,
            column: position.position().unwrap_or(0),
            message,
            code: code.unwrap_or_default().to_string(),
        }
    }
}

impl fmt::Display for SyntaxError {
    /// As Python shows it: file and line, the code with a caret, the message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  File \"{}\", line {}", self.file, self.line)?;
        if !self.code.trim().is_empty() {
            let code = self.code.trim_start();
            let indent = self.code.chars().count() - code.chars().count();
            writeln!(f, "    {}", code.trim_end())?;
            let column = self.column.saturating_sub(1).saturating_sub(indent);
            writeln!(f, "    {}^", " ".repeat(column))?;
        }
        write!(f, "SyntaxError: {}", self.message)
    }
}

impl std::error::Error for SyntaxError {}

impl Runtime {
    /// Parses a script without running it.
    ///
    /// The parser stops at the first error, so after one the statements and functions of the script are
    /// parsed one by one: each can show one error of its own.
    ///
    /// # Errors
    /// Every place that cannot be parsed, in the order of the text.
    pub fn check(&self, script: &Script) -> Result<(), Vec<SyntaxError>> {
        let source = script.source();
        let Err(first) = call::compile(&self.engine, &source) else {
            return Ok(());
        };
        let first = SyntaxError::new(&source, &first);
        let mut errors: Vec<_> = items(&source.text)
            .into_iter()
            .filter_map(|range| {
                let above = source.text[..range.start].matches('\n').count();
                let text = "\n".repeat(above) + &source.text[range];
                let error = self.engine.compile(text).err()?;
                Some(SyntaxError::at(
                    &source,
                    error.position(),
                    error.err_type().to_string(),
                ))
            })
            .collect();
        if !errors.iter().any(|error| error.line == first.line) {
            errors.push(first);
        }
        errors.sort_by_key(|error| (error.line, error.column));
        Err(errors)
    }
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
    ["else", "catch", "while", "until"].contains(&word)
        || next.starts_with(['.', ';', ')', ',', '?'])
}
