//! Recognises a whole Python program, to report one error instead of one for each line.

use super::super::Advice;
use super::reading::Reading;
use crate::syntax::Piece;

/// The number of lines that only Python has which make a script a Python program.
const ENOUGH: usize = 3;

/// Advice for a script that is mostly Python.
pub(super) fn advice(read: &Reading<'_>) -> Option<Advice> {
    let (first, python, own) = count(read);
    let first = first?;
    if python < ENOUGH || own >= python {
        return None;
    }
    Some(Advice {
        message: Some("this looks like Python; a script here is written in Rhai".into()),
        help: "blocks use { }, functions begin with fn, new variables with let, statements end with ;, strings use \
               \"…\": docs/from-python.md shows Python's syntax next to its equivalent here"
            .into(),
        place: Some((first.line, first.column)),
    })
}

/// The first line only Python has, the number of such lines, and that of lines only scripts have.
fn count<'r, 't>(read: &'r Reading<'t>) -> (Option<&'r Piece<'t>>, usize, usize) {
    let (mut first, mut python, mut own) = (None, 0, 0);
    let mut start = 0;
    while start < read.tokens.len() {
        let line = read.tokens[start].line;
        let end = read.tokens.partition_point(|token| token.line <= line);
        if is_pythons(read, start, end) {
            first = first.or(read.tokens.get(start));
            python += 1;
        } else if is_own(read, start, end) {
            own += 1;
        }
        start = end.max(start + 1);
    }
    (first, python, own)
}

fn is_pythons(read: &Reading<'_>, start: usize, end: usize) -> bool {
    let ends_with_colon = read.symbol(end - 1) == ":";
    let next = read.word(start + 1);
    match read.word(start) {
        "def" | "class" => !next.is_empty() && read.symbol(end - 1) != "{",
        "import" => !next.is_empty() && read.symbol(end - 1) != ";",
        "from" => (start..end).any(|at| read.word(at) == "import"),
        "if" | "elif" | "while" | "for" | "with" | "except" | "else" | "try" | "finally" => {
            ends_with_colon
        }
        _ => false,
    }
}

fn is_own(read: &Reading<'_>, start: usize, end: usize) -> bool {
    matches!(read.word(start), "let" | "const" | "fn")
        || matches!(read.symbol(end - 1), ";" | "{" | "}")
}
