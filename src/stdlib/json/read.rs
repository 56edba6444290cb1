//! Reading JSON: by hand, for CPython's messages and positions.

use rhai::{Array, Dynamic, Map};

use crate::script::{Failure, Outcome, raise};
use crate::stdlib::builtins::number::too_large;

/// Levels of nesting read.
const MAX_DEPTH: usize = 990;

/// Returns the value of a JSON document.
///
/// # Errors
/// `JSONDecodeError` with line, column and offset, counted in characters; `OverflowError` for an integer beyond
/// 64 bits; `RecursionError`.
pub(super) fn parse(text: &str) -> Outcome {
    let mut reader = Reader { text, at: 0 };
    if text.starts_with('\u{feff}') {
        return Err(reader.error("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0));
    }
    reader.skip_spaces();
    let value = reader.value(0)?;
    reader.skip_spaces();
    if reader.at < text.len() {
        return Err(reader.error("Extra data", reader.at));
    }
    Ok(value)
}

struct Reader<'t> {
    text: &'t str,
    /// In bytes.
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// `message: line 1 column 2 (char 1)` for the byte offset `at`.
    fn error(&self, message: &str, at: usize) -> Failure {
        let before = &self.text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before[before.rfind('\n').map_or(0, |end| end + 1)..]
            .chars()
            .count()
            + 1;
        let place = before.chars().count();
        let text = format!("{message}: line {line} column {column} (char {place})");
        raise("JSONDecodeError", text)
    }

    fn value(&mut self, depth: usize) -> Outcome {
        match self.peek() {
            Some(b'"') => self.string().map(Dynamic::from),
            Some(b'[' | b'{') if depth >= MAX_DEPTH => {
                let text = "maximum recursion depth exceeded while decoding a JSON text";
                Err(raise("RecursionError", text))
            }
            Some(b'[') => self.array(depth),
            Some(b'{') => self.object(depth),
            _ => self.word(),
        }
    }

    /// Returns a number, or one of the words JSON and CPython know.
    fn word(&mut self) -> Outcome {
        let words: [(&str, Dynamic); 6] = [
            ("null", Dynamic::UNIT),
            ("true", true.into()),
            ("false", false.into()),
            ("NaN", f64::NAN.into()),
            ("Infinity", f64::INFINITY.into()),
            ("-Infinity", f64::NEG_INFINITY.into()),
        ];
        for (word, value) in words {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        let (length, is_float) = number_length(self.rest());
        if length == 0 {
            return Err(self.error("Expecting value", self.at));
        }
        let digits = &self.text[self.at..self.at + length];
        let value = if is_float {
            digits.parse().map(Dynamic::from_float).ok()
        } else {
            Some(Dynamic::from_int(
                digits.parse().map_err(|_| too_large(digits))?,
            ))
        };
        let value = value.ok_or_else(|| self.error("Expecting value", self.at))?;
        self.at += length;
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Outcome {
        self.at += 1;
        let mut items = Array::new();
        self.skip_spaces();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(items.into());
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_spaces();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(items.into());
                }
                _ => return Err(self.error("Expecting ',' delimiter", self.at)),
            }
            self.skip_spaces();
        }
    }

    fn object(&mut self, depth: usize) -> Outcome {
        const NO_KEY: &str = "Expecting property name enclosed in double quotes";
        self.at += 1;
        let mut entries = Map::new();
        self.skip_spaces();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(entries.into());
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.error(NO_KEY, self.at));
            }
            let key = self.string()?;
            self.skip_spaces();
            if self.peek() != Some(b':') {
                return Err(self.error("Expecting ':' delimiter", self.at));
            }
            self.at += 1;
            self.skip_spaces();
            let value = self.value(depth + 1)?;
            entries.insert(key.into(), value);
            self.skip_spaces();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(entries.into());
                }
                _ => return Err(self.error("Expecting ',' delimiter", self.at)),
            }
            self.skip_spaces();
        }
    }

    fn string(&mut self) -> Result<String, Failure> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(|char| matches!(char, '"' | '\\') || char < ' ');
            let Some(length) = plain else {
                return Err(self.error("Unterminated string starting at", start));
            };
            out.push_str(&rest[..length]);
            self.at += length;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape(start)?),
                _ => return Err(self.error("Invalid control character at", self.at)),
            }
        }
    }

    /// Returns the character that an escape sequence represents.
    fn escape(&mut self, start: usize) -> Result<char, Failure> {
        let backslash = self.at;
        let Some(letter) = self.text.as_bytes().get(backslash + 1) else {
            return Err(self.error("Unterminated string starting at", start));
        };
        let char = match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return Err(self.error("Invalid \\escape", backslash)),
        };
        self.at += 2;
        Ok(char)
    }

    /// `\u00e9`, or two of them for a character beyond the first plane. Half of such a pair is no character.
    fn unicode_escape(&mut self) -> Result<char, Failure> {
        let first = self.code_unit()?;
        self.at += 6;
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            let second = self.code_unit()?;
            if let Some(Ok(char)) = char::decode_utf16([first, second]).next() {
                self.at += 6;
                return Ok(char);
            }
        }
        Ok(char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// Returns the four digits of the escape at this offset.
    fn code_unit(&self) -> Result<u16, Failure> {
        let digits = self.text.get(self.at + 2..self.at + 6);
        // CPython looks at the character after them before it looks at them.
        let is_last = self.at + 6 >= self.text.len();
        digits
            .filter(|_| !is_last)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u16::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.error("Invalid \\uXXXX escape", self.at + 1))
    }
}

