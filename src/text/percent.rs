//! `"…" % args`: Python's printf-style formatting.

use std::borrow::Cow;

use rhai::{Array, Blob, Dynamic, Map};

use super::field::{Align, Field, Number};
use super::float::{self, General};
use super::quote::{ascii, quoted};
use super::repr::{repr_of, str_of};
use super::spec::char_of;
use super::values::{as_int, as_string, bounds, type_name, unshared};
use super::{Custom, MAX_WIDTH, TextError, append, roomy};

/// Python's `format % args`, with `%s %r %a %d %i %u %o %x %X %e %E %f %F %g %G %c %%`, flags, width, precision, `*`
/// and `%(key)s`.
///
/// An array stands for the tuple of arguments, as scripts have no tuples: `"%s has %d" % ["a", 1]`, and so
/// `"%s" % [[1, 2]]` is what shows an array; `"%s" % [1, 2]` has an argument too many. Any other value is the only
/// argument; a map serves `%(key)s` too.
///
/// # Errors
///
/// `TypeError`, `ValueError`, `KeyError` and `OverflowError` where Python has them, with its texts.
pub(crate) fn percent(
    format: &str,
    args: &Dynamic,
    custom: Custom<'_>,
) -> Result<String, TextError> {
    let args = unshared(args);
    let tuple = args.read_lock::<Array>();
    let values = match &tuple {
        Some(array) => array.as_slice(),
        None => std::slice::from_ref(&*args),
    };
    // In Python whatever can be indexed passes for a map here, and need not be used up.
    let lenient = args.read_lock::<Map>().is_some()
        || args.read_lock::<Blob>().is_some()
        || bounds(&args).is_some();
    let chars: Vec<char> = format.chars().collect();
    let mut formatter = Formatter {
        chars: &chars,
        at: 0,
        arguments: Arguments {
            values,
            used: 0,
            keyed: None,
        },
        whole: &args,
        custom,
    };
    let text = formatter.run()?;
    if !lenient && formatter.arguments.are_left() {
        return Err(TextError::type_error(
            "not all arguments converted during string formatting",
        ));
    }
    Ok(text)
}

/// The arguments still to be used. `%(key)s` puts one value in the place of all of them, as in Python.
struct Arguments<'a> {
    values: &'a [Dynamic],
    used: usize,
    keyed: Option<Dynamic>,
}

impl<'a> Arguments<'a> {
    fn next(&mut self) -> Result<Cow<'a, Dynamic>, TextError> {
        if let Some(value) = self.keyed.take() {
            return Ok(Cow::Owned(value.flatten()));
        }
        let value = self.values.get(self.used);
        self.used += 1;
        value
            .map(unshared)
            .ok_or_else(|| TextError::type_error("not enough arguments for format string"))
    }

    fn are_left(&self) -> bool {
        self.used < self.values.len()
    }

    fn replace(&mut self, value: Dynamic) {
        self.keyed = Some(value);
        self.used = self.values.len();
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
}

struct Formatter<'a> {
    chars: &'a [char],
    at: usize,
    arguments: Arguments<'a>,
    /// What stands right of the `%`.
    whole: &'a Dynamic,
    custom: Custom<'a>,
}

