//! Which natives a program can call: those whose names occur in its text.
//!
//! Most programs name a few dozen of more than a thousand natives, and an engine that has only those starts in a fraction of the time. A
//! text can call a native only by its name, in code or in a string. Where names may come from elsewhere, the program has all natives.

use std::collections::HashSet;

/// Words of a text with which it can call a native by a name that the text does not contain.
const BY_ANY_NAME: [&str; 6] = ["eval", "Fn", "delattr", "getattr", "hasattr", "setattr"];

/// The word that brings in other texts.
const IMPORT: &str = "import";

/// Methods that Rhai or a native calls by itself: `print` writes to a file and flushes it; `format` asks dates; functions that are objects are called.
const CALLED_UNNAMED: [&str; 8] = [
    "__call__",
    "__format__",
    "contains",
    "flush",
    "read",
    "to_debug",
    "to_string",
    "write",
];

/// The words of a program, or what is known of them.
#[derive(Debug)]
pub(crate) enum Vocabulary {
    /// Any word: the text is not known, or does not show all names.
    Any,
    /// None: the text is empty.
    Nothing,
    Words(Words),
}

/// The words of a text, and those that each program has. Most of the names that are asked for are not among them, so a mark for each first and last letter and length
/// answers most questions.
#[derive(Debug)]
pub(crate) struct Words {
    all: HashSet<String>,
    /// On the heap: a vocabulary is moved often, on small stacks too.
    marks: Box<[bool]>,
}

/// A power of two.
const MARKS: usize = 4096;

impl Words {
    fn new() -> Self {
        Self {
            all: HashSet::new(),
            marks: vec![false; MARKS].into(),
        }
    }

    fn insert(&mut self, word: &str) {
        self.marks[Self::mark(word)] = true;
        if !self.all.contains(word) {
            self.all.insert(word.to_string());
        }
    }

    fn has(&self, name: &str) -> bool {
        self.marks[Self::mark(name)] && self.all.contains(name)
    }

    fn mark(word: &str) -> usize {
        let (first, last) = match word.as_bytes() {
            [first, .., last] => (*first, *last),
            [only] => (*only, *only),
            [] => (0, 0),
        };
        let letters = usize::from(first) << 5 ^ usize::from(last);
        (letters ^ word.len() << 8) % MARKS
    }
}

impl Vocabulary {
    /// Returns the words of a program. Modules for which `is_built_in` is true have no text.
    pub(crate) fn of<'t>(
        texts: impl IntoIterator<Item = &'t str>,
        is_built_in: impl Fn(&str) -> bool,
    ) -> Self {
        let mut found = Words::new();
        CALLED_UNNAMED.iter().for_each(|word| found.insert(word));
        let mut is_blank = true;
        for text in texts {
            is_blank &= text.trim().is_empty();
            for (word, rest) in words(text) {
                let brings_text = word == IMPORT && !imported(rest).is_some_and(&is_built_in);
                if brings_text || BY_ANY_NAME.contains(&word) {
                    return Self::Any;
                }
                found.insert(word);
            }
        }
        match is_blank {
            true => Self::Nothing,
            false => Self::Words(found),
        }
    }

    /// Returns whether the program may use this name. Names that are no words, as those of operators, are used without being written.
    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Nothing => false,
            Self::Words(words) => words.has(name) || !name.starts_with(is_of_word),
        }
    }
}

/// Returns whether this method is called by programs that do not name it.
pub(crate) fn is_called_unnamed(name: &str) -> bool {
    CALLED_UNNAMED.contains(&name)
}

/// Returns the words of a text, each with what follows it.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        // No byte of another letter looks like one of these.
        let start = rest.bytes().position(is_byte_of_word)?;
        let from = &rest[start..];
        let length = from.bytes().position(|byte| !is_byte_of_word(byte));
        let (word, after) = from.split_at(length.unwrap_or(from.len()));
        rest = after;
        Some((word, after))
    })
}

/// The names of natives are ASCII. Other letters separate words, so that no word is longer than it should be.
fn is_of_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn is_byte_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Returns the module that is imported, from the text after `import`, if it is written out.
fn imported(rest: &str) -> Option<&str> {
    let (name, rest) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
    let is_whole = rest.trim_start().starts_with([';', 'a']);
    is_whole.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vocabulary {
        Vocabulary::of([text], |name| name == "os")
    }

    #[test]
    fn a_program_has_the_words_of_its_code_and_strings() {
        let program = of("let café = q.put(`${len(x)}`); // os\nf(\"work\", 2get)");
        for name in [
            "caf",
            "q",
            "put",
            "len",
            "os",
            "work",
            "+",
            "==",
            "to_string",
        ] {
            assert!(program.has(name), "{name}");
        }
        for name in ["get", "pu", "putt", "café"] {
            assert!(!program.has(name), "{name}");
        }
    }

    #[test]
    fn a_program_whose_names_are_not_all_written_has_any() {
        for text in [
            "eval(x)",
            "Fn(\"a\" + b)",
            "import \"tools\" as t",
            "import path as t",
            "import \"os\" + x as t",
            "import `os` as t",
            "getattr(p, name)",
        ] {
            assert!(of(text).has("anything"), "{text}");
        }
        assert!(!of("import \"os\" as o; o::getpid()").has("anything"));
    }

    #[test]
    fn an_empty_program_has_not_even_operators() {
        assert!(!of(" \n").has("+"));
        assert!(of("-1").has("-"));
    }
}
