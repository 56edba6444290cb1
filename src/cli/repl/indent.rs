//! The indentation a new line of an unfinished input begins with.

use super::lexer::{Kind, tokens};

/// One level.
pub(crate) const LEVEL: &str = "    ";

/// A level for each bracket that is open at the end of `text`; nothing inside a text or a comment that goes on.
pub(crate) fn after(text: &str) -> String {
    let tokens = tokens(text);
    if tokens.last().is_some_and(|token| token.unfinished) {
        return String::new();
    }
    let depth = tokens
        .iter()
        .fold(0_usize, |depth, token| match token.kind {
            Kind::Open => depth + 1,
            Kind::Close => depth.saturating_sub(1),
            _ => depth,
        });
    LEVEL.repeat(depth)
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn a_line_is_indented_by_the_brackets_that_are_open() {
        assert_eq!(after("fn f(a) {"), "    ");
        assert_eq!(after("fn f(a) {\n    if a {"), "        ");
        assert_eq!(after("f(\"{\", // {\n"), "    ");
        assert_eq!(after("let a = `{"), "");
        assert_eq!(after("}"), "");
    }
}
