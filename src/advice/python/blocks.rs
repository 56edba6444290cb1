//! Recognises blocks without braces, and statements without their end.

use super::brackets::closing;
use super::expression::expression;
use super::reading::{HEADERS, Reading};
use super::row::Found;
use super::statement::{header_colon, statement};

/// The statement at the error, if it has a block.
fn header(read: &Reading<'_>) -> Option<std::ops::Range<usize>> {
    let before = read.before()?;
    let range = read.statement(before);
    HEADERS.contains(&read.word(range.start)).then_some(range)
}

/// `if x:`
pub(super) fn colon(read: &Reading<'_>) -> Option<Found> {
    let range = header(read).filter(|_| read.symbol(read.at) == ":")?;
    let is_end = header_colon(read, range.clone()) == Some(read.at) || range.end == read.at;
    is_end.then(|| Found::code(statement(read, range)))
}

/// `if x; { … }`
pub(super) fn early_end(read: &Reading<'_>) -> Option<Found> {
    let is_end = read.symbol(read.at) == ";" && read.symbol(read.at + 1) == "{";
    let range = header(read).filter(|_| is_end)?;
    let word = read.word(range.start);
    Some(Found::names([word]).with_code(statement(read, range)))
}

/// `if x = 1 { … }`, `while (line = f.readline()) { … }`
pub(super) fn assignment(read: &Reading<'_>) -> Option<Found> {
    let range = header(read).filter(|_| read.symbol(read.at) == "=")?;
    if !read.message.contains("typo") {
        let open = read
            .bracket_around(read.at)
            .filter(|open| *open == range.start + 1);
        return open.map(|_| Found::default());
    }
    let left = read.source(range.start..read.at);
    let right = read.source(read.at + 1..range.end);
    Some(Found::code(Some(format!("{left} == {right} {{ … }}"))))
}

fn wants_block(read: &Reading<'_>) -> bool {
    let message = read.message;
    message.starts_with("Expecting '{'") || message.starts_with("Expecting body statement block")
}

/// `if x` and the block on the next line, or after it without braces.
pub(super) fn no_brace(read: &Reading<'_>) -> Option<Found> {
    let range = header(read).filter(|_| wants_block(read))?;
    let end = read.at.min(read.tokens.len());
    let head = statement(read, range.start..end)?;
    let body = match read.begins_line(end) || read.word(end) == "then" {
        true => "…",
        false => read.source(end..read.statement(end).end.max(range.end)),
    };
    let head = head.strip_suffix("{ … }").filter(|_| !body.is_empty())?;
    let end_of_body = if body == "…" { "" } else { ";" };
    let place = read.tokens[end - 1].place_after();
    let place = read.begins_line(end).then_some(place);
    Some(Found {
        place,
        ..Found::code(Some(format!("{head}{{ {body}{end_of_body} }}")))
    })
}

/// `catch ValueError { … }`, `catch (ValueError as e) { … }`
pub(super) fn bare_catch(read: &Reading<'_>) -> Option<Found> {
    if read.word_before() == "catch" && !read.word(read.at).is_empty() {
        let kind = read.word(read.at);
        let is_type = kind.starts_with(|c: char| c.is_uppercase());
        let test = format!("catch (e) {{ if e.type == \"{kind}\" {{ … }} else {{ throw; }} }}");
        let code = if is_type {
            test
        } else {
            format!("catch ({kind}) {{ … }}")
        };
        return Some(Found::code(Some(code)));
    }
    let open = read.bracket_around(read.at)?;
    let is_catch = open > 0 && read.word(open - 1) == "catch" && read.word(read.at) == "as";
    let (kind, name) = (read.source(open + 1..read.at), read.word(read.at + 1));
    let code =
        format!("catch ({name}) {{ if {name}.type == \"{kind}\" {{ … }} else {{ throw; }} }}");
    is_catch.then(|| Found::code(Some(code)))
}

