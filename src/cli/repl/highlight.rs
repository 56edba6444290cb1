//! Colours: those of a line as it is typed, of hints, of errors.

use std::env;

use procscript::prompt::{Interactive, SpanKind};

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

    /// The line that goes on with the unfinished input `before`.
    pub(crate) fn line(self, before: &str, line: &str) -> String {
        let text = format!("{before}{line}");
        let mut painted = String::with_capacity(line.len() * 2);
        let mut at = before.len();
        for span in Interactive::spans(&text) {
            let start = span.range.start.max(at);
            if let Some(piece) = text.get(start..span.range.end) {
                painted.push_str(&text[at..start]);
                painted.push_str(&self.paint(colour_of(span.kind), piece));
                at = span.range.end;
            }
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
        match self.0 {
            true => format!("{colour}{text}{RESET}"),
            false => text.into(),
        }
    }
}

fn colour_of(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Keyword => BLUE,
        SpanKind::Number => CYAN,
        SpanKind::String => GREEN,
        SpanKind::Comment => DIM,
        _ => "",
    }
}
