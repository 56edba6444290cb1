//! `re.error`: what is wrong with a pattern or a template, and where.

use regex_syntax::ast;
use rhai::{Array, Dynamic};

use crate::script::{Exception, Failure, throw};

/// The class of these errors: Python's name for `re.error` since 3.13. A class named `error` would hide the scripts' own variables.
pub(super) const CLASS: &str = "PatternError";

/// A mistake in a pattern or a template.
#[derive(Debug)]
pub(super) struct Problem {
    pub text: String,
    /// In characters; `None` for a pattern as a whole.
    pub position: Option<usize>,
}

impl Problem {
    pub(super) fn at(position: usize, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            position: Some(position),
        }
    }

    /// Something that Python's engine does by going back and forth in the string, which this one never does.
    pub(super) fn unsupported(position: usize, what: &str) -> Self {
        Self::at(position, format!("{what} are not supported"))
    }

    /// Returns the exception.
    pub(super) fn raise(self, pattern: &str) -> Failure {
        let mut args: Array = vec![self.message(pattern).into(), pattern.to_string().into()];
        if let Some(position) = self.position {
            args.push(Dynamic::from_int(position as i64));
        }
        throw(Exception::new(CLASS, args))
    }

    fn message(&self, pattern: &str) -> String {
        let Some(position) = self.position else {
            return self.text.clone();
        };
        let text = format!("{} at position {position}", self.text);
        if !pattern.contains('\n') {
            return text;
        }
        let before = pattern.chars().take(position);
        let (line, column) = before.fold((1, 1), |(line, column), char| match char {
            '\n' => (line + 1, 1),
            _ => (line, column + 1),
        });
        format!("{text} (line {line}, column {column})")
    }
}

/// Returns a mistake that only the crate has found. `place` finds the character of the pattern for an offset in what the crate was given.
pub(super) fn of_syntax(error: &regex_syntax::Error, place: impl Fn(usize) -> usize) -> Problem {
    let (text, span) = match error {
        regex_syntax::Error::Parse(error) => (text_of(error.kind()), error.span()),
        regex_syntax::Error::Translate(error) => (error.kind().to_string(), error.span()),
        other => {
            return Problem {
                text: other.to_string(),
                position: None,
            };
        }
    };
    Problem::at(place(span.start.offset), text)
}

fn text_of(kind: &ast::ErrorKind) -> String {
    match kind {
        ast::ErrorKind::NestLimitExceeded(limit) => {
            format!("groups and repetitions are nested more than {limit} levels deep")
        }
        other => other.to_string(),
    }
}
