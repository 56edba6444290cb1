//! Python's patterns in the syntax of the crate.
//!
//! Most of the two is the same. What is spelled differently is translated, what the crate reads in another way is escaped, and what it does not
//! have is an error that says so. Groups have no names there: scripts name them as they like.

use regex_syntax::escape_into;

use super::flags::{ASCII, LOCALE, MULTILINE, UNICODE};
use super::problem::Problem;
use super::sets;
use super::source::{Escape, Number, Source, bad_escape, escape, number};

/// A pattern in the syntax of the crate.
#[derive(Debug, Default)]
pub(super) struct Translated {
    pub text: String,
    /// Where in the pattern pieces of the text come from: offset in the text, character.
    places: Vec<(usize, usize)>,
    pub flags: i64,
    /// The names of groups with their numbers, in order.
    pub names: Vec<(String, usize)>,
    /// For each group, from 1 on, how many were closed before it.
    pub closed: Vec<usize>,
    /// Whether it asks for the end of the string by `$`, which is also before a newline there.
    pub has_dollar: bool,
}

impl Translated {
    /// Returns the character of the pattern that an offset in the text comes from.
    pub(super) fn place(&self, offset: usize) -> usize {
        let after = self.places.partition_point(|(at, _)| *at <= offset);
        self.places[..after].last().map_or(0, |(_, from)| *from)
    }
}

/// Translates a pattern.
///
/// # Errors
/// It is not a pattern, or has something that the crate does not have.
pub(super) fn translate(pattern: &str, flags: i64) -> Result<Translated, Problem> {
    let mut reader = Reader {
        source: Source::new(pattern, flags),
        found: Translated::default(),
        open: Vec::new(),
        last: Last::Nothing,
        asks_for_end: false,
        closed: 0,
    };
    reader.global_flags()?;
    while let Some(char) = reader.source.next() {
        reader.piece(char)?;
    }
    reader.finish()
}

/// A pattern being translated.
pub(super) struct Reader {
    pub source: Source,
    pub found: Translated,
    pub open: Vec<Open>,
    pub last: Last,
    /// `\Z` occurs.
    asks_for_end: bool,
    /// How many groups have been closed.
    pub closed: usize,
}

/// A group that is open.
pub(super) struct Open {
    pub from: usize,
    /// The number of a group that is captured.
    pub number: Option<usize>,
    /// The flags outside of it.
    pub flags: i64,
}

/// What a repetition would repeat.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    Nothing,
    Item,
    Repetition,
}

impl Reader {
    fn finish(mut self) -> Result<Translated, Problem> {
        if let Some(open) = self.open.last() {
            let text = "missing ), unterminated subpattern";
            return Err(Problem::at(open.from, text));
        }
        self.found.has_dollar &= !self.asks_for_end;
        self.found.flags = self.source.flags;
        if self.found.flags & ASCII == 0 {
            self.found.flags |= UNICODE;
        }
        (self.found.text, self.found.places) = self.source.finish();
        Ok(self.found)
    }

    fn piece(&mut self, char: char) -> Result<(), Problem> {
        let from = self.source.at - 1;
        match char {
            '\\' => return self.escape(from),
            '[' => {
                sets::set(&mut self.source)?;
                self.last = Last::Item;
            }
            '(' => return self.group(from),
            ')' => return self.close(from),
            '*' | '+' | '?' | '{' => return self.repetition(char, from),
            '|' => {
                self.source.write(from, "|");
                self.last = Last::Nothing;
            }
            '^' => self.assertion(from, "^"),
            '$' => {
                self.found.has_dollar |= self.source.flags & MULTILINE == 0;
                self.assertion(from, "$");
            }
            '.' => {
                self.source.write(from, ".");
                self.last = Last::Item;
            }
            ' ' | '\t'..='\r' if self.source.is_verbose() => (),
            '#' if self.source.is_verbose() => {
                let rest = usize::MAX;
                self.source.take_while(rest, |char| *char != '\n');
            }
            other => self.literal(from, other),
        }
        Ok(())
    }

    fn literal(&mut self, from: usize, char: char) {
        let mut piece = String::new();
        escape_into(char.encode_utf8(&mut [0; 4]), &mut piece);
        self.source.write(from, &piece);
        self.last = Last::Item;
    }

    /// What asks for a place and takes no character cannot be repeated.
    fn assertion(&mut self, from: usize, piece: &str) {
        self.source.write(from, piece);
        self.last = Last::Nothing;
    }

