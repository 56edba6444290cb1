//! What to do about an error: asked only about errors that are told to somebody, never about one that a `catch` takes.
//!
//! - [`slips`]: what people who come from Python write in a text that does not parse.

mod slips;

use crate::program::diagnostic::Diagnostic;
use crate::stdlib::host::Host;

/// What to do about an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Advice {
    /// A sentence for a `help:` line.
    pub help: String,
    /// What is wrong in better words.
    pub message: Option<String>,
    /// Where it is wrong, if not where the error was found: line and column from 1.
    pub place: Option<(usize, usize)>,
}

/// Improves a syntax error of `text`.
pub(super) fn about_syntax(text: &str, told: &mut Diagnostic) {
    if let Some(advice) = slips::advice(text, told.line, told.column, &told.message) {
        improve(text, told, advice);
    }
}

fn improve(text: &str, told: &mut Diagnostic, advice: Advice) {
    told.help.push(advice.help);
    if let Some(message) = advice.message {
        told.message = message;
    }
    if let Some((line, column)) = advice.place {
        (told.line, told.column) = (line, column);
        let code = line.checked_sub(1).and_then(|n| text.lines().nth(n));
        told.code = code.unwrap_or_default().to_string();
    }
}

/// Improves an error that a script ended with.
pub(super) fn about(host: &Host, told: &mut Diagnostic) {
    let Some(source) = host.program.source_shown(&told.file) else {
        return;
    };
    if told.kind == "SyntaxError" {
        about_syntax(&source.text, told);
    } else if let Some(advice) =
        slips::of_failure(&source.text, told.line, told.column, &told.message)
    {
        improve(&source.text, told, advice);
    }
}
