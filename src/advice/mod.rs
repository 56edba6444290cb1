//! Suggests what to do about an error that is reported, not about one that a script catches.
//!
//! - [`python`]: Python syntax, in a script that does not parse or fails.
//! - [`names`]: names that are not defined; [`members`]: attributes, functions of modules, modules.
//! - [`calls`]: how a function is called; [`values`]: what a value or a constant cannot do.
//! - [`wrong_calls`]: Python's message for a call that Rhai cannot resolve.
//! - [`nearest`]: existing names that are similar.

mod calls;
mod members;
mod names;
mod nearest;
pub(crate) mod python;
mod values;
pub(crate) mod wrong_calls;

pub(crate) use self::python::Pieces;
use crate::program::diagnostic::Diagnostic;
use crate::script::Interp;
use crate::script::names::Names;
use crate::syntax::Outline;

/// What to do about an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Advice {
    /// A sentence for a `help:` line.
    pub help: String,
    /// A better message.
    pub message: Option<String>,
    /// Line and column of the mistake, from 1, if they differ from those of the error.
    pub place: Option<(usize, usize)>,
}

/// Improves a syntax error of the script `text`, which is in `pieces`.
pub(crate) fn about_syntax(
    names: &Names,
    text: &str,
    pieces: &Pieces<'_>,
    report: &mut Diagnostic,
) {
    let place = (report.line, report.column);
    if let Some(advice) = python::advice(names, pieces, place, &report.message) {
        improve(text, report, advice);
    }
}

fn improve(text: &str, report: &mut Diagnostic, advice: Advice) {
    report.help.push(advice.help);
    if let Some(message) = advice.message {
        report.message = message;
    }
    if let Some((line, column)) = advice.place {
        (report.line, report.column) = (line, column);
        let code = line.checked_sub(1).and_then(|n| text.lines().nth(n));
        report.code = code.unwrap_or_default().to_string();
    }
}

/// An error that ended a script, and its position.
struct Asked<'a> {
    interp: &'a Interp,
    known: &'a Names,
    kind: &'a str,
    message: &'a str,
    outline: Outline<'a>,
    /// The piece of the source at the error.
    at: usize,
}

impl<'a> Asked<'a> {
    /// The word at the error.
    fn word(&self) -> &'a str {
        self.outline.piece(self.at)
    }

    /// The parts of the message between single quotes.
    fn quoted(&self) -> impl Iterator<Item = &'a str> {
        self.message.split('\'').skip(1).step_by(2)
    }
}

/// Improves an error that ended a script.
pub(crate) fn about(interp: &Interp, known: &Names, report: &mut Diagnostic) {
    let source = interp.program.source_shown(&report.file);
    let text = source.map_or_else(|| "".into(), |source| source.text);
    if report.kind == "SyntaxError" {
        return about_syntax(known, &text, &Pieces::of(&text), report);
    }
    let outline = Outline::of(&text);
    let asked = Asked {
        interp,
        known,
        kind: &report.kind,
        message: &report.message,
        at: outline
            .at(report.line, report.column)
            .unwrap_or(usize::MAX - 1),
        outline,
    };
    // A near variable is likelier than anything that Python's habits explain.
    let slip = match names::near_variable(&asked) {
        None => {
            let place = (report.line, report.column);
            python::of_failure(known, &Pieces::of(&text), place, &report.message)
        }
        Some(_) => None,
    };
    if let Some(slip) = slip {
        return improve(&text, report, slip);
    }
    let help = match asked.kind {
        "NameError" => names::help(&asked),
        "AttributeError" | "ModuleNotFoundError" => members::help(&asked),
        "TypeError" => [calls::help(&asked), values::help(&asked)].concat(),
        "DataRaceError" => values::help(&asked),
        _ => Vec::new(),
    };
    let message = values::better_message(&asked);
    report.help.extend(help);
    if let Some(message) = message {
        report.message = message;
    }
}
