//! Words that mean something by themselves.

/// Words of the language.
pub(crate) const KEYWORDS: [&str; 26] = [
    "as", "break", "catch", "const", "continue", "do", "else", "export", "fn", "for", "if",
    "import", "in", "let", "loop", "private", "return", "switch", "this", "throw", "try", "until",
    "while", "with", "true", "false",
];

/// Functions of the language, whose names no variable can have.
#[rustfmt::skip]
const FUNCTIONS: [&str; 10] = [
    "Fn", "call", "curry", "debug", "eval", "is_def_fn", "is_def_var", "is_shared", "print", "type_of",
];

/// Words that Rhai reserves without using them, and that are names of methods and keywords in Python.
#[rustfmt::skip]
const OF_PYTHON: [&str; 25] = [
    "async", "await", "case", "default", "go", "goto", "is", "match", "module", "new", "nil", "null",
    "package", "protected", "public", "shared", "spawn", "static", "super", "sync", "thread", "use", "var",
    "void", "yield",
];

/// Whether a word belongs to the language: `let`, `true`.
pub(crate) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Whether a word has a colour at the prompt: a keyword, or a name that acts like one.
pub(crate) fn is_highlighted(word: &str) -> bool {
    is_keyword(word) || ["Fn", "call", "curry", "eval", "global", "is_shared"].contains(&word)
}

/// Whether no variable can have this name.
pub(crate) fn is_reserved(word: &str) -> bool {
    is_keyword(word) || FUNCTIONS.contains(&word)
}

/// Whether Rhai reserves a word that scripts may use as a name: `lock.with(…)`.
pub(crate) fn is_word_of_python(word: &str) -> bool {
    OF_PYTHON.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Runtime, Script};

    #[test]
    fn no_variable_has_the_name_of_a_reserved_word() {
        let runtime = Runtime::builder().build().unwrap();
        let can_name = |word: &&str| {
            let script = Script::from_text("test", &format!("let {word} = 1;"));
            runtime.check(&script).is_ok()
        };
        let reserved: Vec<_> = KEYWORDS
            .iter()
            .chain(&FUNCTIONS)
            .filter(|word| can_name(word))
            .collect();
        assert_eq!(reserved, [&""; 0]);
        assert!(OF_PYTHON.iter().all(can_name));
    }
}
