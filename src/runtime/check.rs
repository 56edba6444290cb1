//! The syntax errors of a script.

use rhai::{AST, Engine, EvalAltResult, Position};

use super::{Runtime, Script, parsing};
use crate::advice::{self, Pieces};
use crate::program::compiling;
use crate::program::diagnostic::Diagnostic;
use crate::program::source::Source;
use crate::script::interp::Interp;
use crate::script::names::Names;
use crate::syntax::items;
use crate::sys::deep_stack::on_deep_stack;

/// The most errors that are reported: with more, the author corrects some first. Each costs a look at the whole script.
const ERRORS_MAX: usize = 100;

/// Compiles a source. The error is the report.
pub(super) fn compile(
    engine: &Engine,
    interp: &Interp,
    names: &Names,
    source: &Source,
) -> Result<AST, Box<Diagnostic>> {
    parsing::parse(interp, engine, source).map_err(|error| {
        let place = place_of(error.position());
        let mut told = Diagnostic::syntax(source, place, message_of(&error));
        advice::about_syntax(names, &source.text, &Pieces::of(&source.text), &mut told);
        told.into()
    })
}

fn message_of(error: &EvalAltResult) -> String {
    match error {
        EvalAltResult::ErrorParsing(kind, _) => kind.to_string(),
        other => other.to_string(),
    }
}

/// The line and column of an error; 0 if unknown.
fn place_of(position: Position) -> (usize, usize) {
    let column = position.position().unwrap_or(0);
    (position.line().unwrap_or(0), column)
}

impl Runtime {
    /// Parses a script without running it.
    ///
    /// The parser stops at the first error, so after one the statements and functions of the script are
    /// parsed one by one: each can show one error of its own.
    ///
    /// # Errors
    /// Every place that cannot be parsed, in the order of the text; of more than 100 the first 100.
    pub fn check(&self, script: &Script) -> Result<(), Vec<Diagnostic>> {
        on_deep_stack(|| self.check_here(script))
    }

    fn check_here(&self, script: &Script) -> Result<(), Vec<Diagnostic>> {
        let source = script.source();
        let Err(first) = compile(&self.engine, &self.interp, &self.names, &source) else {
            return Ok(());
        };
        let mut errors = self.errors_of_items(&source);
        if !errors.iter().any(|error| error.line == first.line) {
            errors.push(*first);
        }
        errors.sort_by_key(|error| (error.line, error.column));
        // An error of the whole source is found with each part.
        errors.dedup();
        errors.truncate(ERRORS_MAX);
        Err(errors)
    }

    /// The errors of the statements and functions, each parsed alone.
    fn errors_of_items(&self, source: &Source) -> Vec<Diagnostic> {
        let text = &*source.text;
        let pieces = Pieces::of(text);
        let mut errors = Vec::new();
        let mut begin = Begin::default();
        for range in items(text) {
            let item = &text[range];
            if let Err(error) = compiling::parse(&self.engine, &item.into()) {
                let place = begin.shift(place_of(error.position()));
                let mut told = Diagnostic::syntax(source, place, message_of(&error.into()));
                advice::about_syntax(&self.names, text, &pieces, &mut told);
                errors.push(told);
                if errors.len() == ERRORS_MAX {
                    break;
                }
            }
            begin.pass(item);
        }
        errors
    }
}

/// The place where a part of a source begins.
#[derive(Default)]
struct Begin {
    /// The lines above.
    lines: usize,
    /// The characters before it in its line.
    columns: usize,
}

impl Begin {
    /// A place in the part as a place in the source.
    fn shift(&self, (line, column): (usize, usize)) -> (usize, usize) {
        match (line, column) {
            (0, _) => (0, column),
            (1, 1..) => (1 + self.lines, column + self.columns),
            _ => (line + self.lines, column),
        }
    }

    /// Goes to the part behind `part`.
    fn pass(&mut self, part: &str) {
        match part.rsplit_once('\n') {
            Some((above, last)) => {
                self.lines += above.matches('\n').count() + 1;
                self.columns = last.chars().count();
            }
            None => self.columns += part.chars().count(),
        }
    }
}
