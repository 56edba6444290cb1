//! Recognises slips that parse, but fail.

use super::reading::{HEADERS, Reading};
use super::row::Found;
use super::words;

/// `import os`
pub(super) fn import(read: &Reading<'_>) -> Option<Found> {
    let start = read.near().find(|at| read.word(*at) == "import")?;
    let is_it = read.message.starts_with("must be str, not ") || read.unknown().is_some();
    let has_name = is_it && !read.word(start + 1).is_empty();
    has_name.then(|| Found::names([&words::import_help(read, start)]))
}

/// Whether the script has `let name`: then the mistake is not a missing `let`.
fn is_declared(read: &Reading<'_>, name: &str) -> bool {
    (1..read.tokens.len())
        .any(|at| read.word(at) == name && matches!(read.word(at - 1), "let" | "const" | "for"))
}

/// The statement `name = …`, if that name is not defined.
fn assigned<'t>(
    read: &Reading<'t>,
    operators: &[&str],
) -> Option<(&'t str, std::ops::Range<usize>)> {
    let name = read.unknown().filter(|name| !is_declared(read, name))?;
    let range = read.statement(read.at);
    let is_target = range.start == read.at && operators.contains(&read.symbol(read.at + 1));
    is_target.then_some((name, range))
}

/// `x = 1` without `let`.
pub(super) fn new_variable(read: &Reading<'_>) -> Option<Found> {
    let (_, range) = assigned(read, &["="])?;
    let code = read.source(range);
    Some(Found::code(Some(format!("let {code};"))))
}

/// `n += 1` without an `n`.
pub(super) fn first_sum(read: &Reading<'_>) -> Option<Found> {
    let (name, _) = assigned(read, &["+=", "-=", "*=", "/=", "%=", "**="])?;
    Some(Found::names([name]))
}

/// `self.x = 1`
pub(super) fn own_object(read: &Reading<'_>) -> Option<Found> {
    read.unknown().filter(|name| *name == "self")?;
    Some(Found::rewritten(read, read.at))
}

/// `xs[1..3]` of a list.
pub(super) fn range_of_list(read: &Reading<'_>) -> Option<Found> {
    if read.message != "must be int, not range" {
        return None;
    }
    let range = read.statement(read.at.min(read.tokens.len().saturating_sub(1)));
    let dots = (range.start..range.end).find(|at| read.symbol(*at) == "..")?;
    let open = read.bracket_around(dots)?;
    let (name, close) = (open.checked_sub(1)?, read.partner(open)?);
    let is_plain = read.symbol(open) == "[" && !read.word(name).is_empty();
    let code = format!(
        "{}.extract({})",
        read.word(name),
        read.source(open + 1..close)
    );
    is_plain.then(|| Found::code(Some(code)))
}

/// `let d = {}`, and then `d["a"] = 1`.
pub(super) fn empty_dict(read: &Reading<'_>) -> Option<Found> {
    let is_it = read.message == "'NoneType' object is not subscriptable"
        || read.message.contains("'NoneType' object cannot be set");
    let range = read.statement(read.at.min(read.tokens.len().saturating_sub(1)));
    let name = Some(read.word(range.start)).filter(|name| is_it && !name.is_empty())?;
    let made = (0..range.start).rev().find(|at| {
        read.word(*at) == name
            && read.symbol(at + 1) == "="
            && read.symbol(at + 2) == "{"
            && read.symbol(at + 3) == "}"
    })?;
    let word = made.checked_sub(1).map_or("", |before| read.word(before));
    let word = if word == "let" { "let " } else { "" };
    Some(Found::code(Some(format!("{word}{name} = #{{}};"))))
}

/// `if xs { … }`
pub(super) fn condition(read: &Reading<'_>) -> Option<Found> {
    let given = read.message.strip_prefix("must be True or False, not ")?;
    let range = read.statement(read.at.min(read.tokens.len().saturating_sub(1)));
    let word = read.word(range.start);
    if !HEADERS.contains(&word) || !matches!(word, "if" | "while" | "else") {
        return None;
    }
    let skipped = if word == "else" { 2 } else { 1 };
    let test = read.source(range.start + skipped..range.end);
    let is_plain = (range.start + skipped..range.end).all(|at| {
        !read.word(at).is_empty() || matches!(read.symbol(at), "." | "(" | ")" | "[" | "]")
    });
    is_plain.then(|| Found::names([&truth(given, test, true)]))
}

/// The test that has the value of Python's `bool(value)`, or of its opposite.
fn truth(kind: &str, value: &str, holds: bool) -> String {
    let (not_equal, more) = if holds { ("!=", ">") } else { ("==", "==") };
    match kind {
        "int" | "float" => format!("{value} {not_equal} 0"),
        "str" => format!("{value} {not_equal} \"\""),
        "NoneType" => format!("{value} {not_equal} None"),
        "list" | "dict" | "bytes" => format!("len({value}) {more} 0"),
        _ if holds => format!("bool({value})"),
        _ => format!("!bool({value})"),
    }
}

/// `!xs`
pub(super) fn negation(read: &Reading<'_>) -> Option<Found> {
    let given = read
        .message
        .strip_prefix("bad operand type for unary !: '")?;
    let value = (read.symbol(read.at) == "!").then(|| read.word(read.at + 1))?;
    let is_plain = !value.is_empty() && !matches!(read.symbol(read.at + 2), "." | "[" | "(" | "::");
    is_plain.then(|| {
        Found::names([&truth(
            given.strip_suffix('\'').unwrap_or(given),
            value,
            false,
        )])
    })
}

/// `"%s %s" % a, b`
pub(super) fn format_values(read: &Reading<'_>) -> Option<Found> {
    if read.message != "not enough arguments for format string" {
        return None;
    }
    let line = read.tokens.get(read.at)?.line;
    let mut signs = (1..read.tokens.len()).filter(|at| {
        read.tokens[*at].line == line && read.symbol(*at) == "%" && read.tokens[at - 1].is_string()
    });
    let sign = signs.next()?;
    let open = read.bracket_around(sign)?;
    let close = read.partner(open)?;
    let values = read.source(sign + 1..close);
    let is_several = read.find(sign + 1..close, ",").is_some();
    let format = read.tokens[sign - 1].text;
    is_several.then(|| Found::code(Some(format!("{format} % [{values}]"))))
}
