//! The types of elements, by the letters of Python's `array` module.

use Form::Integer;
use rhai::{Blob, Dynamic};

use crate::script::{Failure, raise, type_name};
use crate::stdlib::builtins::number::not_an_integer;
use crate::text::{as_float, as_int, as_string, repr_of};

/// One type of element.
#[derive(Debug)]
pub(crate) struct TypeCode {
    letter: char,
    /// The name of the type in C, for representations.
    c_name: &'static str,
    form: Form,
}

/// How a value is stored in its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One byte, which scripts see as bytes.
    Byte,
    /// One character, which scripts see as a string.
    Letter,
    /// An integer between these two, both included.
    Integer(i64, i64),
    /// A float of 32 bits.
    Single,
    /// A float of 64 bits.
    Double,
}

const fn code(letter: char, c_name: &'static str, form: Form) -> TypeCode {
    TypeCode {
        letter,
        c_name,
        form,
    }
}

/// The integers of scripts have 64 bits with a sign, and cannot express the upper half of `L` and `Q`.
const UNSIGNED: Form = Integer(0, i64::MAX);

static CODES: [TypeCode; 14] = [
    code('c', "c_char", Form::Byte),
    code('u', "c_wchar", Form::Letter),
    code('b', "c_byte", Integer(i8::MIN as i64, i8::MAX as i64)),
    code('B', "c_ubyte", Integer(0, u8::MAX as i64)),
    code('h', "c_short", Integer(i16::MIN as i64, i16::MAX as i64)),
    code('H', "c_ushort", Integer(0, u16::MAX as i64)),
    code('i', "c_int", Integer(i32::MIN as i64, i32::MAX as i64)),
    code('I', "c_uint", Integer(0, u32::MAX as i64)),
    code('l', "c_long", Integer(i64::MIN, i64::MAX)),
    code('L', "c_ulong", UNSIGNED),
    code('q', "c_long", Integer(i64::MIN, i64::MAX)),
    code('Q', "c_ulong", UNSIGNED),
    code('f', "c_float", Form::Single),
    code('d', "c_double", Form::Double),
];

impl TypeCode {
    /// Returns the type with this letter.
    pub(crate) fn named(value: &Dynamic) -> Result<&'static TypeCode, Failure> {
        let text = as_string(value).unwrap_or_default();
        let mut letters = text.chars();
        let known = letters.next().and_then(|letter| Self::of(letter.into()));
        known
            .filter(|_| letters.next().is_none())
            .ok_or_else(|| raise("TypeError", "this type has no size"))
    }

    /// Returns the type with this label.
    pub(crate) fn of(label: u64) -> Option<&'static TypeCode> {
        CODES.iter().find(|code| code.label() == label)
    }

    /// Returns the number of the type, stored beside its elements.
    pub(crate) fn label(&self) -> u64 {
        self.letter.into()
    }

    pub(crate) fn c_name(&self) -> &'static str {
        self.c_name
    }

    /// Returns whether elements are bytes, for which Python has two more properties.
    pub(crate) fn is_byte(&self) -> bool {
        self.form == Form::Byte
    }

    /// Returns a value as a word.
    ///
    /// # Errors
    /// `TypeError` for a value of another type, `OverflowError` for one that does not fit.
    pub(crate) fn encode(&self, value: &Dynamic) -> Result<u64, Failure> {
        match self.form {
            Form::Byte => byte_of(value).map(u64::from),
            Form::Letter => letter_of(value).map(u64::from),
            Integer(..) => self.integer(as_int(value).ok_or_else(|| not_an_integer(value))?),
            Form::Single | Form::Double => self.float(as_float(value).ok_or_else(|| {
                let text = format!("must be real number, not {}", type_name(value));
                raise("TypeError", text)
            })?),
        }
    }

    fn integer(&self, number: i64) -> Result<u64, Failure> {
        match self.form {
            Integer(least, most) if (least..=most).contains(&number) => Ok(number as u64),
            _ => Err(self.overflow(&number.to_string())),
        }
    }

    fn float(&self, number: f64) -> Result<u64, Failure> {
        if self.form == Form::Double {
            return Ok(number.to_bits());
        }
        let single = number as f32;
        if single.is_infinite() && number.is_finite() {
            return Err(self.overflow(&repr_of(&number.into(), &|_| None)));
        }
        Ok(f64::from(single).to_bits())
    }

    fn overflow(&self, number: &str) -> Failure {
        let range = match self.form {
            Integer(least, most) => format!("{least} to {most}"),
            _ => "up to about 3.4e+38".into(),
        };
        let text = format!(
            "{number} does not fit in type code '{}' ({range})",
            self.letter
        );
        raise("OverflowError", text)
    }

    /// Returns the value in a word.
    pub(crate) fn decode(&self, word: u64) -> Dynamic {
        match self.form {
            Form::Byte => Dynamic::from_blob(vec![word as u8]),
            Form::Letter => letter(word).to_string().into(),
            Integer(..) => Dynamic::from_int(word as i64),
            Form::Single | Form::Double => Dynamic::from_float(f64::from_bits(word)),
        }
    }

    /// Returns the values in a row of words: bytes and letters as one piece, others as a list.
    pub(crate) fn decode_slice(&self, words: &[u64]) -> Dynamic {
        match self.form {
            Form::Byte => Dynamic::from_blob(words.iter().map(|word| *word as u8).collect()),
            Form::Letter => words
                .iter()
                .map(|word| letter(*word))
                .collect::<String>()
                .into(),
            _ => Dynamic::from_array(words.iter().map(|word| self.decode(*word)).collect()),
        }
    }

    /// Returns the sum of the number in a word and `more`, as a word.
    ///
    /// # Errors
    /// As those of [`encode`](Self::encode).
    pub(crate) fn plus(&self, word: u64, more: &Dynamic) -> Result<u64, Failure> {
        match self.form {
            Form::Byte | Form::Letter => Err(self.not_numeric()),
            Integer(..) => {
                let sum = i128::from(word as i64) + i128::from(self.whole(more)?);
                match i64::try_from(sum) {
                    Ok(sum) => self.integer(sum),
                    Err(_) => Err(self.overflow(&sum.to_string())),
                }
            }
            Form::Single | Form::Double => {
                let more = f64::from_bits(Self::double(more)?);
                self.float(f64::from_bits(word) + more)
            }
        }
    }

    fn not_numeric(&self) -> Failure {
        let text = format!("add() needs a numeric type code, not '{}'", self.letter);
        raise("TypeError", text)
    }

    /// Returns an integer to be added.
    fn whole(&self, more: &Dynamic) -> Result<i64, Failure> {
        as_int(more).ok_or_else(|| {
            let why = self.encode(more).err();
            why.unwrap_or_else(|| raise("TypeError", "add() needs an integer"))
        })
    }

    fn double(value: &Dynamic) -> Result<u64, Failure> {
        CODES[CODES.len() - 1].encode(value)
    }

    /// Returns whether two words hold equal values.
    pub(crate) fn same(&self, a: u64, b: u64) -> bool {
        match self.form {
            Form::Single | Form::Double => f64::from_bits(a) == f64::from_bits(b),
            _ => a == b,
        }
    }

    /// Returns the value in a word as C's constructor would be written: `c_int(5)`.
    pub(crate) fn repr(&self, word: u64) -> String {
        let value = repr_of(&self.decode(word), &|_| None);
        format!("{}({value})", self.c_name)
    }
}

