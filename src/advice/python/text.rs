//! Translates a Python string.

use crate::syntax::Piece;

/// Translates a string with its prefix (`f`, `r`, `b`, `u` or nothing); `None` if that is uncertain.
pub(super) fn text(prefix: &str, token: &Piece<'_>) -> Option<String> {
    if !token.is_string() || !token.is_closed {
        return None;
    }
    let quotes = quotes(token.text);
    let inside = token.text.strip_prefix(quotes)?.strip_suffix(quotes)?;
    match prefix.to_ascii_lowercase().as_str() {
        "" | "u" if quotes.len() == 3 => in_back_quotes(inside, false),
        "" | "u" if quotes == "'" => Some(in_double_quotes(inside)),
        "" | "u" => Some(token.text.to_string()),
        "f" => in_back_quotes(inside, true),
        "r" if !inside.contains('\n') && !inside.contains("\"#") => Some(format!("#\"{inside}\"#")),
        "b" if quotes == "'" => Some(format!("{}.encode()", in_double_quotes(inside))),
        "b" if quotes == "\"" => Some(format!("{}.encode()", token.text)),
        _ => None,
    }
}

/// The quotes at the beginning of a string: `'`, `"`, `` ` ``, `'''` or `"""`.
pub(super) fn quotes(text: &str) -> &str {
    let is_triple = text.len() >= 6 && (text.starts_with("'''") || text.starts_with("\"\"\""));
    match text.chars().next() {
        Some('#') | None => "",
        Some(_) if is_triple => &text[..3],
        Some(first) => &text[..first.len_utf8()],
    }
}

fn in_double_quotes(inside: &str) -> String {
    let plain = inside.replace("\\'", "'").replace("\\\"", "\"");
    format!("\"{}\"", plain.replace('"', "\\\""))
}

/// Between back quotes a backslash is itself, and `${…}` is a value.
fn in_back_quotes(inside: &str, with_values: bool) -> Option<String> {
    if inside.contains(['\\', '`']) || inside.contains("${") {
        return None;
    }
    if !with_values {
        return Some(format!("`{inside}`"));
    }
    let mut out = String::from("`");
    let mut rest = inside;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        if let Some(after) = tail.strip_prefix("{{") {
            out.push('{');
            rest = after;
        } else if let Some(after) = tail.strip_prefix("}}") {
            out.push('}');
            rest = after;
        } else {
            let end = tail.find('}')?;
            let value = tail.strip_prefix('{')?.get(..end - 1)?;
            if value.trim().is_empty() || value.contains(['{', ':', '!', '=', '\'', '"']) {
                return None;
            }
            out.push_str("${");
            out.push_str(value.trim());
            out.push('}');
            rest = &tail[end + 1..];
        }
    }
    out.push_str(rest);
    out.push('`');
    Some(out)
}