impl Formatter<'_> {
    fn run(&mut self) -> Result<String, TextError> {
        let mut out = String::with_capacity(self.chars.len() + 16);
        while let Some(&char) = self.chars.get(self.at) {
            self.at += 1;
            match char {
                '%' => append(&mut out, &self.conversion()?)?,
                _ => out.push(char),
            }
        }
        Ok(out)
    }

    fn peek(&self) -> Result<char, TextError> {
        self.chars
            .get(self.at)
            .copied()
            .ok_or_else(|| TextError::value_error("incomplete format"))
    }

    /// What a `%` just read stands for.
    fn conversion(&mut self) -> Result<String, TextError> {
        if self.peek()? == '%' {
            self.at += 1;
            return Ok("%".into());
        }
        if self.peek()? == '(' {
            self.key()?;
        }
        let mut flags = self.flags()?;
        let mut width = self.number("width too big")?.unwrap_or(0);
        if width < 0 {
            flags.left = true;
            width = -width;
        }
        let precision = match self.peek()? {
            '.' => {
                self.at += 1;
                Some(self.number("precision too big")?.unwrap_or(0).max(0) as usize)
            }
            _ => None,
        };
        if matches!(self.peek()?, 'h' | 'l' | 'L') {
            self.at += 1;
        }
        let code = self.peek()?;
        self.at += 1;
        let value = self.arguments.next()?;
        self.converted(&value, code, flags, width as usize, precision)
    }

    /// `(key)`: the value of that key becomes the argument.
    fn key(&mut self) -> Result<(), TextError> {
        let Some(map) = self.whole.read_lock::<Map>() else {
            return Err(TextError::type_error("format requires a mapping"));
        };
        self.at += 1;
        let start = self.at;
        let mut open = 1;
        while open > 0 {
            match self.chars.get(self.at) {
                Some('(') => open += 1,
                Some(')') => open -= 1,
                Some(_) => {}
                None => return Err(TextError::value_error("incomplete format key")),
            }
            self.at += 1;
        }
        let key: String = self.chars[start..self.at - 1].iter().collect();
        let value = map
            .get(key.as_str())
            .ok_or_else(|| TextError::new("KeyError", quoted(&key)))?;
        self.arguments.replace(value.clone());
        Ok(())
    }

    fn flags(&mut self) -> Result<Flags, TextError> {
        let mut flags = Flags::default();
        loop {
            match self.peek()? {
                '-' => flags.left = true,
                '+' => flags.plus = true,
                ' ' => flags.space = true,
                '#' => flags.alternate = true,
                '0' => flags.zero = true,
                _ => return Ok(flags),
            }
            self.at += 1;
        }
    }

    /// Digits, or `*` for the next argument. `too_big` is the text of the error.
    fn number(&mut self, too_big: &str) -> Result<Option<i64>, TextError> {
        let mut number = None;
        if self.peek()? == '*' {
            self.at += 1;
            let value = self.arguments.next()?;
            number = Some(as_int(&value).ok_or_else(|| TextError::type_error("* wants int"))?);
        } else {
            while let Some(digit) = self.peek()?.to_digit(10) {
                number = Some(
                    number
                        .unwrap_or(0_i64)
                        .saturating_mul(10)
                        .saturating_add(digit.into()),
                );
                self.at += 1;
            }
        }
        match number {
            Some(number) if number.unsigned_abs() > MAX_WIDTH as u64 => {
                Err(TextError::value_error(too_big))
            }
            Some(number) => {
                let width = usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX);
                roomy(width).map(|_| Some(number))
            }
            None => Ok(None),
        }
    }

    fn converted(
        &self,
        value: &Dynamic,
        code: char,
        flags: Flags,
        width: usize,
        precision: Option<usize>,
    ) -> Result<String, TextError> {
        let text = match code {
            's' => str_of(value, self.custom),
            'r' => repr_of(value, self.custom),
            'a' => ascii(&repr_of(value, self.custom)),
            'c' => character(value)?,
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
                return Ok(place(integer(value, code, flags, precision)?, flags, width));
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                return Ok(place(real(value, code, flags, precision)?, flags, width));
            }
            unknown => {
                let (code, index) = (u32::from(unknown), self.at - 1);
                let shown = if matches!(unknown, ' '..='~') {
                    unknown
                } else {
                    '?'
                };
                let text =
                    format!("unsupported format character '{shown}' (0x{code:x}) at index {index}");
                return Err(TextError::value_error(text));
            }
        };
        let cut = match precision {
            Some(count) if code != 'c' => text.chars().take(count).collect(),
            _ => text,
        };
        let align = if flags.left {
            Align::Left
        } else {
            Align::Right
        };
        Ok(Field {
            width,
            fill: ' ',
            align,
        }
        .place(&cut))
    }
}

fn place(number: Number, flags: Flags, width: usize) -> String {
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

fn integer(
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

fn real(
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

fn character(value: &Dynamic) -> Result<String, TextError> {
    if let Some(code) = as_int(value) {
        return char_of(code).map(String::from);
    }
    match as_string(value) {
        Some(text) if text.chars().count() == 1 => Ok(text.into()),
        _ => Err(TextError::type_error("%c requires int or char")),
    }
}
