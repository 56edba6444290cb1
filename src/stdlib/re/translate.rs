//! Python's patterns in the syntax of the crate.
//!
//! Most of the two is the same. What is spelled differently is translated, what the crate reads in another way is escaped, and what it does not
//! have is an error that says so. Groups have no names there: scripts name them as they like.

use regex_syntax::escape_into;

use super::flags::{self, ASCII, LOCALE, MULTILINE, UNICODE};
use super::problem::Problem;
use super::sets;
use super::source::{Escape, Source, bad_escape, escape, octal};

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

struct Reader {
    source: Source,
    found: Translated,
    open: Vec<Open>,
    last: Last,
    /// `\Z` occurs.
    asks_for_end: bool,
    closed: usize,
}

/// A group that is open.
struct Open {
    from: usize,
    /// The number of a group that is captured.
    number: Option<usize>,
    /// The flags outside of it.
    flags: i64,
}

/// What a repetition would repeat.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
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
        let is_octal = |char: &char| ('0'..='7').contains(char);
        let octals = self.source.take_while(3, is_octal);
        self.source.at = start;
        if octals.starts_with('0') || octals.len() == 3 {
            let char = octal(&mut self.source, from)?;
            self.literal(from, char);
            return Ok(());
        }
        let digits = self.source.take_while(2, char::is_ascii_digit);
        let group: usize = digits.parse().unwrap_or(0);
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

    fn group(&mut self, from: usize) -> Result<(), Problem> {
        if !self.source.take("?") {
            self.open_captured(from);
            return Ok(());
        }
        if self.source.take("P<") {
            let at = self.source.at;
            let name = self.name(at)?;
            let number = self.found.closed.len() + 1;
            if let Some((_, first)) = self.found.names.iter().find(|(known, _)| *known == name) {
                let text = format!(
                    "redefinition of group name '{name}' as group {number}; was group {first}"
                );
                return Err(Problem::at(at, text));
            }
            self.found.names.push((name, number));
            self.open_captured(from);
            return Ok(());
        }
        if self.source.take(":") {
            self.open_group(from, None, "(?:");
            return Ok(());
        }
        if self.source.take("#") {
            let comment = self.source.take_until(')');
            let text = "missing ), unterminated comment";
            return comment.map(drop).ok_or_else(|| Problem::at(from, text));
        }
        let around = ["=", "!", "<=", "<!"];
        if around.iter().any(|mark| self.source.take(mark)) {
            return Err(Problem::unsupported(from, "look-ahead and look-behind"));
        }
        if self.source.take("P=") {
            return Err(Problem::unsupported(from, "back references"));
        }
        if self.source.take(">") {
            return Err(Problem::unsupported(from, "atomic groups"));
        }
        if self.source.take("(") {
            return Err(Problem::unsupported(from, "conditional groups"));
        }
        self.flags_of_group(from)
    }

    fn name(&mut self, at: usize) -> Result<String, Problem> {
        let Some(name) = self.source.take_until('>') else {
            let text = "missing >, unterminated name";
            return Err(Problem::at(at, text));
        };
        if name.is_empty() {
            return Err(Problem::at(at, "missing group name"));
        }
        if !is_identifier(&name) {
            let text = format!("bad character in group name {}", crate::text::quoted(&name));
            return Err(Problem::at(at, text));
        }
        Ok(name)
    }

    fn open_captured(&mut self, from: usize) {
        self.found.closed.push(0);
        let number = self.found.closed.len();
        self.open_group(from, Some(number), "(");
    }

    fn open_group(&mut self, from: usize, number: Option<usize>, piece: &str) {
        self.source.write(from, piece);
        let flags = self.source.flags;
        self.open.push(Open {
            from,
            number,
            flags,
        });
        self.last = Last::Nothing;
    }

    fn close(&mut self, from: usize) -> Result<(), Problem> {
        let Some(open) = self.open.pop() else {
            return Err(Problem::at(from, "unbalanced parenthesis"));
        };
        if let Some(number) = open.number {
            self.found.closed[number - 1] = self.closed;
            self.closed += 1;
        }
        self.source.flags = open.flags;
        self.source.write(from, ")");
        self.last = Last::Item;
        Ok(())
    }

    /// `(?i)` at the beginning, for the whole pattern.
    fn global_flags(&mut self) -> Result<(), Problem> {
        while self.source.take("(?") {
            let start = self.source.at;
            let letters = self
                .source
                .take_while(usize::MAX, char::is_ascii_alphabetic);
            let known =
                !letters.is_empty() && letters.chars().all(|c| flags::of_letter(c).is_some());
            if !known || !self.source.take(")") {
                self.source.at = start - 2;
                return Ok(());
            }
            self.source.flags |= flags_of(&letters, start)?;
        }
        Ok(())
    }

    /// `(?i:…)`, `(?i-s:…)`, whose mark has been taken.
    fn flags_of_group(&mut self, from: usize) -> Result<(), Problem> {
        let start = self.source.at;
        let on = self.source.take_while(usize::MAX, is_flag);
        let off = match self.source.take("-") {
            true => self.source.take_while(usize::MAX, is_flag),
            false => String::new(),
        };
        let is_known = self.source.at > start;
        if is_known && self.source.take(")") {
            let text = "global flags not at the start of the expression";
            return Err(Problem::at(from, text));
        }
        if !is_known || !self.source.take(":") {
            return Err(self.no_flags(from, is_known));
        }
        let (added, removed) = (flags_of(&on, start)?, flags_of(&off, start)?);
        if added & removed != 0 {
            let text = "bad inline flags: flag turned on and off";
            return Err(Problem::at(self.source.at - 1, text));
        }
        let letters =
            |text: &str| -> String { text.chars().filter(|char| "ims".contains(*char)).collect() };
        let piece = match letters(&off) {
            off if off.is_empty() => format!("(?{}:", letters(&on)),
            off => format!("(?{}-{off}:", letters(&on)),
        };
        self.open_group(from, None, &piece);
        self.source.flags = self.source.flags & !removed | added;
        if added & UNICODE != 0 {
            self.source.flags &= !ASCII;
        }
        Ok(())
    }
}

impl Reader {
    /// Returns the error for what follows `(?` and is not flags, or not only.
    fn no_flags(&mut self, from: usize, are_some: bool) -> Problem {
        let at = self.source.at;
        match self.source.peek() {
            None if are_some => Problem::at(at, "missing -, : or )"),
            None => Problem::at(at, "unexpected end of pattern"),
            Some(next) if are_some && next.is_alphabetic() => Problem::at(at, "unknown flag"),
            Some(_) if are_some => Problem::at(at, "missing -, : or )"),
            Some(next) => {
                let length = if matches!(next, '<' | 'P') { 2 } else { 1 };
                let shown = self.source.take_while(length, |_| true);
                match shown.chars().count() < length {
                    true => Problem::at(self.source.at, "unexpected end of pattern"),
                    false => Problem::at(from + 1, format!("unknown extension ?{shown}")),
                }
            }
        }
    }
}

fn is_flag(char: &char) -> bool {
    flags::of_letter(*char).is_some()
}

fn flags_of(letters: &str, at: usize) -> Result<i64, Problem> {
    let flags = letters.chars().filter_map(flags::of_letter);
    let flags = flags.fold(0, |all, flag| all | flag);
    match flags & LOCALE {
        0 => Ok(flags),
        _ => {
            let text = "bad inline flags: cannot use 'L' flag with a str pattern";
            Err(Problem::at(
                at + letters.find('L').map_or(0, |place| place + 1),
                text,
            ))
        }
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
