//! The words of a line, for colours, indentation and hints. It need not be right about code that is wrong.

use std::ops::Range;

/// What a piece of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Keyword,
    /// `true`, `false`.
    Constant,
    Name,
    Number,
    Text,
    Comment,
    Open,
    Close,
    Comma,
    /// Operators and the like.
    Other,
}

/// A piece of a line that is no white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) range: Range<usize>,
    /// A text or a comment that goes on in the next line.
    pub(crate) unfinished: bool,
}

const KEYWORDS: &[&str] = &[
    "as",
    "break",
    "catch",
    "const",
    "continue",
    "do",
    "else",
    "export",
    "fn",
    "for",
    "global",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "private",
    "return",
    "switch",
    "this",
    "throw",
    "try",
    "until",
    "while",
    "Fn",
    "call",
    "curry",
    "is_shared",
    "eval",
];

/// Takes `text` apart.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (kind, length, unfinished) = piece(rest, first);
        tokens.push(Token {
            kind,
            range: at..at + length,
            unfinished,
        });
        at += length;
    }
    tokens
}

/// The kind and the length of the piece `rest` begins with, and whether it is unfinished.
fn piece(rest: &str, first: char) -> (Kind, usize, bool) {
    let (length, unfinished) = match first {
        '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), false),
        '/' if rest.starts_with("/*") => comment(rest),
        '"' | '\'' | '`' => quoted(rest, first),
        _ => {
            let (kind, length) = simple(rest, first);
            return (kind, length, false);
        }
    };
    let kind = if first == '/' {
        Kind::Comment
    } else {
        Kind::Text
    };
    (kind, length, unfinished)
}

fn simple(rest: &str, first: char) -> (Kind, usize) {
    let while_it = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    match first {
        '(' | '[' | '{' => (Kind::Open, 1),
        ')' | ']' | '}' => (Kind::Close, 1),
        ',' => (Kind::Comma, 1),
        '0'..='9' => {
            let whole = while_it(|c| c.is_alphanumeric() || c == '_');
            let fraction = rest[whole..].strip_prefix('.').filter(|after| {
                // `1..5` is a range, `1.abs()` a call.
                after.starts_with(|c: char| c.is_ascii_digit())
            });
            let digits = fraction.map_or(0, |after| {
                1 + after
                    .find(|c: char| !c.is_alphanumeric())
                    .unwrap_or(after.len())
            });
            (Kind::Number, whole + digits)
        }
        '_' => word(rest),
        first if first.is_alphabetic() => word(rest),
        first => (Kind::Other, first.len_utf8()),
    }
}

fn word(rest: &str) -> (Kind, usize) {
    let length = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    let kind = match &rest[..length] {
        "true" | "false" => Kind::Constant,
        word if KEYWORDS.contains(&word) => Kind::Keyword,
        _ => Kind::Name,
    };
    (kind, length)
}

/// The length of a text with its quotes. Only one in back quotes goes on in the next line.
fn quoted(rest: &str, quote: char) -> (usize, bool) {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            '\n' if quote != '`' => return (at, false),
            c if c == quote => return (at + 1, false),
            _ => {}
        }
    }
    (rest.len(), quote == '`')
}

/// The length of a comment `/* … */`, which may hold others.
fn comment(rest: &str) -> (usize, bool) {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return (at, false);
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    (rest.len(), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        let tokens = tokens(text);
        tokens
            .into_iter()
            .map(|token| (token.kind, &text[token.range]))
            .collect()
    }

    #[test]
    fn words_numbers_and_texts_are_told_apart() {
        let found = kinds(r#"let x = f("a\"b", 1.5, 1..3); // end"#);
        let wanted = [
            (Kind::Keyword, "let"),
            (Kind::Name, "x"),
            (Kind::Other, "="),
            (Kind::Name, "f"),
            (Kind::Open, "("),
            (Kind::Text, r#""a\"b""#),
            (Kind::Comma, ","),
            (Kind::Number, "1.5"),
            (Kind::Comma, ","),
            (Kind::Number, "1"),
            (Kind::Other, "."),
            (Kind::Other, "."),
            (Kind::Number, "3"),
            (Kind::Close, ")"),
            (Kind::Other, ";"),
            (Kind::Comment, "// end"),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn only_back_quotes_and_comments_go_on() {
        for (text, goes_on) in [
            ("\"open", false),
            ("`open", true),
            ("/* a /* b */", true),
            ("/* a */", false),
            ("'é", false),
        ] {
            let last = tokens(text).pop().unwrap();
            assert_eq!(last.unfinished, goes_on, "{text}");
        }
    }
}
