//! A captured variable that is in use by the call that its closure runs in.

use super::asked::Asked;
use crate::program::diagnostic::Diagnostic;
use crate::script::Interp;
use crate::script::names::Names;
use crate::syntax::Outline;

/// Improves the error of a captured variable that is in use, which Rhai reports without a place.
pub(super) fn about(interp: &Interp, known: &Names, report: &mut Diagnostic) {
    let inputs = interp.program.inputs();
    let name = report.message.split('\'').nth(1).unwrap_or_default();
    let found = inputs.last().and_then(|input| {
        let place = place_of(&input.source.text, name)?;
        Some((&input.source, place))
    });
    let Some((source, place)) = found else {
        return super::about_text(interp, known, "", report);
    };
    let text = &source.text;
    let placed = Diagnostic::syntax(source, place, String::new());
    (report.file, report.line) = (placed.file, placed.line);
    (report.column, report.code) = (placed.column, placed.code);
    super::about_text(interp, known, text, report);
}

/// A better message than was possible when the error was raised.
pub(super) fn better_message(asked: &Asked<'_>) -> Option<String> {
    if !is_own_race(asked) {
        return None;
    }
    let name = asked.quoted().next()?;
    Some(format!(
        "captured variable '{name}' is in use by the call that the closure runs in"
    ))
}

/// A captured variable that is in use, in a process with one thread.
fn is_own_race(asked: &Asked<'_>) -> bool {
    asked.kind == "DataRaceError" && !asked.interp.has_threads()
}

pub(super) fn help(asked: &Asked<'_>) -> Option<String> {
    let name = asked.quoted().next().filter(|_| is_own_race(asked))?;
    Some(format!(
        "the closure is called by a method of '{name}' itself: let it use a copy (let copy = {name};), or, if '{name}' is an object, \
         use this in it (me.run = || this.x)"
    ))
}

/// Methods of lists and dicts that take a function.
const TAKE_FUNCTIONS: [&str; 15] = [
    "all",
    "any",
    "dedup",
    "drain",
    "filter",
    "find",
    "find_map",
    "for_each",
    "map",
    "reduce",
    "reduce_rev",
    "retain",
    "some",
    "sort",
    "zip",
];

/// The place of the only call of a method of `name` that takes a function: Rhai's error has none.
fn place_of(text: &str, name: &str) -> Option<(usize, usize)> {
    let outline = Outline::of(text);
    let is_it = |at: &usize| {
        outline.piece(*at) == name
            && outline.piece(at + 1) == "."
            && TAKE_FUNCTIONS.contains(&outline.piece(at + 2))
            && outline.is_called(at + 2)
    };
    let mut found = (0..outline.len()).filter(is_it);
    let first = found.next().filter(|_| found.next().is_none())?;
    Some(outline.place(first + 2))
}
