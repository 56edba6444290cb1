//! A text in pieces, whether it is Rhai or Python: words, numbers, quoted texts, symbols; comments apart.
//!
//! It never fails: what is nothing known is a symbol of one character, and a quoted text without its end goes
//! to the end of its line.

/// What a piece of the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::advice) enum Kind {
    Word,
    Number,
    /// Quoted; `closed` when its end is there too.
    Text {
        closed: bool,
    },
    Comment,
    Symbol,
}

/// A piece of the text and where it stands.
#[derive(Debug, Clone, Copy)]
pub(in crate::advice) struct Token<'t> {
    pub kind: Kind,
    pub text: &'t str,
    /// The byte at which it begins.
    pub start: usize,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Token<'_> {
    pub(in crate::advice) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The place right behind it.
    pub(in crate::advice) fn place_after(&self) -> (usize, usize) {
        match self.text.rsplit_once('\n') {
            Some((above, last)) => {
                let line = self.line + above.matches('\n').count() + 1;
                (line, last.chars().count() + 1)
            }
            None => (self.line, self.column + self.text.chars().count()),
        }
    }

    pub(in crate::advice) fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text { .. })
    }
}

/// Symbols of more than one character, the longer ones first.
const LONG_SYMBOLS: [&str; 33] = [
    "===", "!==", "**=", "..=", "<<=", ">>=", "#{", "==", "!=", "<=", ">=", "<>", "&&", "||", "**",
    "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "->", "=>", "::", "..", "++", "--", ":=", "<<",
    ">>", "??",
];

/// Cuts a text into its pieces; comments come second.
pub(in crate::advice) fn tokens(text: &str) -> (Vec<Token<'_>>, Vec<Token<'_>>) {
    let (mut code, mut comments) = (Vec::new(), Vec::new());
    let (mut at, mut line, mut column) = (0, 1, 1);
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, length) = piece(rest, next);
        let piece = &rest[..length];
        let token = Token {
            kind,
            text: piece,
            start: at,
            line,
            column,
        };
        match kind {
            Kind::Comment => comments.push(token),
            _ if is_space(next) => (),
            _ => code.push(token),
        }
        (line, column) = token.place_after();
        at += length;
    }
    (code, comments)
}

/// What separates pieces for Rhai. A no-break space does not.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The kind of the piece at the front of `rest`, and its length in bytes.
fn piece(rest: &str, next: char) -> (Kind, usize) {
    let while_ = |fits: fn(char) -> bool| rest.find(|c| !fits(c)).unwrap_or(rest.len());
    let to_line_end = || rest.find('\n').unwrap_or(rest.len());
    match next {
        _ if is_space(next) => (Kind::Symbol, while_(is_space)),
        '/' if rest.starts_with("//") => (Kind::Comment, to_line_end()),
        '/' if rest.starts_with("/*") => (Kind::Comment, nested_comment(rest)),
        '"' | '\'' | '`' => {
            let (length, closed) = quoted(rest, next);
            (Kind::Text { closed }, length)
        }
        '#' if rest.starts_with("#{") => (Kind::Symbol, 2),
        '#' => match raw(rest) {
            Some((length, closed)) => (Kind::Text { closed }, length),
            None => (Kind::Comment, to_line_end()),
        },
        '0'..='9' => (Kind::Number, number(rest)),
        _ if next.is_alphabetic() || next == '_' => {
            (Kind::Word, while_(|c| c.is_alphanumeric() || c == '_'))
        }
        _ => {
            let long = LONG_SYMBOLS
                .iter()
                .find(|symbol| rest.starts_with(**symbol));
            (Kind::Symbol, long.map_or(next.len_utf8(), |s| s.len()))
        }
    }
}

