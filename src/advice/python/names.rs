//! Words that mean something here: reserved ones, and the names of modules.

/// Words that cannot be the name of a variable.
const RESERVED: [&str; 35] = [
    "Fn",
    "as",
    "break",
    "call",
    "catch",
    "const",
    "continue",
    "curry",
    "debug",
    "do",
    "else",
    "eval",
    "export",
    "false",
    "fn",
    "for",
    "if",
    "import",
    "in",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "let",
    "loop",
    "print",
    "private",
    "return",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "type_of",
    "until",
    "while",
];

/// Modules that are there without `import`.
const MODULES: [&str; 10] = [
    "json",
    "multiprocessing",
    "os",
    "queue",
    "random",
    "signal",
    "socket",
    "sys",
    "threading",
    "time",
];

pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

pub(super) fn is_module(word: &str) -> bool {
    MODULES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Runtime;

    #[test]
    fn reserved_words_cannot_name_a_variable() {
        let runtime = Runtime::builder().build().unwrap();
        for word in RESERVED {
            let script = crate::Script::from_text("test", &format!("let {word} = 1;"));
            assert!(runtime.check(&script).is_err(), "{word}");
        }
    }

    #[test]
    fn the_modules_can_be_imported() {
        let runtime = Runtime::builder().build().unwrap();
        for name in MODULES {
            let code = format!("import \"{name}\" as found;");
            assert!(runtime.engine.run(&code).is_ok(), "{name}");
        }
    }
}
