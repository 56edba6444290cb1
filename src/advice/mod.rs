//! Suggests what to do about an error that is reported, not about one that a script catches.
//!
//! - [`python`]: Python syntax, in a script that does not parse or fails.
//! - [`names`]: names that are not defined; [`members`]: attributes, functions of modules, modules; [`habits`]: other names of methods.
//! - [`library`]: what of Python's library is not available here.
//! - [`calls`]: how a function is called; [`orders`]: in which order methods are called.
//! - [`values`]: what a value or a constant cannot do; [`nothing`]: why a value is None.
//! - [`wrong_calls`]: Python's message for a call that Rhai cannot resolve.
//! - [`race`]: a captured variable that is in use by the call that its closure runs in.
//! - [`nearest`]: existing names that are similar.

mod asked;
mod calls;
mod habits;
mod library;
mod members;
mod names;
mod nearest;
mod nothing;
mod orders;
pub(crate) mod python;
mod race;
mod values;
pub(crate) mod wrong_calls;

use self::asked::Asked;
pub(crate) use self::nearest::did_you_mean;
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

/// Improves an error that ended a script.
pub(crate) fn about(interp: &Interp, known: &Names, report: &mut Diagnostic) {
    let source = interp.program.source_shown(&report.file);
    let text = source.map_or_else(|| "".into(), |source| source.text);
    if report.kind == "SyntaxError" {
        return about_syntax(known, &text, &Pieces::of(&text), report);
    }
    if report.line == 0 && report.kind == "DataRaceError" {
        return race::about(interp, known, report);
    }
    about_text(interp, known, &text, report);
}

/// Improves an error of the script `text` that is not a syntax error, whether it has run or not.
pub(crate) fn about_text(interp: &Interp, known: &Names, text: &str, report: &mut Diagnostic) {
    let outline = Outline::of(text);
    let asked = Asked {
        interp,
        known,
        kind: &report.kind,
        message: &report.message,
        file: &report.file,
        at: outline
            .at(report.line, report.column)
            .unwrap_or(outline.len() + 1),
        outline,
    };
    // A near variable is likelier than anything that Python's habits explain.
    let slip = match names::near_variable(&asked) {
        None => {
            let place = (report.line, report.column);
            python::of_failure(known, &Pieces::of(text), place, &report.message)
        }
        Some(_) => None,
    };
    if let Some(slip) = slip {
        return improve(text, report, slip);
    }
    let help = match asked.kind {
        "NameError" => names::help(&asked),
        "AttributeError" | "ModuleNotFoundError" => members::help(&asked),
        "TypeError" => [calls::help(&asked), values::help(&asked)].concat(),
        "DataRaceError" => race::help(&asked).into_iter().collect(),
        _ => Vec::new(),
    };
    let help = match help.is_empty() {
        true => orders::help(&asked).into_iter().collect(),
        false => help,
    };
    let message = race::better_message(&asked);
    report.help.extend(help);
    if let Some(message) = message {
        report.message = message;
    }
}
