//! An error that advice is wanted about, and the source around it.

use crate::script::Interp;
use crate::script::names::Names;
use crate::syntax::Outline;

/// An error that ended a script, and its position.
pub(super) struct Asked<'a> {
    pub interp: &'a Interp,
    pub known: &'a Names,
    pub kind: &'a str,
    pub message: &'a str,
    pub file: &'a str,
    pub outline: Outline<'a>,
    /// The piece of the source at the error.
    pub at: usize,
}

impl<'a> Asked<'a> {
    /// The word at the error.
    pub(super) fn word(&self) -> &'a str {
        self.outline.piece(self.at)
    }

    /// Whether the word at the error is this one, and nothing is before it that it belongs to.
    pub(super) fn stands_alone(&self, word: &str) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.outline.piece(at));
        let belongs = before.is_some_and(|before| matches!(before, "." | "?." | "::"));
        self.outline.piece(self.at) == word && !belongs
    }

    /// The value before the dot at the error, and the arguments behind the word there, as they are written.
    pub(super) fn receiver(&self) -> Option<(&'a str, &'a str)> {
        let dot = self
            .at
            .checked_sub(1)
            .filter(|at| matches!(self.outline.piece(*at), "." | "?."))?;
        let (_, value) = self.outline.value_before(dot)?;
        let args = self
            .outline
            .is_called(self.at)
            .then(|| self.outline.inside(self.at + 1));
        Some((value, args.flatten().unwrap_or_default()))
    }

    /// The parts of the message between single quotes.
    pub(super) fn quoted(&self) -> impl Iterator<Item = &'a str> {
        self.message.split('\'').skip(1).step_by(2)
    }
}