    fn escape(&mut self, from: usize) -> Result<(), Problem> {
        match escape(&mut self.source)? {
            Some(Escape::Char(char)) => {
                self.literal(from, char);
                return Ok(());
            }
            Some(Escape::Set(inside, is_not)) => {
                let not = if is_not { "^" } else { "" };
                self.source.write(from, &format!("[{not}{inside}]"));
                self.last = Last::Item;
                return Ok(());
            }
            None => (),
        }
        let letter = self.source.peek();
        let is_ascii = self.source.is_ascii();
        match letter {
            Some('0'..='9') => return self.number(from),
            Some('A') => self.assertion(from, r"\A"),
            Some('Z') => {
                self.asks_for_end = true;
                self.assertion(from, r"\z");
            }
            Some('b') if is_ascii => self.assertion(from, r"(?-u:\b)"),
            Some('b') => self.assertion(from, r"\b"),
            Some('B') if is_ascii => self.assertion(from, r"(?-u:\B)"),
            Some('B') => self.assertion(from, r"\B"),
            _ => return Err(bad_escape(&self.source, from)),
        }
        self.source.at += 1;
        Ok(())
    }

    /// `\0`, `\101`, which are characters, or `\1`.
    fn number(&mut self, from: usize) -> Result<(), Problem> {
        let start = self.source.at;
        let group = match number(&mut self.source, from)? {
            Number::Char(char) => {
                self.literal(from, char);
                return Ok(());
            }
            Number::Group(group) => group,
        };
        if group > self.found.closed.len() {
            let text = format!("invalid group reference {group}");
            return Err(Problem::at(start, text));
        }
        Err(Problem::unsupported(from, "back references"))
    }

    fn repetition(&mut self, char: char, from: usize) -> Result<(), Problem> {
        let piece = match char {
            '{' => match self.bounds()? {
                Some(piece) => piece,
                None => {
                    self.literal(from, '{');
                    return Ok(());
                }
            },
            other => other.to_string(),
        };
        match self.last {
            Last::Nothing => return Err(Problem::at(from, "nothing to repeat")),
            Last::Repetition => return Err(Problem::at(from, "multiple repeat")),
            Last::Item => (),
        }
        if self.source.take("+") {
            return Err(Problem::unsupported(from, "possessive repetitions"));
        }
        self.source.write(from, &piece);
        if self.source.take("?") {
            self.source.write(self.source.at - 1, "?");
        }
        self.last = Last::Repetition;
        Ok(())
    }

    /// Reads `{2}`, `{2,}`, `{,3}`, `{2,3}`; nothing where an opening brace is only that.
    fn bounds(&mut self) -> Result<Option<String>, Problem> {
        let start = self.source.at;
        let least = self.source.take_while(usize::MAX, char::is_ascii_digit);
        let has_comma = self.source.take(",");
        let most = match has_comma {
            true => self.source.take_while(usize::MAX, char::is_ascii_digit),
            false => least.clone(),
        };
        let is_empty = least.is_empty() && !has_comma;
        if is_empty || !self.source.take("}") {
            self.source.at = start;
            return Ok(None);
        }
        let number = |digits: &str| digits.parse::<u64>().unwrap_or(u64::MAX);
        if !most.is_empty() && !least.is_empty() && number(&most) < number(&least) {
            let text = "min repeat greater than max repeat";
            return Err(Problem::at(start, text));
        }
        let least = if least.is_empty() { "0" } else { &least };
        Ok(Some(match has_comma {
            true => format!("{{{least},{most}}}"),
            false => format!("{{{least}}}"),
        }))
    }
}

/// Returns whether a name can be that of a group.
pub(super) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    let is_first = |char: char| char == '_' || unicode_xid::UnicodeXID::is_xid_start(char);
    chars.next().is_some_and(is_first) && chars.all(unicode_xid::UnicodeXID::is_xid_continue)
}

/// Returns whether the flags can be those of a pattern of a string.
///
/// # Errors
/// The text of the `ValueError`.
pub(super) fn check_flags(flags: i64) -> Result<(), &'static str> {
    let both = ASCII | UNICODE;
    match flags {
        _ if flags & LOCALE != 0 => Err("cannot use LOCALE flag with a str pattern"),
        _ if flags & both == both => Err("ASCII and UNICODE flags are incompatible"),
        _ => Ok(()),
    }
}