/// Returns how many bytes of `text` are a number, and whether it has a fraction or an exponent.
fn number_length(text: &str) -> (usize, bool) {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut end = usize::from(bytes.first() == Some(&b'-'));
    match bytes.get(end) {
        Some(b'0') => end += 1,
        Some(b'1'..=b'9') => end += digits(end),
        _ => return (0, false),
    }
    let mut is_float = false;
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
        is_float = true;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let count = digits(end + 1 + sign);
        if count > 0 {
            end += 1 + sign + count;
            is_float = true;
        }
    }
    (end, is_float)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::exceptions::Exception;

    fn message(text: &str) -> String {
        Exception::from_error(&parse(text).unwrap_err()).message()
    }

    #[test]
    fn errors_are_those_of_cpython() {
        let expected = [
            ("", "Expecting value: line 1 column 1 (char 0)"),
            ("[1,]", "Expecting value: line 1 column 4 (char 3)"),
            (
                "{\"a\" 1}",
                "Expecting ':' delimiter: line 1 column 6 (char 5)",
            ),
            (
                "{'a': 1}",
                "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
            ),
            ("[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
            ("1 2", "Extra data: line 1 column 3 (char 2)"),
            (
                "\"abc",
                "Unterminated string starting at: line 1 column 1 (char 0)",
            ),
            ("\"\\x\"", "Invalid \\escape: line 1 column 2 (char 1)"),
            (
                "\"\\u12g4\"",
                "Invalid \\uXXXX escape: line 1 column 3 (char 2)",
            ),
            (
                "\n\n\"é\n\"",
                "Invalid control character at: line 3 column 3 (char 4)",
            ),
            ("nul", "Expecting value: line 1 column 1 (char 0)"),
            ("01", "Extra data: line 1 column 2 (char 1)"),
            ("-", "Expecting value: line 1 column 1 (char 0)"),
        ];
        for (text, wanted) in expected {
            assert_eq!(message(text), wanted, "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_an_error() {
        assert!(message(&"[".repeat(100_000)).contains("recursion"));
    }

    #[test]
    fn numbers_keep_their_kind() {
        let read = |text| parse(text).expect("good JSON");
        assert_eq!(read("9223372036854775807").as_int(), Ok(i64::MAX));
        assert_eq!(read("1.0").as_float(), Ok(1.0));
        assert_eq!(read("1e3").as_float(), Ok(1000.0));
        assert!(message("9223372036854775808").contains("64 bits"));
    }
}
