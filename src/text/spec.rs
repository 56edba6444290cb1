//! `format(value, spec)`: Python's format specifications, `[[fill]align][sign][z][#][0][width][,|_][.precision][type]`.

use rhai::Dynamic;

use super::field::{Align, Field, Number};
use super::float::{self, General};
use super::repr::str_of;
use super::values::{as_string, type_name, unshared};
use super::{Custom, MAX_WIDTH, TextError, affordable};

/// Python's `format(value, spec)`. Strings, numbers and booleans take a specification; other values only the empty one.
///
/// Code `n` is the same as `d` or `g`: scripts have no locale. Fields and precisions end at 2²⁸.
///
/// # Errors
///
/// `ValueError` for a specification that is invalid or does not fit the value, `TypeError` for a value that takes none,
/// `OverflowError` for code `c` and a number that is not a character; the messages are Python's.
pub(crate) fn format_spec(
    value: &Dynamic,
    spec: &str,
    custom: Custom<'_>,
) -> Result<String, TextError> {
    let value = unshared(value);
    if spec.is_empty() {
        return Ok(str_of(&value, custom));
    }
    let kind = type_name(&value);
    if value.is_shared() {
        return Err(unsupported(&kind));
    }
    if let Some(text) = as_string(&value) {
        return format_text(
            &text,
            &Spec::parse(spec, &kind, Align::Left, Some('s'))?,
            &kind,
        );
    }
    let parse = |default| Spec::parse(spec, &kind, Align::Right, default);
    if let Ok(int) = value.as_int() {
        format_int(int, &parse(Some('d'))?, &kind)
    } else if let Ok(flag) = value.as_bool() {
        format_int(flag.into(), &parse(Some('d'))?, &kind)
    } else if let Ok(float) = value.as_float() {
        format_float(float, &parse(None)?, &kind)
    } else {
        Err(unsupported(&kind))
    }
}

fn unsupported(kind: &str) -> TextError {
    TextError::type_error(format!(
        "unsupported format string passed to {kind}.__format__"
    ))
}

#[derive(Clone, Debug)]
struct Spec {
    field: Field,
    sign: Option<char>,
    positive_zero: bool,
    alternate: bool,
    separator: Option<char>,
    precision: Option<usize>,
    code: Option<char>,
}

impl Spec {
    fn parse(
        spec: &str,
        kind: &str,
        default_align: Align,
        default_code: Option<char>,
    ) -> Result<Self, TextError> {
        let chars: Vec<char> = spec.chars().collect();
        let mut rest = chars.as_slice();
        let (fill, align) = take_align(&mut rest);
        let sign = take(&mut rest, &[' ', '+', '-']);
        let positive_zero = take(&mut rest, &['z']).is_some();
        let alternate = take(&mut rest, &['#']).is_some();
        let zero = fill.is_none() && take(&mut rest, &['0']).is_some();
        let width = take_number(&mut rest)?.unwrap_or(0);
        let separator = take_separator(&mut rest)?;
        let precision = match take(&mut rest, &['.']) {
            Some(_) => match take_number(&mut rest)? {
                None => return Err(TextError::value_error("Format specifier missing precision")),
                some => some,
            },
            None => None,
        };
        if rest.len() > 1 {
            let text = format!("Invalid format specifier '{spec}' for object of type '{kind}'");
            return Err(TextError::value_error(text));
        }
        let code = rest.first().copied().or(default_code);
        let zero_align = if zero && default_align == Align::Right {
            Align::AfterSign
        } else {
            default_align
        };
        let field = Field {
            width,
            fill: fill.unwrap_or(if zero { '0' } else { ' ' }),
            align: align.unwrap_or(zero_align),
        };
        let parsed = Spec {
            field,
            sign,
            positive_zero,
            alternate,
            separator,
            precision,
            code,
        };
        parsed.check_separator()?;
        Ok(parsed)
    }

