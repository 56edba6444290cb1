//! Text in lines of a width, as Python's `textwrap` breaks it.

/// How text is broken into lines.
#[derive(Debug, Clone)]
pub(crate) struct Wrapping<'a> {
    /// The most characters of a line.
    pub width: usize,
    /// What the first line begins with, and the others.
    pub indents: (&'a str, &'a str),
    /// Words longer than a line are broken.
    pub breaks_words: bool,
    /// Words may be broken behind their hyphens.
    pub breaks_hyphens: bool,
}

impl<'a> Wrapping<'a> {
    pub(crate) fn new(width: usize) -> Self {
        Self {
            width,
            indents: ("", ""),
            breaks_words: true,
            breaks_hyphens: true,
        }
    }

    /// Returns the same with these beginnings of lines.
    pub(crate) fn indented(self, first: &'a str, others: &'a str) -> Self {
        Self {
            indents: (first, others),
            ..self
        }
    }

    /// Returns the lines of a text. Line breaks in it count as spaces.
    pub(crate) fn lines(&self, text: &str) -> Vec<String> {
        let text: Vec<char> = with_spaces(text).chars().collect();
        let mut rest = pieces(&text, self.breaks_hyphens);
        rest.reverse();
        let mut lines: Vec<String> = Vec::new();
        while !rest.is_empty() {
            let indent = match lines.is_empty() {
                true => self.indents.0,
                false => self.indents.1,
            };
            let width = self.width.saturating_sub(indent.chars().count());
            if !lines.is_empty() && rest.last().is_some_and(|piece| is_blank(piece)) {
                rest.pop();
            }
            let mut line: Vec<Vec<char>> = Vec::new();
            let mut length = 0;
            while let Some(piece) = rest.pop_if(|piece| length + piece.len() <= width) {
                length += piece.len();
                line.push(piece);
            }
            if let Some(piece) = rest.pop_if(|piece| piece.len() > width) {
                let (now, later) = self.broken(piece, width.saturating_sub(length), &line, width);
                line.extend(now);
                rest.extend(later);
            }
            if line.last().is_some_and(|piece| is_blank(piece)) {
                line.pop();
            }
            if !line.is_empty() {
                lines.push(indent.chars().chain(line.into_iter().flatten()).collect());
            }
        }
        lines
    }

    /// Breaks a piece that is longer than a line, where `space` is left in the current one: what goes there, and what stays.
    fn broken(
        &self,
        piece: Vec<char>,
        space: usize,
        line: &[Vec<char>],
        width: usize,
    ) -> (Option<Vec<char>>, Option<Vec<char>>) {
        if !self.breaks_words {
            return match line.is_empty() {
                true => (Some(piece), None),
                false => (None, Some(piece)),
            };
        }
        let mut end = if width < 1 { 1 } else { space };
        if self.breaks_hyphens && piece.len() > end {
            let hyphen = piece[..end].iter().rposition(|c| *c == '-');
            let hyphen = hyphen.filter(|at| piece[..*at].iter().any(|c| *c != '-'));
            end = hyphen.map_or(end, |at| at + 1);
        }
        let later = piece[end..].to_vec();
        let now = Some(piece[..end].to_vec()).filter(|now| !now.is_empty());
        (now, Some(later).filter(|later| !later.is_empty()))
    }
}

/// Returns the text with tabs as spaces up to the next multiple of eight, and other white space as single spaces.
fn with_spaces(text: &str) -> String {
    let (mut all, mut column) = (String::with_capacity(text.len()), 0);
    for char in text.chars() {
        match char {
            '\t' => {
                let count = 8 - column % 8;
                all.extend(std::iter::repeat_n(' ', count));
                column += count;
            }
            '\n' | '\r' => {
                all.push(' ');
                column = 0;
            }
            '\x0b' | '\x0c' => {
                all.push(' ');
                column += 1;
            }
            other => {
                all.push(other);
                column += 1;
            }
        }
    }
    all
}

fn is_blank(piece: &[char]) -> bool {
    piece.iter().all(|char| *char == ' ')
}

fn is_letter(char: Option<&char>) -> bool {
    char.is_some_and(|char| char.is_alphabetic() || *char == '_')
}

fn is_of_word(char: Option<&char>) -> bool {
    char.is_some_and(|char| char.is_alphanumeric() || *char == '_')
}

/// Letters, digits, and the marks that belong to a word.
fn is_inside_word(char: Option<&char>) -> bool {
    is_of_word(char) || char.is_some_and(|char| "!\"'&.,?".contains(*char))
}

/// Returns the pieces that are never broken, unless they are too long for a line: words, parts of words up to a hyphen, dashes, and spaces.
fn pieces(text: &[char], hyphens: bool) -> Vec<Vec<char>> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    while start < text.len() {
        let end = match text[start] {
            ' ' => start + text[start..].iter().take_while(|c| **c == ' ').count(),
            _ if hyphens && is_dash(text, start) => {
                start + text[start..].iter().take_while(|c| **c == '-').count()
            }
            _ => end_of_piece(text, start, hyphens),
        };
        pieces.push(text[start..end].to_vec());
        start = end;
    }
    pieces
}

/// Returns whether a dash of several hyphens begins here, between words.
fn is_dash(text: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    let count = text[at..].iter().take_while(|c| **c == '-').count();
    is_inside_word(before) && count >= 2 && is_of_word(text.get(at + count))
}

fn end_of_piece(text: &[char], start: usize, hyphens: bool) -> usize {
    let mut at = start + 1;
    while at < text.len() && text[at] != ' ' {
        if hyphens && text[at] == '-' && may_break_behind(text, at) {
            return at + 1;
        }
        if hyphens && is_dash(text, at) {
            return at;
        }
        at += 1;
    }
    at
}

/// Returns whether a word may be broken behind its hyphen: two letters are before it, or a letter, a hyphen and a letter; two behind it.
fn may_break_behind(text: &[char], hyphen: usize) -> bool {
    let before = |count: usize| hyphen.checked_sub(count).and_then(|at| text.get(at));
    let begins = is_letter(before(2)) && is_letter(before(1))
        || is_letter(before(3)) && before(2) == Some(&'-') && is_inside_word(before(1));
    let next = match text.get(hyphen + 2) {
        Some('-') => hyphen + 3,
        _ => hyphen + 2,
    };
    begins && is_letter(text.get(hyphen + 1)) && is_letter(text.get(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_python() {
        // By `textwrap.wrap(text, width)`.
        for (text, width, lines) in [
            ("the quick brown fox", 10, vec!["the quick", "brown fox"]),
            (
                "a well-known ex-ample",
                8,
                vec!["a well-", "known", "ex-ample"],
            ),
            ("abcdefghijkl mn", 5, vec!["abcde", "fghij", "kl mn"]),
            ("x abcdefghijkl", 5, vec!["x abc", "defgh", "ijkl"]),
            ("one -- two--three", 9, vec!["one --", "two--", "three"]),
            ("  lead  in", 6, vec!["  lead", "in"]),
            ("use --foo-bar now", 10, vec!["use --foo-", "bar now"]),
            ("", 5, vec![]),
            ("a\tb\nc", 20, vec!["a       b c"]),
            ("ab", 0, vec!["a", "b"]),
        ] {
            assert_eq!(Wrapping::new(width).lines(text), lines, "{text:?} {width}");
        }
    }
}
