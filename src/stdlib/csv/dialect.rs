//! The marks between fields and lines, and when fields are quoted.

use rhai::Dynamic;

use crate::script::{Call, Failure, raise};
use crate::text::as_string;

/// When fields are quoted.
pub(super) const QUOTING: [(&str, i64); 4] = [
    ("QUOTE_MINIMAL", MINIMAL),
    ("QUOTE_ALL", ALL),
    ("QUOTE_NONNUMERIC", NONNUMERIC),
    ("QUOTE_NONE", NONE),
];
pub(super) const MINIMAL: i64 = 0;
pub(super) const ALL: i64 = 1;
pub(super) const NONNUMERIC: i64 = 2;
pub(super) const NONE: i64 = 3;

/// How rows are written.
#[derive(Debug, Clone)]
pub(super) struct Dialect {
    pub delimiter: u8,
    pub quote: Option<u8>,
    pub escape: Option<u8>,
    pub double_quote: bool,
    pub skips_space: bool,
    pub line_end: String,
    pub quoting: i64,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            delimiter: b',',
            quote: Some(b'"'),
            escape: None,
            double_quote: true,
            skips_space: false,
            line_end: "\r\n".into(),
            quoting: MINIMAL,
        }
    }
}

/// Reads the parameters from `first` on: `dialect, delimiter, quotechar, escapechar, doublequote, skipinitialspace, lineterminator, quoting`.
///
/// # Errors
/// `TypeError` for a mark that is not one ASCII character, `Error` for an unknown dialect.
pub(super) fn arguments(call: &mut Call<'_>, first: usize) -> Result<Dialect, Failure> {
    let mut dialect = match call.given(first) {
        None => Dialect::default(),
        Some(name) => named(&call.str(&name))?,
    };
    if let Some(mark) = call.given(first + 1) {
        let wrong = || raise("TypeError", "\"delimiter\" must be a 1-character string");
        dialect.delimiter = mark_of(&mark).ok_or_else(wrong)?;
    }
    if call.has(first + 2) {
        let mark = call.value(first + 2);
        let wrong = || raise("TypeError", "\"quotechar\" must be a 1-character string");
        dialect.quote = match mark.is_unit() {
            true => None,
            false => Some(mark_of(&mark).ok_or_else(wrong)?),
        };
    }
    if let Some(mark) = call.given(first + 3) {
        let wrong = || raise("TypeError", "\"escapechar\" must be a 1-character string");
        dialect.escape = Some(mark_of(&mark).ok_or_else(wrong)?);
    }
    dialect.double_quote = call.bool_or(first + 4, dialect.double_quote);
    dialect.skips_space = call.bool_or(first + 5, dialect.skips_space);
    dialect.line_end = call.string_or(first + 6, &dialect.line_end)?.into();
    dialect.quoting = call.int_or(first + 7, dialect.quoting)?;
    if !QUOTING.iter().any(|(_, number)| *number == dialect.quoting) {
        return Err(raise("TypeError", "bad \"quoting\" value"));
    }
    if dialect.quote.is_none() && dialect.quoting != NONE {
        let text = "quotechar must be set if quoting enabled";
        return Err(raise("TypeError", text));
    }
    Ok(dialect)
}

fn named(name: &str) -> Result<Dialect, Failure> {
    let excel = Dialect::default();
    Ok(match name {
        "excel" => excel,
        "excel-tab" => Dialect {
            delimiter: b'\t',
            ..excel
        },
        "unix" => Dialect {
            line_end: "\n".into(),
            quoting: ALL,
            ..excel
        },
        _ => return Err(raise("Error", "unknown dialect")),
    })
}

/// Returns the one ASCII character of a string.
fn mark_of(value: &Dynamic) -> Option<u8> {
    let text = as_string(value)?;
    match text.as_bytes() {
        [mark] if mark.is_ascii() => Some(*mark),
        _ => None,
    }
}