    fn check_separator(&self) -> Result<(), TextError> {
        match (self.separator, self.code) {
            (None, _) | (_, None | Some('d' | 'e' | 'f' | 'g' | 'E' | 'F' | 'G' | '%')) => Ok(()),
            (Some('_'), Some('b' | 'o' | 'x' | 'X')) => Ok(()),
            (Some(mark), Some(code)) => Err(TextError::value_error(format!(
                "Cannot specify '{mark}' with '{}'.",
                shown_code(code)
            ))),
        }
    }

    /// Returns the separator and how many digits stand between two of them.
    fn grouping(&self) -> Option<(char, usize)> {
        let size = if matches!(self.code, Some('b' | 'o' | 'x' | 'X')) {
            4
        } else {
            3
        };
        self.separator.map(|mark| (mark, size))
    }

    fn sign_of(&self, negative: bool) -> &'static str {
        match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            _ => "",
        }
    }

    fn unknown_code(&self, kind: &str) -> TextError {
        let code = shown_code(self.code.unwrap_or(' '));
        TextError::value_error(format!(
            "Unknown format code '{code}' for object of type '{kind}'"
        ))
    }
}

fn shown_code(code: char) -> String {
    match code {
        '!'..='\x7f' => code.into(),
        _ => format!("\\x{:x}", u32::from(code)),
    }
}

fn take(rest: &mut &[char], any_of: &[char]) -> Option<char> {
    let (first, behind) = rest.split_first()?;
    any_of.contains(first).then(|| *rest = behind)?;
    Some(*first)
}

/// Returns an alignment, with the fill in front of it if there is one.
fn take_align(rest: &mut &[char]) -> (Option<char>, Option<Align>) {
    if let [fill, align, behind @ ..] = *rest
        && let Some(align) = align_of(*align)
    {
        *rest = behind;
        return (Some(*fill), Some(align));
    }
    let align = rest.first().and_then(|first| align_of(*first));
    if align.is_some() {
        *rest = &rest[1..];
    }
    (None, align)
}

fn align_of(char: char) -> Option<Align> {
    match char {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Center),
        '=' => Some(Align::AfterSign),
        _ => None,
    }
}

fn take_number(rest: &mut &[char]) -> Result<Option<usize>, TextError> {
    let mut number = None;
    while let Some(digit) = rest.first().and_then(|first| first.to_digit(10)) {
        let next = number
            .unwrap_or(0_usize)
            .saturating_mul(10)
            .saturating_add(digit as usize);
        if next > MAX_WIDTH {
            return Err(TextError::value_error(
                "Too many decimal digits in format string",
            ));
        }
        number = Some(next);
        *rest = &rest[1..];
    }
    number.map(affordable).transpose()
}

fn take_separator(rest: &mut &[char]) -> Result<Option<char>, TextError> {
    let both = || TextError::value_error("Cannot specify both ',' and '_'.");
    let comma = take(rest, &[',']);
    let underscore = take(rest, &['_']);
    if underscore.is_some() && (comma.is_some() || rest.first() == Some(&',')) {
        return Err(both());
    }
    Ok(comma.or(underscore))
}

fn format_text(text: &str, spec: &Spec, kind: &str) -> Result<String, TextError> {
    let refuse = |what: &str| {
        Err(TextError::value_error(format!(
            "{what} not allowed in string format specifier"
        )))
    };
    match spec {
        _ if spec.code != Some('s') => Err(spec.unknown_code(kind)),
        Spec {
            sign: Some(' '), ..
        } => refuse("Space"),
        Spec { sign: Some(_), .. } => refuse("Sign"),
        Spec {
            positive_zero: true,
            ..
        } => refuse("Negative zero coercion (z)"),
        Spec {
            alternate: true, ..
        } => refuse("Alternate form (#)"),
        _ if spec.field.align == Align::AfterSign => Err(TextError::value_error(
            "'=' alignment not allowed in string format specifier",
        )),
        Spec {
            precision: None, ..
        } => Ok(spec.field.place(text)),
        Spec {
            precision: Some(count),
            ..
        } => Ok(spec
            .field
            .place(&text.chars().take(*count).collect::<String>())),
    }
}

