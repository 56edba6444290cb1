//! Strings and bytes in pieces, each of which fits a line.

use rhai::{Dynamic, ImmutableString};

use crate::script::Call;
use crate::stdlib::builtins::string::pieces::lines;
use crate::text::unicode::is_space;

/// Bytes are broken at multiples of this.
const WORD: usize = 4;

/// Returns a string in pieces as they are written in a program: its lines, and of those that are too long the words.
/// The last piece has `allowance` characters less.
pub(super) fn pieces_of_text(
    call: &Call<'_>,
    text: &ImmutableString,
    width: i64,
    allowance: i64,
) -> Vec<String> {
    let shown = |text: &str| call.repr(&Dynamic::from(text.to_string()));
    let lines = lines(text, true);
    let mut pieces = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let is_last_line = index + 1 == lines.len();
        let rest = if is_last_line { allowance } else { 0 };
        let whole = shown(line);
        if length(&whole) <= width - rest {
            pieces.push(whole);
            continue;
        }
        let words = words(line);
        let mut current = String::new();
        for (index, word) in words.iter().enumerate() {
            let is_last = index + 1 == words.len();
            let rest = if is_last { rest } else { 0 };
            let candidate = format!("{current}{word}");
            if length(&shown(&candidate)) <= width - rest {
                current = candidate;
                continue;
            }
            if !current.is_empty() {
                pieces.push(shown(&current));
            }
            current = (*word).to_string();
        }
        if !current.is_empty() {
            pieces.push(shown(&current));
        }
    }
    pieces
}

/// Returns the words of a line, each with the white space behind it.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let space = rest.find(is_space).unwrap_or(rest.len());
        let after = rest[space..].find(|char| !is_space(char));
        let (word, others) = rest.split_at(after.map_or(rest.len(), |after| space + after));
        words.push(word);
        rest = others;
    }
    words
}

/// Returns bytes in pieces as they are written in a program. The last piece has `allowance` characters less.
pub(super) fn pieces_of_bytes(
    call: &Call<'_>,
    bytes: &[u8],
    width: i64,
    allowance: i64,
) -> Vec<String> {
    let shown = |bytes: &[u8]| call.repr(&Dynamic::from_blob(bytes.to_vec()));
    let last = bytes.len() / WORD * WORD;
    let (mut pieces, mut begin, mut width) = (Vec::new(), 0, width);
    for at in (0..bytes.len()).step_by(WORD) {
        if at == last {
            width -= allowance;
        }
        let end = bytes.len().min(at + WORD);
        if length(&shown(&bytes[begin..end])) > width {
            if begin < at {
                pieces.push(shown(&bytes[begin..at]));
            }
            begin = at;
        }
    }
    if begin < bytes.len() {
        pieces.push(shown(&bytes[begin..]));
    }
    pieces
}

/// Returns how many characters a text has.
pub(super) fn length(text: &str) -> i64 {
    signed(text.chars().count())
}

/// A length as a number that may be compared with a negative one.
pub(super) fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
