//! Colours: those of a line as it is typed, of hints, of errors.

use std::env;

use super::lexer::{Kind, tokens};

/// Whether there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colours(bool);

const RESET: &str = "\x1b[0m";
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RED: &str = "\x1b[1;31m";
const GREEN: &str = "\x1b[32m";
const CYAN: &str = "\x1b[36m";
const BLUE: &str = "\x1b[34m";

impl Colours {
    pub(crate) const NONE: Self = Self(false);

    /// As the user wants them: none where `NO_COLOR` is set and not empty.
    pub(crate) fn from_environment() -> Self {
        Self(env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
    }

    pub(crate) fn line(self, text: &str) -> String {
        let mut painted = String::with_capacity(text.len() * 2);
        let mut at = 0;
        for token in tokens(text) {
            painted.push_str(&text[at..token.range.start]);
            let piece = &text[token.range.clone()];
            match colour_of(token.kind).filter(|_| self.0) {
                Some(colour) => self.push(&mut painted, colour, piece),
                None => painted.push_str(piece),
            }
            at = token.range.end;
        }
        painted.push_str(&text[at..]);
        painted
    }

    pub(crate) fn prompt(self, text: &str) -> String {
        self.paint(BOLD, text)
    }

    pub(crate) fn hint(self, text: &str) -> String {
        self.paint(DIM, text)
    }

    /// An error: its kind stands out.
    pub(crate) fn error(self, text: &str) -> String {
        match text.find([':', '\n']) {
            Some(end) => self.paint(RED, &text[..end]) + &text[end..],
            None => self.paint(RED, text),
        }
    }

    fn paint(self, colour: &str, text: &str) -> String {
        let mut painted = String::new();
        if self.0 {
            self.push(&mut painted, colour, text);
        } else {
            painted.push_str(text);
        }
        painted
    }

    fn push(self, painted: &mut String, colour: &str, text: &str) {
        painted.push_str(colour);
        painted.push_str(text);
        painted.push_str(RESET);
    }
}

fn colour_of(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Keyword | Kind::Constant => BLUE,
        Kind::Number => CYAN,
        Kind::Text => GREEN,
        Kind::Comment => DIM,
        Kind::Name | Kind::Open | Kind::Close | Kind::Comma | Kind::Other => return None,
    })
}
