//! Sets of characters in brackets: `[^a-z\d]`.

use std::fmt::Write;

use super::problem::Problem;
use super::source::{Escape, Source, bad_escape, escape, octal};

/// Reads a set whose opening bracket has been taken.
pub(super) fn set(source: &mut Source) -> Result<(), Problem> {
    let start = source.at - 1;
    let mut out = String::from("[");
    if source.take("^") {
        out.push('^');
    }
    let first = source.at;
    loop {
        let from = source.at;
        match source.next() {
            None => return Err(Problem::at(start, "unterminated character set")),
            Some(']') if from > first => break,
            Some(char) => {
                let low = item(source, char, from)?;
                range(source, low, from, start, &mut out)?;
            }
        }
    }
    out.push(']');
    source.write(start, &out);
    Ok(())
}

/// Writes an item that begins at `from`: alone, or as the beginning of a range.
fn range(
    source: &mut Source,
    low: Escape,
    from: usize,
    start: usize,
    out: &mut String,
) -> Result<(), Problem> {
    let after = source.at;
    if !source.take("-") || source.peek() == Some(']') {
        source.at = after;
        write_item(&low, out);
        return Ok(());
    }
    let at = source.at;
    let Some(char) = source.next() else {
        return Err(Problem::at(start, "unterminated character set"));
    };
    let high = item(source, char, at)?;
    match (low, high) {
        (Escape::Char(low), Escape::Char(high)) if low <= high => {
            write_char(low, out);
            out.push('-');
            write_char(high, out);
            Ok(())
        }
        _ => {
            let text = format!("bad character range {}", source.since(from));
            Err(Problem::at(from, text))
        }
    }
}

/// Returns the character or the set that begins with `char`, which has been taken.
fn item(source: &mut Source, char: char, from: usize) -> Result<Escape, Problem> {
    if char != '\\' {
        return Ok(Escape::Char(char));
    }
    if let Some(known) = escape(source)? {
        return Ok(known);
    }
    match source.peek() {
        Some('b') => {
            source.at += 1;
            Ok(Escape::Char('\x08'))
        }
        Some('0'..='7') => octal(source, from).map(Escape::Char),
        _ => Err(bad_escape(source, from)),
    }
}

fn write_item(item: &Escape, out: &mut String) {
    match item {
        Escape::Char(char) => write_char(*char, out),
        Escape::Set(inside, false) => out.push_str(inside),
        Escape::Set(inside, true) => {
            // Writing to a string does not fail.
            let _ = write!(out, "[^{inside}]");
        }
    }
}

/// Writes a character by its number, where it could mean something between brackets.
fn write_char(char: char, out: &mut String) {
    if char.is_alphanumeric() {
        out.push(char);
    } else {
        let _ = write!(out, "\\x{{{:x}}}", u32::from(char));
    }
}
