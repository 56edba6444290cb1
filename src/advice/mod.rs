//! What to do about an error: asked only about errors that are told to somebody, never about one that a `catch` takes.
//!
//! - [`python`]: what people who come from Python write, in a text that does not parse or does something else than meant.
//! - [`names`]: names that are not defined; [`members`]: attributes, functions of modules, modules.
//! - [`calls`]: how a function is called; [`values`]: what a value or a constant cannot do.
//! - [`wrong_calls`]: what a call that Rhai cannot resolve means in Python's words.
//! - [`nearest`]: which of the names that exist may have been meant.

mod calls;
mod members;
mod names;
mod nearest;
pub(crate) mod python;
mod values;
pub(crate) mod wrong_calls;

use crate::program::diagnostic::Diagnostic;
use crate::script::Interp;
use crate::script::names::Names;
use crate::syntax::Outline;

/// What to do about an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Advice {
    /// A sentence for a `help:` line.
    pub help: String,
    /// What is wrong in better words.
    pub message: Option<String>,
    /// Where it is wrong, if not where the error was found: line and column from 1.
    pub place: Option<(usize, usize)>,
}

/// Improves a syntax error of `text`.
pub(crate) fn about_syntax(names: &Names, text: &str, told: &mut Diagnostic) {
    if let Some(advice) = python::advice(names, text, told.line, told.column, &told.message) {
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

/// An error that a script ended with, and where it stands.
struct Asked<'a> {
    interp: &'a Interp,
    known: &'a Names,
    kind: &'a str,
    message: &'a str,
    outline: Outline<'a>,
    /// The piece of the text at the error.
    at: usize,
}

impl<'a> Asked<'a> {
    /// The word at the error.
    fn word(&self) -> &'a str {
        self.outline.piece(self.at)
    }

    /// The whole texts between single quotes in the message.
    fn quoted(&self) -> impl Iterator<Item = &'a str> {
        self.message.split('\'').skip(1).step_by(2)
    }
}

/// Improves an error that a script ended with.
pub(crate) fn about(interp: &Interp, known: &Names, told: &mut Diagnostic) {
    let source = interp.program.source_shown(&told.file);
    let text = source.map_or_else(|| "".into(), |source| source.text);
    if told.kind == "SyntaxError" {
        return about_syntax(known, &text, told);
    }
    let outline = Outline::of(&text);
    let asked = Asked {
        interp,
        known,
        kind: &told.kind,
        message: &told.message,
        at: outline.at(told.line, told.column).unwrap_or(usize::MAX - 1),
        outline,
    };
    // A near variable is likelier than anything that Python's habits explain.
    let slip = match names::near_variable(&asked) {
        None => python::of_failure(known, &text, told.line, told.column, &told.message),
        Some(_) => None,
    };
    if let Some(slip) = slip {
        return improve(&text, told, slip);
    }
    let help = match asked.kind {
        "NameError" => names::help(&asked),
        "AttributeError" | "ModuleNotFoundError" => members::help(&asked),
        "TypeError" => [calls::help(&asked), values::help(&asked)].concat(),
        "DataRaceError" => values::help(&asked),
        _ => Vec::new(),
    };
    let message = values::better_message(&asked);
    told.help.extend(help);
    if let Some(message) = message {
        told.message = message;
    }
}
