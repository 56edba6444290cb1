//! All syntax errors of a script: behind each, the parser goes on without the statement that has it.

use std::sync::Arc;

use rhai::{Engine, Position};

use crate::advice::{self, Pieces};
use crate::program::compiling;
use crate::program::diagnostic::Diagnostic;
use crate::program::source::Source;
use crate::script::names::Names;
use crate::syntax::{items, without_statement};

/// The most errors that are reported: with more, the author corrects some first.
pub(super) const ERRORS_MAX: usize = 100;

/// The most bytes that are parsed to find the errors of a script: each error costs a parse of the item that it is in.
const WORK_MAX: usize = 16 << 20;

/// Returns the syntax errors of a source, in the order of its text.
pub(super) fn errors(engine: &Engine, names: &Names, source: &Source) -> Vec<Diagnostic> {
    let mut search = Search {
        engine,
        names,
        source,
        pieces: Pieces::of(&source.text),
        work: 0,
        found: Vec::new(),
    };
    // Part by part, which is faster, and finds the errors of one part whatever another looks like.
    let (mut begin, mut left) = (Begin::default(), String::new());
    for range in items(&source.text) {
        let item = &source.text[range];
        left.push_str(&search.part(item, &begin));
        begin.pass(item);
    }
    // What is only wrong with the parts together: two functions of one name.
    search.part(&left, &Begin::default());
    let mut found = search.found;
    found.sort_by_key(|error| (error.line, error.column));
    found.dedup();
    found.truncate(ERRORS_MAX);
    found
}

/// Returns the report of a syntax error, with advice.
pub(super) fn report(
    names: &Names,
    source: &Source,
    pieces: &Pieces<'_>,
    place: (usize, usize),
    message: String,
) -> Diagnostic {
    let mut report = Diagnostic::syntax(source, place, message);
    advice::about_syntax(names, &source.text, pieces, &mut report);
    report
}

/// The line and column of an error; 0 if unknown.
pub(in crate::runtime) fn place_of(position: Position) -> (usize, usize) {
    let column = position.position().unwrap_or(0);
    (position.line().unwrap_or(0), column)
}

struct Search<'s> {
    engine: &'s Engine,
    names: &'s Names,
    source: &'s Source,
    pieces: Pieces<'s>,
    /// The bytes that have been parsed.
    work: usize,
    found: Vec<Diagnostic>,
}

impl Search<'_> {
    /// Finds the errors of a part, and returns it without the statements that have them.
    fn part(&mut self, part: &str, begin: &Begin) -> String {
        let mut left: Arc<str> = part.into();
        while self.found.len() < ERRORS_MAX && self.work < WORK_MAX {
            self.work += left.len();
            let Err(error) = compiling::parse(self.engine, &left) else {
                break;
            };
            let (at, message) = (place_of(error.position()), error.err_type().to_string());
            let is_unended = message.contains("';'") && begins_line(&left, at);
            let place = begin.shift(at);
            let report = report(self.names, self.source, &self.pieces, place, message);
            if self.found.contains(&report) {
                break;
            }
            self.found.push(report);
            match without_statement(&left, at, is_unended) {
                Some(rest) => left = rest.into(),
                None => break,
            }
        }
        left.to_string()
    }
}

/// Returns whether only space is before a place in its line.
fn begins_line(text: &str, (line, column): (usize, usize)) -> bool {
    let code = line
        .checked_sub(1)
        .and_then(|above| text.lines().nth(above));
    let mut before = code
        .unwrap_or_default()
        .chars()
        .take(column.saturating_sub(1));
    before.all(char::is_whitespace)
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
