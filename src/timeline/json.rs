//! Writing JSON that may stand inside a page.

use std::fmt::Write;

/// Appends a text in quotes. `<` is escaped, so that no text can end a script of a page.
pub(super) fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '<' | '\u{2028}' | '\u{2029}' | '\0'..' ' | '\x7f'..'\u{a0}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Returns a text in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::new();
    quote(&mut out, text);
    out
}

/// Appends `items` in brackets, each as `write` writes it.
pub(super) fn list<T>(
    out: &mut String,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    out.push('[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

/// Appends numbers in brackets.
pub(super) fn numbers(out: &mut String, items: impl IntoIterator<Item = u64>) {
    list(out, items, |out, item| {
        let _ = write!(out, "{item}");
    });
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_text_can_end_a_script() {
        let text = "</script><b a='\"'>\\ \n\u{2028}ü";
        assert_eq!(
            quoted(text),
            "\"\\u003c/script>\\u003cb a='\\\"'>\\\\ \\u000a\\u2028ü\""
        );
    }
}
