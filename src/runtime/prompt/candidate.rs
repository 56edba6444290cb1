//! Names that complete the word at the cursor.

/// Names that complete the word at the cursor.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Candidates {
    /// The start of the word that they would replace, in bytes.
    pub start: usize,
    /// The names, in alphabetical order.
    pub names: Vec<Candidate>,
}

/// A name that completes the word at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// The name that would be inserted.
    pub name: String,
    /// How it is called: `put(item, [block, timeout])`; the name alone if it cannot be called.
    pub signature: String,
    /// What it is.
    pub kind: CandidateKind,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CandidateKind {
    /// A variable or constant of the program or of a module, or a built-in one.
    Variable,
    /// A function.
    Function,
    /// A method of the value before the dot.
    Method,
    /// A property of the value before the dot, or a key of a dict.
    Property,
    /// A module.
    Module,
    /// A key of the dict before the bracket: `d["name"]`.
    Key,
    /// A file or a directory, which ends in `/`.
    Path,
    /// A word of the language: `while`.
    Word,
    /// A keyword argument of the call: `timeout` in `q.get(#{timeout: 1})`.
    Keyword,
}

impl Candidate {
    pub(super) fn named(name: &str, kind: CandidateKind) -> Self {
        let name = name.to_string();
        Self {
            signature: name.clone(),
            name,
            kind,
        }
    }

    /// A keyword argument with the bracket that it needs.
    pub(super) fn first_keyword(keyword: &str) -> Self {
        Self {
            name: format!("#{{{keyword}: "),
            signature: format!("#{{{keyword}: …}}"),
            kind: CandidateKind::Keyword,
        }
    }

    /// `signature` is `name(…)`.
    pub(super) fn called(signature: String, kind: CandidateKind) -> Self {
        let name = signature.split('(').next().unwrap_or_default();
        Self {
            name: name.to_string(),
            signature,
            kind,
        }
    }
}
