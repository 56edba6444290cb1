//! Numbers read from strings, and their conversions, as in Python.

use rhai::Dynamic;

use crate::script::{Failure, raise, type_name};
use crate::text::{quoted, unicode};

/// `int(float)`: towards zero.
pub(in crate::stdlib) fn truncate(float: f64) -> Result<i64, Failure> {
    if float.is_nan() {
        return Err(raise("ValueError", "cannot convert float NaN to integer"));
    }
    if float.is_infinite() {
        let text = "cannot convert float infinity to integer";
        return Err(raise("OverflowError", text));
    }
    let whole = float.trunc();
    // The bounds are exact as floats; i64::MAX is not.
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole) {
        Ok(whole as i64)
    } else {
        Err(too_large(&format!("{whole:.0}")))
    }
}

/// Returns the error for a value where an integer is needed.
pub(in crate::stdlib) fn not_an_integer(value: &Dynamic) -> Failure {
    let found = type_name(value);
    let message = format!("'{found}' object cannot be interpreted as an integer");
    raise("TypeError", message)
}

/// Scripts' integers have 64 bits; Python's have as many as they need.
pub(in crate::stdlib) fn too_large(digits: &str) -> Failure {
    let text = format!("the integer {digits} does not fit in 64 bits");
    raise("OverflowError", text)
}

/// `int(string, base)`: spaces around, a sign, a prefix `0x 0o 0b` that fits the base, `_` between digits.
///
/// # Errors
/// `ValueError` that shows `shown` for what is not a number, `OverflowError` for one beyond 64 bits.
pub(in crate::stdlib) fn parse_int(text: &str, base: i64) -> Result<i64, Failure> {
    parse_int_shown(text, base, || quoted(text))
}

/// As [`parse_int`], for text that errors show in another form.
pub(super) fn parse_int_shown(
    text: &str,
    base: i64,
    shown: impl Fn() -> String,
) -> Result<i64, Failure> {
    if base != 0 && !(2..=36).contains(&base) {
        return Err(raise(
            "ValueError",
            "int() base must be >= 2 and <= 36, or 0",
        ));
    }
    let invalid = || {
        let shown = shown();
        let text = format!("invalid literal for int() with base {base}: {shown}");
        raise("ValueError", text)
    };
    let digits = with_ascii_digits(trimmed(text));
    let body = digits.as_str();
    let (negative, body) = match body.strip_prefix(['+', '-']) {
        Some(rest) => (body.starts_with('-'), rest),
        None => (false, body),
    };
    let (radix, digits) = split_prefix(body, base).ok_or_else(invalid)?;
    let proper = !digits.is_empty()
        && !digits.starts_with('_')
        && !digits.ends_with('_')
        && !digits.contains("__");
    let plain: String = digits.chars().filter(|char| *char != '_').collect();
    if !proper || !plain.chars().all(|char| char.is_digit(radix)) {
        return Err(invalid());
    }
    let sign = if negative { "-" } else { "" };
    i64::from_str_radix(&format!("{sign}{plain}"), radix)
        .map_err(|_| too_large(&format!("{sign}{}", plain.trim_start_matches('0'))))
}

/// Returns the base meant and the digits after the prefix; `None` when they contradict each other.
fn split_prefix(body: &str, base: i64) -> Option<(u32, &str)> {
    let prefixed = body.get(..2).and_then(|prefix| match prefix {
        "0x" | "0X" => Some(16),
        "0o" | "0O" => Some(8),
        "0b" | "0B" => Some(2),
        _ => None,
    });
    match prefixed {
        Some(radix) if base == 0 || base == i64::from(radix) => {
            // Python takes one underscore after the prefix.
            let rest = &body[2..];
            Some((radix, rest.strip_prefix('_').unwrap_or(rest)))
        }
        _ if base == 0 => {
            let is_old_octal =
                body.starts_with('0') && body.chars().any(|c| !matches!(c, '0' | '_'));
            (!is_old_octal).then_some((10, body))
        }
        _ => Some((u32::try_from(base).ok()?, body)),
    }
}

/// Returns a number without the white space around it, which for CPython is C's in ASCII.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|char: char| match char.is_ascii() {
        true => matches!(char, ' ' | '\t'..='\r'),
        false => char.is_whitespace(),
    })
}

/// Returns the string with the digits of all scripts as ASCII's.
fn with_ascii_digits(text: &str) -> String {
    let ascii = |char| unicode::decimal(char).and_then(|value| char::from_digit(value, 10));
    let chars = text.chars();
    chars.map(|char| ascii(char).unwrap_or(char)).collect()
}

/// `float(string)`.
pub(in crate::stdlib) fn parse_float(text: &str) -> Result<f64, Failure> {
    parse_float_shown(text, || quoted(text))
}

/// As [`parse_float`], for text that errors show in another form.
pub(super) fn parse_float_shown(text: &str, shown: impl Fn() -> String) -> Result<f64, Failure> {
    let digits = with_ascii_digits(trimmed(text));
    let body = digits.as_str();
    let invalid = || {
        let shown = shown();
        raise(
            "ValueError",
            format!("could not convert string to float: {shown}"),
        )
    };
    let between_digits = |at: usize| {
        let digit = |index: Option<usize>| {
            index
                .and_then(|i| body.as_bytes().get(i))
                .is_some_and(u8::is_ascii_digit)
        };
        digit(at.checked_sub(1)) && digit(Some(at + 1))
    };
    if body.match_indices('_').any(|(at, _)| !between_digits(at)) {
        return Err(invalid());
    }
    // Rust reads the same forms as Python: decimal, exponent, inf, infinity, nan.
    body.replace('_', "").parse().map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<T: std::fmt::Debug>(result: Result<T, Failure>) -> String {
        crate::script::Exception::from_error(&result.unwrap_err()).headline()
    }

    #[test]
    fn integers_are_read_in_every_base() {
        let read = |text, base| parse_int(text, base).ok();
        assert_eq!(read("  12 ", 10), Some(12));
        assert_eq!(read("-1_000", 10), Some(-1000));
        assert_eq!(read("ff", 16), Some(255));
        assert_eq!(read("0xFF", 16), Some(255));
        assert_eq!(read("0b101", 0), Some(5));
        assert_eq!(read("0", 0), Some(0));
        assert_eq!(read("012", 0), None);
        assert_eq!(read("0x1", 10), None);
        assert_eq!(read("1__0", 10), None);
        assert_eq!(read("z", 36), Some(35));
        assert_eq!(read("-9223372036854775808", 10), Some(i64::MIN));
    }

    #[test]
    fn what_is_no_integer_is_named_as_python_does() {
        let invalid = "ValueError: invalid literal for int() with base 10: 'x'";
        assert_eq!(message(parse_int("x", 10)), invalid);
        assert!(message(parse_int("9223372036854775808", 10)).starts_with("OverflowError"));
        assert!(message(truncate(f64::INFINITY)).starts_with("OverflowError"));
        assert!(message(truncate(1e19)).starts_with("OverflowError"));
    }

    #[test]
    fn floats_are_read() {
        assert_eq!(parse_float(" 1e3\n").ok(), Some(1000.0));
        assert_eq!(parse_float("1_0.5").ok(), Some(10.5));
        assert_eq!(parse_float("-inf").ok(), Some(f64::NEG_INFINITY));
        assert!(parse_float("nan").is_ok_and(f64::is_nan));
        assert!(parse_float("_1").is_err());
        assert!(parse_float("").is_err());
    }
}
