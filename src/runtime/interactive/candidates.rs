//! What could stand at the cursor.

use super::Interactive;

/// Names that could stand at the cursor.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Candidates {
    /// Where the word begins that they would replace, in bytes.
    pub start: usize,
    /// The names, in alphabetical order.
    pub names: Vec<Candidate>,
}

/// A name that could stand at the cursor.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Candidate {
    /// What would be written.
    pub name: String,
    /// How it is called: `put(item, [block, timeout])`; the name alone for what is not called.
    pub signature: String,
    /// What it is.
    pub kind: CandidateKind,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CandidateKind {
    /// A variable or constant of the program.
    Variable,
    /// A function.
    Function,
    /// A method of the value before the dot.
    Method,
    /// A property of the value before the dot.
    Property,
    /// A module.
    Module,
    /// A keyword argument.
    Keyword,
}

impl Interactive {
    /// What could stand at byte `cursor` of `text`.
    pub fn candidates(&self, text: &str, cursor: usize) -> Candidates {
        let before = text.get(..cursor).unwrap_or(text);
        let start = before
            .rfind(|c: char| !c.is_alphanumeric() && c != '_')
            .map_or(0, |at| at + 1);
        Candidates {
            start,
            names: Vec::new(),
        }
    }
}
