//! Numbers and characters as the conversions of `"…" % args` write them.

use rhai::Dynamic;

use super::TextError;
use super::field::{Align, Field, Number};
use super::float::{self, General};
use super::spec::char_of;
use super::values::{as_int, as_string, type_name};

/// The flags between `%` and the width: `-`, `+`, a space, `#`, `0`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    pub(super) left: bool,
    pub(super) plus: bool,
    pub(super) space: bool,
    pub(super) alternate: bool,
    pub(super) zero: bool,
}

pub(super) fn place(number: Number, flags: Flags, width: usize) -> String {
    let (fill, align) = match flags {
        Flags { left: true, .. } => (' ', Align::Left),
        Flags { zero: true, .. } => ('0', Align::AfterSign),
        _ => (' ', Align::Right),
    };
    number.place(Field { width, fill, align }, None)
}

fn sign(negative: bool, flags: Flags) -> &'static str {
    match flags {
        _ if negative => "-",
        Flags { plus: true, .. } => "+",
        Flags { space: true, .. } => " ",
        _ => "",
    }
}

pub(super) fn integer(
    value: &Dynamic,
    code: char,
    flags: Flags,
    precision: Option<usize>,
) -> Result<Number, TextError> {
    let (negative, mut digits) = match (as_int(value), value.as_float().ok()) {
        (Some(int), _) => (int < 0, digits(int.unsigned_abs(), code)),
        (None, Some(float)) if matches!(code, 'd' | 'i' | 'u') => truncated(float)?,
        _ => {
            let wanted = if matches!(code, 'd' | 'i' | 'u') {
                "a real number"
            } else {
                "an integer"
            };
            let kind = type_name(value);
            return Err(TextError::type_error(format!(
                "%{code} format: {wanted} is required, not {kind}"
            )));
        }
    };
    let missing = precision.unwrap_or(0).saturating_sub(digits.len());
    if missing > 0 {
        digits.insert_str(0, &"0".repeat(missing));
    }
    let prefix = match (flags.alternate, code) {
        (true, 'o') => "0o",
        (true, 'x') => "0x",
        (true, 'X') => "0X",
        _ => "",
    };
    Ok(Number {
        sign: sign(negative, flags),
        prefix,
        whole: digits,
        tail: String::new(),
    })
}

fn digits(magnitude: u64, code: char) -> String {
    match code {
        'o' => format!("{magnitude:o}"),
        'x' => format!("{magnitude:x}"),
        'X' => format!("{magnitude:X}"),
        _ => magnitude.to_string(),
    }
}

/// Sign and digits of the whole part, all of them.
fn truncated(float: f64) -> Result<(bool, String), TextError> {
    if float.is_nan() {
        return Err(TextError::value_error(
            "cannot convert float NaN to integer",
        ));
    }
    if float.is_infinite() {
        return Err(TextError::new(
            "OverflowError",
            "cannot convert float infinity to integer",
        ));
    }
    let whole = float.trunc();
    Ok((whole < 0.0, format!("{:.0}", whole.abs())))
}

pub(super) fn real(
    value: &Dynamic,
    code: char,
    flags: Flags,
    precision: Option<usize>,
) -> Result<Number, TextError> {
    let float = value
        .as_float()
        .ok()
        .or_else(|| as_int(value).map(|int| int as f64));
    let Some(float) = float else {
        return Err(TextError::type_error(format!(
            "must be real number, not {}",
            type_name(value)
        )));
    };
    let precision = precision.unwrap_or(6);
    let magnitude = float.abs();
    let mut text = match code {
        'e' | 'E' => float::exponential(magnitude, precision, flags.alternate),
        'f' | 'F' => float::fixed(magnitude, precision, flags.alternate),
        _ => float::general(
            magnitude,
            precision,
            General {
                keep_zeros: flags.alternate,
                point_zero: false,
            },
        ),
    };
    if code.is_ascii_uppercase() {
        text.make_ascii_uppercase();
    }
    let negative = float.is_sign_negative() && !float.is_nan();
    Ok(Number::new(sign(negative, flags), &text))
}

pub(super) fn character(value: &Dynamic) -> Result<String, TextError> {
    if let Some(code) = as_int(value) {
        return char_of(code).map(String::from);
    }
    match as_string(value) {
        Some(text) if text.chars().count() == 1 => Ok(text.into()),
        _ => Err(TextError::type_error("%c requires int or char")),
    }
}
