//! Templates of replacements: `\1`, `\g<name>`, `\n`.

use rhai::ImmutableString;

use super::pattern::Pattern;
use super::problem::Problem;
use super::source::{Number, Source, number};
use super::translate::is_identifier;
use crate::script::{Failure, raise};

/// A piece of a template.
#[derive(Debug)]
pub(super) enum Piece {
    Text(String),
    Group(usize),
}

/// Reads a template.
///
/// # Errors
/// `re.error` for an escape that means nothing, or a group that the pattern does not have; `IndexError` for such a name.
pub(super) fn read(template: &ImmutableString, pattern: &Pattern) -> Result<Vec<Piece>, Failure> {
    let mut reader = Reader {
        source: Source::new(template, 0),
        pattern,
        pieces: Vec::new(),
    };
    while let Some(char) = reader.source.next() {
        match char {
            '\\' => reader.escape(template)?,
            other => reader.push(other),
        }
    }
    Ok(reader.pieces)
}

struct Reader<'p> {
    source: Source,
    pattern: &'p Pattern,
    pieces: Vec<Piece>,
}

impl Reader<'_> {
    fn push(&mut self, char: char) {
        match self.pieces.last_mut() {
            Some(Piece::Text(text)) => text.push(char),
            _ => self.pieces.push(Piece::Text(char.into())),
        }
    }

    fn escape(&mut self, template: &str) -> Result<(), Failure> {
        let from = self.source.at - 1;
        let wrong = |problem: Problem| problem.raise(template);
        let Some(letter) = self.source.peek() else {
            return Err(wrong(Problem::at(from, "bad escape (end of pattern)")));
        };
        let char = match letter {
            'g' => {
                self.source.at += 1;
                return self.by_name(template);
            }
            '0'..='9' => return self.by_number(from).map_err(wrong),
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            '\\' => '\\',
            other if other.is_ascii_alphabetic() => {
                return Err(wrong(Problem::at(from, format!("bad escape \\{other}"))));
            }
            _ => {
                self.push('\\');
                return Ok(());
            }
        };
        self.source.at += 1;
        self.push(char);
        Ok(())
    }

    /// `\1`, `\12`; `\0` and three octal digits are characters.
    fn by_number(&mut self, from: usize) -> Result<(), Problem> {
        let start = self.source.at;
        match number(&mut self.source, from)? {
            Number::Char(char) => {
                self.push(char);
                Ok(())
            }
            Number::Group(group) => self.group(group, start),
        }
    }

    fn by_name(&mut self, template: &str) -> Result<(), Failure> {
        let wrong = |problem: Problem| problem.raise(template);
        let at = self.source.at;
        if !self.source.take("<") {
            return Err(wrong(Problem::at(at, "missing <")));
        }
        let at = self.source.at;
        let Some(name) = self.source.take_until('>') else {
            let text = match self.source.peek() {
                None => "missing group name",
                Some(_) => "missing >, unterminated name",
            };
            return Err(wrong(Problem::at(at, text)));
        };
        if name.is_empty() {
            return Err(wrong(Problem::at(at, "missing group name")));
        }
        if name.chars().all(|char| char.is_ascii_digit()) {
            let number = name.parse().unwrap_or(usize::MAX);
            return self.group(number, at).map_err(wrong);
        }
        if !is_identifier(&name) {
            let shown = crate::text::quoted(&name);
            let text = format!("bad character in group name {shown}");
            return Err(wrong(Problem::at(at, text)));
        }
        let number = self.pattern.number_of(&name).ok_or_else(|| {
            let shown = crate::text::quoted(&name);
            raise("IndexError", format!("unknown group name {shown}"))
        })?;
        self.pieces.push(Piece::Group(number));
        Ok(())
    }

    fn group(&mut self, number: usize, at: usize) -> Result<(), Problem> {
        if number > self.pattern.groups() {
            let text = format!("invalid group reference {number}");
            return Err(Problem::at(at, text));
        }
        self.pieces.push(Piece::Group(number));
        Ok(())
    }
}

/// Writes a template with the groups of a match.
pub(super) fn write<'t>(
    pieces: &[Piece],
    group: impl Fn(usize) -> Option<&'t str>,
    out: &mut String,
) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Group(number) => out.push_str(group(*number).unwrap_or_default()),
        }
    }
}
