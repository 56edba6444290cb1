//! Digits of floating point numbers, correctly rounded, in C's notations `e`, `f`, `g` and Python's own `repr`.
//!
//! All functions take a magnitude; signs are the callers' business.

/// Decimals beyond which the exact value of any `f64` has only zeros.
const MOST_DECIMALS: usize = 1100;

/// Python's `repr`: the shortest digits that read back as the same number, `1.0`, `1e+16`, `inf`; with `point`,
/// `1.e+16`.
pub(super) fn repr(magnitude: f64, point: bool) -> String {
    if !magnitude.is_finite() {
        return special(magnitude);
    }
    let (digits, exponent) = shortest(magnitude);
    if !(-4..16).contains(&exponent) {
        return scientific(&digits, exponent, point);
    }
    let mut text = positional(&digits, exponent);
    if !text.contains('.') {
        text.push_str(".0");
    }
    text
}

/// C's `%.*f`. `point` keeps the decimal point even where no digit follows.
pub(super) fn fixed(magnitude: f64, precision: usize, point: bool) -> String {
    if !magnitude.is_finite() {
        return special(magnitude);
    }
    let shown = precision.min(MOST_DECIMALS);
    let mut text = format!("{magnitude:.shown$}");
    text.extend(std::iter::repeat_n('0', precision - shown));
    if point && precision == 0 {
        text.push('.');
    }
    text
}

/// C's `%.*e`.
pub(super) fn exponential(magnitude: f64, precision: usize, point: bool) -> String {
    if !magnitude.is_finite() {
        return special(magnitude);
    }
    let (mut digits, exponent) = rounded(magnitude, precision + 1);
    digits.extend(std::iter::repeat_n('0', precision + 1 - digits.len()));
    scientific(&digits, exponent, point)
}

/// How [`general`] differs from C's `%.*g`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct General {
    /// Trailing zeros and the point stay (flag `#`).
    pub(super) keep_zeros: bool,
    /// At least one digit follows the point (format code left out).
    pub(super) point_zero: bool,
}

/// C's `%.*g`: `precision` significant digits, in whichever notation is shorter.
pub(super) fn general(magnitude: f64, precision: usize, style: General) -> String {
    if !magnitude.is_finite() {
        return special(magnitude);
    }
    let precision = precision.max(1);
    let (mut digits, exponent) = rounded(magnitude, precision);
    if style.keep_zeros {
        digits.extend(std::iter::repeat_n('0', precision - digits.len()));
    } else {
        digits.truncate(digits.trim_end_matches('0').len().max(1));
    }
    let room = precision as i64 - i64::from(style.point_zero);
    if exponent < -4 || exponent >= room {
        return scientific(&digits, exponent, style.keep_zeros);
    }
    let mut text = positional(&digits, exponent);
    if !text.contains('.') {
        match style {
            General {
                point_zero: true, ..
            } => text.push_str(".0"),
            General {
                keep_zeros: true, ..
            } => text.push('.'),
            _ => {}
        }
    }
    text
}

/// Returns the fewest digits that read back as the same number, and of those the nearest.
///
/// Where two are equally near, Rust takes the upper and Python the even one. That happens only where the digits are
/// as fine as the numbers themselves, so from the fifteenth on.
fn shortest(magnitude: f64) -> (String, i64) {
    let (digits, exponent) = split(&format!("{magnitude:e}"));
    if digits.len() >= 15 {
        let decimals = digits.len() - 1;
        let even = format!("{magnitude:.decimals$e}");
        if even.parse() == Ok(magnitude) {
            return split(&even);
        }
    }
    (digits, exponent)
}

/// `inf` or `nan`.
fn special(magnitude: f64) -> String {
    if magnitude.is_nan() {
        "nan".into()
    } else {
        "inf".into()
    }
}

/// Up to `count` significant digits (fewer only where the rest are zeros) and the exponent of the first.
fn rounded(magnitude: f64, count: usize) -> (String, i64) {
    let decimals = (count - 1).min(MOST_DECIMALS);
    split(&format!("{magnitude:.decimals$e}"))
}

/// Returns the digits and the exponent of Rust's `d.ddde±x`.
fn split(text: &str) -> (String, i64) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let digits = mantissa.chars().filter(char::is_ascii_digit).collect();
    (digits, exponent.parse().unwrap_or(0))
}

/// `d.ddde±xx`.
fn scientific(digits: &str, exponent: i64, point: bool) -> String {
    let (first, rest) = digits.split_at(1);
    let dot = if point || !rest.is_empty() { "." } else { "" };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{dot}{rest}e{sign}{:02}", exponent.abs())
}

/// Returns the same digits without an exponent, without a point if they end before it.
fn positional(digits: &str, exponent: i64) -> String {
    if exponent < 0 {
        let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
        return format!("0.{zeros}{digits}");
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{digits}{}", "0".repeat(whole - digits.len()));
    }
    format!("{}.{}", &digits[..whole], &digits[whole..])
}