/// Elements as text, as they are on a server.
#[cfg(feature = "redis")]
impl TypeCode {
    pub(crate) fn letter(&self) -> char {
        self.letter
    }

    /// Returns the least and the largest number of a type that is not of floats.
    pub(crate) fn bounds(&self) -> Option<(i64, i64)> {
        match self.form {
            Integer(least, most) => Some((least, most)),
            Form::Byte => Some((0, u8::MAX.into())),
            Form::Letter => Some((0, u32::MAX.into())),
            Form::Single | Form::Double => None,
        }
    }

    /// Returns whether elements are floats of 32 bits.
    pub(crate) fn is_single(&self) -> bool {
        self.form == Form::Single
    }

    /// Returns the number in a word as text.
    pub(crate) fn text(&self, word: u64) -> String {
        match self.form {
            Form::Single | Form::Double => format!("{:?}", f64::from_bits(word)),
            _ => (word as i64).to_string(),
        }
    }

    /// Returns the number of a text as a word.
    pub(crate) fn word(&self, text: &str) -> Option<u64> {
        match self.form {
            Form::Single | Form::Double => text.parse().ok().map(f64::to_bits),
            _ => text.parse::<i64>().ok().map(|number| number as u64),
        }
    }

    /// Returns a number to be added, as text.
    ///
    /// # Errors
    /// As those of [`plus`](Self::plus).
    pub(crate) fn amount(&self, more: &Dynamic) -> Result<String, Failure> {
        match self.form {
            Form::Byte | Form::Letter => Err(self.not_numeric()),
            Integer(..) => Ok(self.whole(more)?.to_string()),
            Form::Single | Form::Double => Ok(format!("{:?}", f64::from_bits(Self::double(more)?))),
        }
    }
}

fn letter(word: u64) -> char {
    u32::try_from(word)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn byte_of(value: &Dynamic) -> Result<u8, Failure> {
    let bytes = value.read_lock::<Blob>().map(|blob| blob.clone());
    let bytes = bytes.or_else(|| Some(as_string(value)?.as_bytes().to_vec()));
    let byte = match bytes.as_deref() {
        Some([byte]) => Some(*byte),
        Some(_) => None,
        None => as_int(value).and_then(|number| u8::try_from(number).ok()),
    };
    let text = "one character bytes, bytearray or integer expected";
    byte.ok_or_else(|| raise("TypeError", text))
}

fn letter_of(value: &Dynamic) -> Result<char, Failure> {
    let Some(text) = as_string(value) else {
        let found = type_name(value);
        let text = format!("unicode string expected instead of {found} instance");
        return Err(raise("TypeError", text));
    };
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => Ok(letter),
        _ => Err(raise("TypeError", "one character unicode string expected")),
    }
}
