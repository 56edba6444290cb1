//! The tokens of a text. No byte is lost: their ranges follow one another from the first byte to the last.
//!
//! A lexer never fails. It reads as Rhai does, and where Rhai has no reading, as Python does: `# comment`, `'''…'''`. It takes
//! time and memory linear in the text, and its stack does not grow with the nesting of the text.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Space,
    /// `// …`, `/* … */`, which may hold others, and Python's `# …`.
    Comment,
    /// A name or a keyword.
    Word,
    Number,
    /// A string with its quotes. One in back quotes that has `${…}` in it consists of several tokens: its own parts, and those of
    /// the code between them.
    String,
    /// An operator, a bracket, or anything else.
    Symbol,
}

/// A token and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
    /// Whether its end is there. A string without it ends with its line or with the text, a comment with the text.
    pub is_closed: bool,
    /// How many `${…}` it is part of, `${` and `}` included.
    pub depth: usize,
}

/// The tokens of `text`.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    Lexer::new(text).collect()
}

/// The tokens of `text` that are neither space nor comment, read one by one.
pub(crate) fn code(text: &str) -> impl Iterator<Item = Token> {
    Lexer::new(text).filter(|token| !matches!(token.kind, Kind::Space | Kind::Comment))
}

/// Symbols of more than one character, the longer ones first.
const LONG_SYMBOLS: [&str; 36] = [
    "===", "!==", "**=", "..=", "...", "<<=", ">>=", "#{", "${", "==", "!=", "<=", ">=", "<>",
    "&&", "||", "**", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "->", "=>", "::", "..", "++",
    "--", ":=", "<<", ">>", "??", "?.",
];

/// Reads tokens one after another.
pub(super) struct Lexer<'t> {
    text: &'t str,
    /// Where the next token begins.
    at: usize,
    /// Whether every token ends with its line.
    by_line: bool,
    /// Up to here three double quotes are Python's.
    pythons: usize,
    /// Whether the next token continues a string in back quotes.
    in_string: bool,
    /// The `${` around the next token, each with the number of `{` open in it.
    interpolations: Vec<usize>,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            by_line: false,
            pythons: 0,
            in_string: false,
            interpolations: Vec::new(),
        }
    }

    /// Reads on from byte `at`, where a string without its end was cut off. From there on no token is longer than its line: so
    /// nothing is read a third time.
    pub(super) fn by_line_from(text: &'t str, at: usize) -> Self {
        Self {
            at,
            by_line: true,
            ..Self::new(text)
        }
    }

    /// The kind of the token at the front of `rest`, its length, and whether its end is there.
    fn token(&mut self, rest: &str) -> (Kind, usize, bool) {
        if self.in_string && !rest.starts_with("${") {
            return self.back_quoted(rest, 0);
        }
        let first = rest.chars().next().unwrap_or_default();
        let while_ = |fits: fn(char) -> bool| rest.find(|c| !fits(c)).unwrap_or(rest.len());
        match first {
            _ if is_space(first) => (Kind::Space, while_(is_space), true),
            '/' if rest.starts_with("//") => (Kind::Comment, line(rest), true),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '`' => self.back_quoted(rest, 1),
            '"' | '\'' => self.quoted(rest, first),
            '#' if !rest.starts_with("#{") => hashes(rest),
            '0'..='9' => (Kind::Number, number(rest), true),
            '_' => (Kind::Word, while_(is_of_word), true),
            _ if first.is_alphabetic() => (Kind::Word, while_(is_of_word), true),
            _ => {
                let mut long = LONG_SYMBOLS.iter();
                let long = long.find(|symbol| rest.starts_with(**symbol));
                let is_open = long != Some(&"${") || self.in_string;
                let length = long
                    .filter(|_| is_open)
                    .map_or(first.len_utf8(), |s| s.len());
                (Kind::Symbol, length, true)
            }
        }
    }

    /// A string in back quotes from `from` on, up to its end or the next `${`.
    fn back_quoted(&mut self, rest: &str, from: usize) -> (Kind, usize, bool) {
        let mut at = from;
        self.in_string = false;
        loop {
            match &rest.as_bytes()[at..] {
                [] => return (Kind::String, rest.len(), false),
                [b'`', b'`', ..] => at += 2,
                [b'`', ..] => return (Kind::String, at + 1, true),
                [b'\\', b'$', b'{', ..] => at += 3,
                [b'$', b'{', ..] => {
                    self.in_string = true;
                    return (Kind::String, at, true);
                }
                _ => at += 1,
            }
        }
    }

    /// A string in single or double quotes. With three of them, as Python has it, it may go over several lines.
    fn quoted(&mut self, rest: &str, quote: char) -> (Kind, usize, bool) {
        let triple = if quote == '"' { "\"\"\"" } else { "'''" };
        if rest.starts_with(triple) {
            // To Rhai `"""a"""` is a string with quotes in it. Where one such string has no end, those behind it are not tried.
            if quote == '"' && self.at >= self.pythons {
                let (length, is_closed) = on_one_line(rest, b'"');
                if is_closed {
                    return (Kind::String, length, true);
                }
                self.pythons = self.at + length;
            }
            if let Some(end) = rest[3..].find(triple) {
                return (Kind::String, end + 6, true);
            }
        }
        let (length, is_closed) = on_one_line(rest, quote as u8);
        (Kind::String, length, is_closed)
    }

    /// Keeps account of the `${…}` around the code, and gives how many of them `symbol` is part of.
    fn depth_at(&mut self, symbol: &str) -> usize {
        let depth = self.interpolations.len();
        match (symbol, self.interpolations.last_mut()) {
            ("${", _) => {
                self.in_string = false;
                self.interpolations.push(0);
                return depth + 1;
            }
            ("{" | "#{", Some(braces)) => *braces += 1,
            ("}", Some(0)) => {
                self.interpolations.pop();
                self.in_string = true;
            }
            ("}", Some(braces)) => *braces -= 1,
            _ => (),
        }
        depth
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let mut rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        if self.by_line {
            match line(rest) {
                0 => {
                    self.in_string = false;
                    self.interpolations.clear();
                }
                end => rest = &rest[..end],
            }
        }
        let (kind, length, is_closed) = self.token(rest);
        let depth = match kind {
            Kind::Symbol => self.depth_at(&rest[..length]),
            _ => self.interpolations.len(),
        };
        let range = self.at..self.at + length;
        self.at = range.end;
        Some(Token {
            kind,
            range,
            is_closed,
            depth,
        })
    }
}

