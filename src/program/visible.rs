//! Text of scripts as it is safe on a terminal: what would move the cursor, change colours or set the title is shown.

use std::fmt::Write;

/// Returns the text with its control characters as escapes, `\x1b`; line breaks and tabs stay.
pub(super) fn visible(text: &str) -> String {
    escaped(text, |char| {
        char.is_control() && !matches!(char, '\n' | '\t')
    })
}

/// As [`visible`], for a name: it stays on its line.
pub(crate) fn visible_name(name: &str) -> String {
    escaped(name, char::is_control)
}

fn escaped(text: &str, is_hidden: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            _ if !is_hidden(char) => out.push(char),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Writing to a string does not fail. All control characters are below 0x100.
            _ => drop(write!(out, "\\x{:02x}", u32::from(char))),
        }
    }
    out
}