fn format_int(int: i64, spec: &Spec, kind: &str) -> Result<String, TextError> {
    let magnitude = int.unsigned_abs();
    let (prefix, digits) = match spec.code {
        Some('d' | 'n') => ("", magnitude.to_string()),
        Some('b') => ("0b", format!("{magnitude:b}")),
        Some('o') => ("0o", format!("{magnitude:o}")),
        Some('x') => ("0x", format!("{magnitude:x}")),
        Some('X') => ("0X", format!("{magnitude:X}")),
        Some('c') => ("", String::new()),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            return format_float(int as f64, spec, kind);
        }
        _ => return Err(spec.unknown_code(kind)),
    };
    let refuse = |what: &str| Err(TextError::value_error(what));
    if spec.precision.is_some() {
        return refuse("Precision not allowed in integer format specifier");
    }
    if spec.positive_zero {
        return refuse("Negative zero coercion (z) not allowed in integer format specifier");
    }
    if spec.code == Some('c') {
        return format_char(int, spec);
    }
    let number = Number {
        sign: spec.sign_of(int < 0),
        prefix: if spec.alternate { prefix } else { "" },
        whole: digits,
        tail: String::new(),
    };
    Ok(number.place(spec.field, spec.grouping()))
}

fn format_char(int: i64, spec: &Spec) -> Result<String, TextError> {
    let refuse = |what: &str| {
        Err(TextError::value_error(format!(
            "{what} not allowed with integer format specifier 'c'"
        )))
    };
    if spec.sign.is_some() {
        return refuse("Sign");
    }
    if spec.alternate {
        return refuse("Alternate form (#)");
    }
    let char = char_of(int)?;
    Ok(Number {
        tail: char.into(),
        ..Number::default()
    }
    .place(spec.field, None))
}

/// Returns the character with that code. Surrogates, which Python takes for characters, are none here.
pub(super) fn char_of(code: i64) -> Result<char, TextError> {
    let char = u32::try_from(code).ok().and_then(char::from_u32);
    char.ok_or_else(|| TextError::new("OverflowError", "%c arg not in range(0x110000)"))
}

fn format_float(value: f64, spec: &Spec, kind: &str) -> Result<String, TextError> {
    let percent = spec.code == Some('%');
    let scaled = if percent { value * 100.0 } else { value };
    let magnitude = scaled.abs();
    let point = spec.alternate;
    let precision = spec.precision.unwrap_or(6);
    let mut text = match (spec.code, spec.precision) {
        (None, None) => float::repr(magnitude, point),
        (None, Some(_)) => float::general(
            magnitude,
            precision,
            General {
                keep_zeros: point,
                point_zero: true,
            },
        ),
        (Some('e' | 'E'), _) => float::exponential(magnitude, precision, point),
        (Some('f' | 'F' | '%'), _) => float::fixed(magnitude, precision, point),
        (Some('g' | 'G' | 'n'), _) => float::general(
            magnitude,
            precision,
            General {
                keep_zeros: point,
                point_zero: false,
            },
        ),
        _ => return Err(spec.unknown_code(kind)),
    };
    if matches!(spec.code, Some('E' | 'F' | 'G')) {
        text.make_ascii_uppercase();
    }
    if percent {
        text.push('%');
    }
    let negative = scaled.is_sign_negative() && !scaled.is_nan();
    let negative = negative && !(spec.positive_zero && shows_zero(&text));
    Ok(Number::new(spec.sign_of(negative), &text).place(spec.field, spec.grouping()))
}

/// Returns whether the digits before an exponent, if there are any, are all zeros.
fn shows_zero(magnitude: &str) -> bool {
    magnitude.starts_with('0') && !magnitude.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
}
