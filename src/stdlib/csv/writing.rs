//! Rows as lines.

use rhai::Dynamic;

use super::dialect::{ALL, Dialect, MINIMAL, NONE, NONNUMERIC};
use crate::script::{Call, Failure, raise};

/// Returns a row as a line with its end.
///
/// # Errors
/// `Error` if a mark in a field would have to be escaped and cannot be.
pub(super) fn line(
    call: &Call<'_>,
    dialect: &Dialect,
    fields: &[Dynamic],
) -> Result<String, Failure> {
    let mut line = String::new();
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            line.push(dialect.delimiter.into());
        }
        let text = match field.is_unit() {
            true => String::new(),
            false => call.str(field),
        };
        let is_number = field.is_int() || field.is_float() || field.is_bool();
        let is_alone = fields.len() == 1 && text.is_empty();
        let is_quoted = match dialect.quoting {
            ALL => true,
            NONNUMERIC => !is_number,
            MINIMAL => is_alone || needs_quotes(dialect, &text),
            _ => false,
        };
        if is_alone && dialect.quoting == NONE {
            let text = "single empty field record must be quoted";
            return Err(raise("Error", text));
        }
        line.push_str(&written(dialect, &text, is_quoted)?);
    }
    line.push_str(&dialect.line_end);
    Ok(line)
}

/// Returns whether a field contains a mark.
fn needs_quotes(dialect: &Dialect, text: &str) -> bool {
    text.chars().any(|char| is_mark(dialect, char))
}

fn is_mark(dialect: &Dialect, char: char) -> bool {
    let is = |mark: Option<u8>| mark.is_some_and(|mark| char::from(mark) == char);
    let marks = [Some(dialect.delimiter), dialect.quote, dialect.escape];
    marks.into_iter().any(is) || "\r\n".contains(char) || dialect.line_end.contains(char)
}

/// Returns a field, in quotes or with its marks escaped.
fn written(dialect: &Dialect, text: &str, is_quoted: bool) -> Result<String, Failure> {
    let quote = dialect.quote.map(char::from);
    let escape = dialect.escape.map(char::from);
    let mut all = String::with_capacity(text.len() + 2);
    all.extend(quote.filter(|_| is_quoted));
    for char in text.chars() {
        let is_quote = Some(char) == quote;
        let is_special = match is_quoted {
            true => is_quote || Some(char) == escape,
            false => is_mark(dialect, char),
        };
        if is_special {
            if is_quoted && is_quote && dialect.double_quote {
                all.push(char);
            } else if let Some(escape) = escape {
                all.push(escape);
            } else {
                let text = "need to escape, but no escapechar set";
                return Err(raise("Error", text));
            }
        }
        all.push(char);
    }
    all.extend(quote.filter(|_| is_quoted));
    Ok(all)
}