/// What separates tokens for Rhai. A no-break space does not.
fn is_space(c: char) -> bool {
    c.is_ascii_whitespace()
}

pub(super) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the first line, without its end.
fn line(rest: &str) -> usize {
    rest.find(['\n', '\r']).unwrap_or(rest.len())
}

/// A raw string, `#"…"#`, else a comment of Python's.
fn hashes(rest: &str) -> (Kind, usize, bool) {
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    if !rest[hashes..].starts_with('"') {
        return (Kind::Comment, line(rest), true);
    }
    let end = format!("\"{}", "#".repeat(hashes));
    match rest[hashes + 1..].find(&end) {
        Some(at) => (Kind::String, hashes + 1 + at + end.len(), true),
        None => (Kind::String, rest.len(), false),
    }
}

fn block_comment(rest: &str) -> (Kind, usize, bool) {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        match &rest.as_bytes()[at..] {
            [] => return (Kind::Comment, rest.len(), false),
            [b'/', b'*', ..] => {
                depth += 1;
                at += 2;
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                at += 2;
            }
            _ => at += 1,
        }
        if depth == 0 {
            return (Kind::Comment, at, true);
        }
    }
}

/// The length of a string up to its quote, else to the end of its line. A quote written twice is part of the string.
fn on_one_line(rest: &str, quote: u8) -> (usize, bool) {
    let goes_on = quote == b'"';
    let mut at = 1;
    loop {
        match &rest.as_bytes()[at..] {
            [] => return (rest.len(), false),
            [b'\\', b'\r', b'\n', ..] if goes_on => at += 3,
            [b'\\', b'\n', ..] if goes_on => at += 2,
            [b'\\', b'\n', ..] => return (at + 1, false),
            [b'\\', _, ..] => at += 2,
            [b'\n', ..] => return (at, false),
            [a, b, ..] if *a == quote && *b == quote => at += 2,
            [a, ..] if *a == quote => return (at + 1, true),
            _ => at += 1,
        }
    }
}

/// The length of a number: `1.5`, `1e-3`, `0xff`, `1_000`, `1.`; but `1` of `1.max()` and of `1..3`.
fn number(rest: &str) -> usize {
    let digits = |from: usize| {
        let end = rest[from..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        end.map_or(rest.len(), |end| from + end)
    };
    let exponent = |end: usize| {
        let has_sign = rest[..end].ends_with(['e', 'E']) && rest[end..].starts_with(['+', '-']);
        let is_decimal = rest[..end - 1].bytes().all(|b| !b.is_ascii_alphabetic());
        if has_sign && is_decimal {
            digits(end + 1)
        } else {
            end
        }
    };
    let whole = digits(0);
    let mut after = rest[whole..].chars();
    match (after.next(), after.next()) {
        (Some('.'), Some('0'..='9')) => exponent(digits(whole + 1)),
        (Some('.'), Some(c)) if c != '.' && !is_of_word(c) => whole + 1,
        _ => exponent(whole),
    }
}
