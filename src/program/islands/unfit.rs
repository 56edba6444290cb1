//! Why a function or a loop stays with the interpreter, in words for the person who wrote it.

use rhai::Position;

/// The reason, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfit {
    what: String,
    position: Position,
}

impl Unfit {
    pub(crate) fn new(what: impl Into<String>, position: Position) -> Self {
        Self {
            what: what.into(),
            position,
        }
    }

    /// Returns the reason with its line: `line 12: calls print, which is not a numeric function`.
    pub(crate) fn text(&self) -> String {
        match self.position.line() {
            Some(line) => format!("line {line}: {}", self.what),
            None => self.what.clone(),
        }
    }
}

/// A result of looking at a tree.
pub(crate) type Fits<T> = Result<T, Unfit>;

/// Returns the error for `what`.
pub(super) fn unfit<T>(what: impl Into<String>, position: Position) -> Fits<T> {
    Err(Unfit::new(what, position))
}