pub(super) fn lone_else(read: &Reading<'_>) -> Option<Found> {
    if read.word(read.at) != "else" || !read.message.starts_with("Unexpected") {
        return None;
    }
    let help = match read.before() {
        Some(before) if read.symbol(before) == ";" => "leave out the ';' before it",
        _ => "write it directly after the block of an 'if'",
    };
    Some(Found::names([help]))
}

pub(super) fn nested_function(read: &Reading<'_>) -> Option<Found> {
    let is_it = read.message.starts_with("Function definitions") && read.word(read.at) == "fn";
    let name = Some(read.word(read.at + 1)).filter(|name| is_it && !name.is_empty())?;
    let close = read.partner(read.at + 2)?;
    let names = read.source(read.at + 3..close);
    Some(Found::names([name]).with_code(Some(format!("let {name} = |{names}| {{ … }};"))))
}

pub(super) fn not_in_loop(read: &Reading<'_>) -> Option<Found> {
    let is_it = read.message.starts_with("Break statement");
    let word = read.word(read.at);
    (is_it && !word.is_empty()).then(|| Found::names([word]))
}

/// `for i in 10 { … }`
pub(super) fn over_number(read: &Reading<'_>) -> Option<Found> {
    let is_it = read.message.starts_with("Expecting an iterable value");
    let range = read.statement(read.at);
    let in_ = read.find(range.clone(), "in").filter(|_| is_it)?;
    let names = read.source(range.start + 1..in_);
    let count = read.source(in_ + 1..range.end);
    Some(Found::code(Some(format!(
        "for {names} in range({count}) {{ … }}"
    ))))
}

/// `while 1 { … }`
pub(super) fn not_bool(read: &Reading<'_>) -> Option<Found> {
    let is_it = read.message == "Expecting a boolean expression, not a number";
    let range = read.statement(read.at);
    let word = read.word(range.start);
    if !is_it || !matches!(word, "if" | "while") {
        return None;
    }
    if (range.start..range.end).any(|at| matches!(read.word(at), "and" | "or" | "not" | "is")) {
        return None;
    }
    let test = expression(read, range.start + 1..range.end)?;
    let code = match test.as_str() {
        "1" => format!("{word} true {{ … }}"),
        "0" => format!("{word} false {{ … }}"),
        _ => format!("{word} {test} {{ … }}"),
    };
    Some(Found::names([&code]))
}

/// Two values without a comma in brackets.
pub(super) fn comma(read: &Reading<'_>) -> Option<Found> {
    let open = read.bracket_around(read.at)?;
    let is_it = read.message.starts_with("Expecting ',' to separate");
    let before = read.before().filter(|_| is_it)?;
    let token = read.tokens.get(read.at)?;
    let is_value = token.is_string() || token.text.starts_with(|c: char| c.is_alphanumeric());
    let closing = closing(read.symbol(open));
    let place = read.tokens[before].place_after();
    is_value.then(|| Found::names([closing]).at(place))
}

fn wants_semicolon(read: &Reading<'_>) -> bool {
    read.message.starts_with("Expecting ';'")
}

/// A statement without its end before the next line.
pub(super) fn semicolon(read: &Reading<'_>) -> Option<Found> {
    let before = read
        .before()
        .filter(|_| wants_semicolon(read) && read.begins_line(read.at))?;
    let ends_value = matches!(read.symbol(before), "" | ")" | "]" | "}");
    if read.at >= read.tokens.len() || !ends_value {
        return None;
    }
    let range = read.statement(before);
    let code = read.source(range);
    let code = (!code.is_empty()).then(|| format!("{code};"));
    Some(Found::code(code).at(read.tokens[before].place_after()))
}

pub(super) fn two_statements(read: &Reading<'_>) -> Option<Found> {
    let token = read.tokens.get(read.at).filter(|_| wants_semicolon(read))?;
    let is_value = token.is_string() || token.text.starts_with(|c: char| c.is_alphanumeric());
    is_value.then(Found::default)
}

/// `const x = 1; x = 2;`
pub(super) fn constant(read: &Reading<'_>) -> Option<Found> {
    let name = read.message.strip_prefix("Cannot assign to constant ")?;
    (read.word(read.at) == name).then(|| Found::names([name]))
}
