//! The syntax errors of a script.

use std::ops::Range;

use rhai::{AST, Engine, EvalAltResult};

use super::{Runtime, Script};
use crate::advice;
use crate::program::diagnostic::Diagnostic;
use crate::program::source::Source;
use crate::program::{call, compiling};
use crate::script::names::Names;
use crate::syntax::items;

/// Compiles a source. The error is the report.
pub(super) fn compile(
    engine: &Engine,
    names: &Names,
    source: &Source,
) -> Result<AST, Box<Diagnostic>> {
    call::compile(engine, source).map_err(|error| syntax_error(names, source, &error).into())
}

/// The report on a source that cannot be parsed.
fn syntax_error(names: &Names, source: &Source, error: &EvalAltResult) -> Diagnostic {
    let message = match error {
        EvalAltResult::ErrorParsing(kind, _) => kind.to_string(),
        other => other.to_string(),
    };
    let mut told = Diagnostic::syntax(source, error.position(), message);
    advice::about_syntax(names, &source.text, &mut told);
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
        let Err(first) = compile(&self.engine, &self.names, &source) else {
            return Ok(());
        };
        let mut errors: Vec<_> = items(&source.text)
            .into_iter()
            .filter_map(|range| {
                let text = in_its_place(&source.text, range);
                let error = compiling::parse(&self.engine, &text.into()).err()?;
                Some(syntax_error(&self.names, &source, &error.into()))
            })
            .collect();
        if !errors.iter().any(|error| error.line == first.line) {
            errors.push(*first);
        }
        errors.sort_by_key(|error| (error.line, error.column));
        // An error of the whole source is found with each part.
        errors.dedup();
        Err(errors)
    }
}

/// A part of a source alone, at the same line and column.
fn in_its_place(text: &str, range: Range<usize>) -> String {
    let above = text[..range.start].rfind('\n').map_or(0, |end| end + 1);
    let lines = text[..above].matches('\n').count();
    let columns = text[above..range.start].chars().count();
    ["\n".repeat(lines), " ".repeat(columns), text[range].into()].concat()
}