/// Digits, letters and one point that no method name and no range follows: `1.5`, `0xff`, but `1.max`, `1..3`.
fn number(rest: &str) -> usize {
    let digits = |from: usize| {
        let end = rest[from..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        end.map_or(rest.len(), |end| from + end)
    };
    let whole = digits(0);
    let mut after = rest[whole..].chars();
    match (after.next(), after.next()) {
        (Some('.'), Some('0'..='9')) => digits(whole + 1),
        _ => whole,
    }
}

fn nested_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let (step, change) = match &rest[at..] {
            tail if tail.starts_with("/*") => (2, 1),
            tail if tail.starts_with("*/") => (2, -1),
            tail => (tail.chars().next().map_or(1, char::len_utf8), 0),
        };
        at += step;
        depth += change;
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of a text with its quotes, and whether its end is there.
fn quoted(rest: &str, quote: char) -> (usize, bool) {
    let triple = match quote {
        '"' => "\"\"\"",
        '\'' => "'''",
        _ => "",
    };
    if !triple.is_empty()
        && let Some(inside) = rest.strip_prefix(triple)
    {
        match inside.find(triple) {
            Some(end) => return (end + 6, true),
            None if quote == '\'' => return (rest.len(), false),
            None => (),
        }
    }
    let mut at = 1;
    while let Some(next) = rest[at..].chars().next() {
        match next {
            '\\' if quote != '`' => {
                let escaped = rest[at + 1..].chars().next();
                at += 1 + escaped.map_or(0, char::len_utf8);
                continue;
            }
            '\n' if quote != '`' => return (at, false),
            '$' if quote == '`' && rest[at..].starts_with("${") => {
                at += interpolation(&rest[at..]);
                continue;
            }
            _ => at += next.len_utf8(),
        }
        if next == quote {
            return (at, true);
        }
    }
    match quote {
        // What follows a lone back quote is more likely code than text.
        '`' => (rest.find('\n').unwrap_or(rest.len()), false),
        _ => (rest.len(), false),
    }
}

/// The length of `${…}`, with what is quoted and braced in it.
fn interpolation(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 1);
    while let Some(next) = rest[at..].chars().next() {
        match next {
            '{' => depth += 1,
            '}' => depth -= 1,
            '"' | '\'' | '`' => {
                let (length, is_closed) = quoted(&rest[at..], next);
                if !is_closed {
                    // Read on from here, nested ones would each be read again for every one around them.
                    return rest.len();
                }
                at += length;
                continue;
            }
            _ => (),
        }
        at += next.len_utf8();
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of a raw text `#"…"#`, and whether its end is there; nothing for another `#`.
fn raw(rest: &str) -> Option<(usize, bool)> {
    let hashes = rest.find(|c| c != '#')?;
    let inside = rest[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(match inside.find(&end) {
        Some(at) => (hashes + 1 + at + end.len(), true),
        None => (rest.find('\n').unwrap_or(rest.len()), false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        tokens(text).0.iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_numbers_and_symbols_are_pieces() {
        assert_eq!(
            pieces("let x_1 = 1.5e3;"),
            ["let", "x_1", "=", "1.5e3", ";"]
        );
        assert_eq!(pieces("a!=b&&c**2"), ["a", "!=", "b", "&&", "c", "**", "2"]);
        assert_eq!(
            pieces("1..3 1.max()"),
            ["1", "..", "3", "1", ".", "max", "(", ")"]
        );
        assert_eq!(pieces("#{a: 1}"), ["#{", "a", ":", "1", "}"]);
        assert_eq!(pieces("变量 = é"), ["变量", "=", "é"]);
        assert_eq!(pieces("x\u{a0}y"), ["x", "\u{a0}", "y"]);
    }

    #[test]
    fn a_quoted_text_is_one_piece_whatever_stands_in_it() {
        for text in [
            r#""if x: # no""#,
            r#""a \" b""#,
            "'it\"s'",
            "`a ${f(\"}\", `b`)} c`",
            "`two\nlines`",
            "'''two\nlines'''",
            "\"\"\"two\nlines\"\"\"",
            r###"##"a "# b"##"###,
        ] {
            assert_eq!(pieces(text), [text]);
            assert_eq!(tokens(text).0[0].kind, Kind::Text { closed: true });
        }
    }

    #[test]
    fn a_text_without_its_end_goes_to_the_end_of_the_line() {
        for (text, first) in [
            ("\"abc\nx", "\"abc"),
            ("'abc\nx", "'abc"),
            ("`abc\nx", "`abc"),
            ("#\"abc\nx", "#\"abc"),
        ] {
            assert_eq!(pieces(text), [first, "x"]);
            assert_eq!(tokens(text).0[0].kind, Kind::Text { closed: false });
        }
    }

    #[test]
    fn comments_stand_apart_in_both_languages() {
        let (code, comments) = tokens("a // b\nc # d\n/* e /* f */ g */ h");
        let texts = |all: &[Token<'_>]| all.iter().map(|t| t.text.to_string()).collect::<Vec<_>>();
        assert_eq!(texts(&code), ["a", "c", "h"]);
        assert_eq!(texts(&comments), ["// b", "# d", "/* e /* f */ g */"]);
    }

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let (code, _) = tokens("é = `a\nbc` + d\n\tx");
        let places: Vec<_> = code.iter().map(|t| (t.text, t.line, t.column)).collect();
        assert_eq!(
            places,
            [
                ("é", 1, 1),
                ("=", 1, 3),
                ("`a\nbc`", 1, 5),
                ("+", 2, 5),
                ("d", 2, 7),
                ("x", 3, 2)
            ]
        );
    }
}
