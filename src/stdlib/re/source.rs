//! A pattern being read, character by character, and what becomes of it for the crate.

use super::flags::{ASCII, VERBOSE};
use super::problem::Problem;

/// A pattern being read.
pub(super) struct Source {
    chars: Vec<char>,
    /// The next character.
    pub at: usize,
    /// The same pattern in the crate's syntax, as far as it has been read.
    out: String,
    /// Where in the pattern pieces of `out` begin: offset in `out`, character.
    places: Vec<(usize, usize)>,
    /// The flags that hold here.
    pub flags: i64,
}

impl Source {
    pub(super) fn new(pattern: &str, flags: i64) -> Self {
        Self {
            chars: pattern.chars().collect(),
            at: 0,
            out: String::with_capacity(pattern.len()),
            places: Vec::new(),
            flags,
        }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// Takes the next character.
    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    /// Takes the next characters if they are these.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let is_next = self.chars[self.at..]
            .iter()
            .copied()
            .take(text.len())
            .eq(text.chars());
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    /// Takes characters while they fit, at most `most` of them.
    pub(super) fn take_while(&mut self, most: usize, fits: fn(&char) -> bool) -> String {
        let rest = self.chars[self.at..].iter();
        let taken: String = rest.take(most).take_while(|char| fits(char)).collect();
        self.at += taken.chars().count();
        taken
    }

    /// Takes everything up to a character, and the character.
    pub(super) fn take_until(&mut self, end: char) -> Option<String> {
        let length = self.chars[self.at..].iter().position(|char| *char == end)?;
        let taken = self.chars[self.at..self.at + length].iter().collect();
        self.at += length + 1;
        Some(taken)
    }

    /// Returns the characters from `from` up to the next one.
    pub(super) fn since(&self, from: usize) -> String {
        self.chars[from..self.at].iter().collect()
    }

    pub(super) fn is_verbose(&self) -> bool {
        self.flags & VERBOSE != 0
    }

    pub(super) fn is_ascii(&self) -> bool {
        self.flags & ASCII != 0
    }

    /// Writes a piece in the crate's syntax for what begins at the character `from`.
    pub(super) fn write(&mut self, from: usize, piece: &str) {
        self.places.push((self.out.len(), from));
        self.out.push_str(piece);
    }

    /// Returns the pattern in the crate's syntax, and where its pieces come from.
    pub(super) fn finish(self) -> (String, Vec<(usize, usize)>) {
        (self.out, self.places)
    }
}

/// A character or a set of characters after a backslash.
pub(super) enum Escape {
    Char(char),
    /// In the crate's syntax inside of brackets, and whether it is the complement of that.
    Set(&'static str, bool),
}

/// Reads what follows a backslash, inside of brackets and outside: a character or a set of characters; `None` for anything else, of which nothing
/// is taken.
///
/// # Errors
/// What follows is not complete, or means nothing.
pub(super) fn escape(source: &mut Source) -> Result<Option<Escape>, Problem> {
    let start = source.at - 1;
    let Some(letter) = source.peek() else {
        return Err(Problem::at(start, "bad escape (end of pattern)"));
    };
    let is_ascii = source.is_ascii();
    let set = |ascii, unicode, is_not| {
        let inside = if is_ascii { ascii } else { unicode };
        Some(Escape::Set(inside, is_not))
    };
    let found = match letter {
        'd' | 'D' => set("0-9", r"\d", letter == 'D'),
        's' | 'S' => set(r"\t-\r\x20", r"\s\x1c-\x1f", letter == 'S'),
        'w' | 'W' => set("0-9A-Za-z_", r"\p{L}\p{N}_", letter == 'W'),
        'a' => Some(Escape::Char('\x07')),
        'f' => Some(Escape::Char('\x0c')),
        'n' => Some(Escape::Char('\n')),
        'r' => Some(Escape::Char('\r')),
        't' => Some(Escape::Char('\t')),
        'v' => Some(Escape::Char('\x0b')),
        'x' | 'u' | 'U' => return by_number(source, letter).map(Some),
        _ if letter.is_ascii_alphanumeric() => return Ok(None),
        other => Some(Escape::Char(other)),
    };
    source.at += 1;
    Ok(found)
}

/// `\x41`, `\u0041`, `\U00000041`.
fn by_number(source: &mut Source, letter: char) -> Result<Escape, Problem> {
    let start = source.at - 1;
    source.at += 1;
    let count = match letter {
        'x' => 2,
        'u' => 4,
        _ => 8,
    };
    let digits = source.take_while(count, char::is_ascii_hexdigit);
    let shown = source.since(start);
    if digits.len() < count {
        let text = format!("incomplete escape {shown}");
        return Err(Problem::at(start, text));
    }
    let number = u32::from_str_radix(&digits, 16).ok();
    let char = number.and_then(char::from_u32);
    char.map(Escape::Char)
        .ok_or_else(|| Problem::at(start, format!("bad escape {shown}")))
}

/// What digits after a backslash mean.
pub(super) enum Number {
    Char(char),
    Group(usize),
}

/// Reads digits after a backslash: a character after a zero or of three octal digits, otherwise a group.
///
/// # Errors
/// Those of [`octal`].
pub(super) fn number(source: &mut Source, from: usize) -> Result<Number, Problem> {
    let start = source.at;
    let octals = source.take_while(3, |char| ('0'..='7').contains(char));
    source.at = start;
    if octals.starts_with('0') || octals.len() == 3 {
        return octal(source, from).map(Number::Char);
    }
    let digits = source.take_while(2, char::is_ascii_digit);
    Ok(Number::Group(digits.parse().unwrap_or(usize::MAX)))
}

/// Reads an octal number of up to three digits.
///
/// # Errors
/// It is above 0o377.
pub(super) fn octal(source: &mut Source, start: usize) -> Result<char, Problem> {
    let digits = source.take_while(3, |char| ('0'..='7').contains(char));
    let number = u8::from_str_radix(&digits, 8);
    number.map(char::from).map_err(|_| {
        let shown = source.since(start);
        let text = format!("octal escape value {shown} outside of range 0-0o377");
        Problem::at(start, text)
    })
}

/// Returns the error for a letter after a backslash that means nothing.
pub(super) fn bad_escape(source: &Source, start: usize) -> Problem {
    let letter = source.peek().unwrap_or_default();
    Problem::at(start, format!("bad escape \\{letter}"))
}
