//! `"…" % args`: Python's printf-style formatting.

use std::borrow::Cow;
use std::fmt::Write as _;

use rhai::{Array, Blob, Dynamic, Identifier, ImmutableString, Map};

use super::conversion::{Flags, character, integer, place, real};
use super::field::{Align, Field};
use super::quote::{ascii, quoted};
use super::repr::{repr_of, str_of};
use super::values::{as_int, bounds, unshared};
use super::{Custom, MAX_WIDTH, TextError, affordable, append};

/// Python's `format % args`, with `%s %r %a %d %i %u %o %x %X %e %E %f %F %g %G %c %%`, flags, width, precision, `*`
/// and `%(key)s`.
///
/// An array stands for the tuple of arguments, as scripts have no tuples: `"%s has %d" % ["a", 1]`, and so
/// `"%s" % [[1, 2]]` is what shows an array; `"%s" % [1, 2]` has an argument too many. Any other value is the only
/// argument; a map serves `%(key)s` too.
///
/// # Errors
///
/// `TypeError`, `ValueError`, `KeyError` and `OverflowError` where Python has them, with its messages.
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

/// Returns what [`percent`] does where the format has one conversion, a plain `%d` or `%s`, and the argument is an integer or a short
/// string, as most have; `None` elsewhere. A short text needs no memory of its own until it is a value.
pub(crate) fn simple_percent(format: &str, value: &Dynamic) -> Option<Identifier> {
    let (before, rest) = format.split_once('%')?;
    let code = *rest.as_bytes().first()?;
    if value.is_shared() || !matches!(code, b'd' | b's') || rest[1..].contains('%') {
        return None;
    }
    let mut out = Identifier::from(before);
    if value.is_int() {
        write!(out, "{}", value.as_int().ok()?).ok()?;
    } else if value.is_string() && code == b's' {
        let text = value.read_lock::<ImmutableString>()?;
        if text.len() > SHORT {
            return None;
        }
        out.push_str(&text);
    } else {
        return None;
    }
    out.push_str(&rest[1..]);
    Some(out)
}

/// The bytes of a short argument.
const SHORT: usize = 20;

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

struct Formatter<'a> {
    chars: &'a [char],
    at: usize,
    arguments: Arguments<'a>,
    /// The value to the right of the `%`.
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

    /// Returns the replacement for the conversion whose `%` was just read.
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

    /// Digits, or `*` for the next argument. `too_big` is the message of the error.
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
                affordable(width).map(|_| Some(number))
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
