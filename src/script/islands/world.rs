//! What compiled code asks for while it runs.

use rhai::Position;

use super::values;
use crate::native::Outside;
use crate::program::islands::{Island, Tree};
use crate::script::interp::Interp;
use crate::script::line::Spot;
use crate::script::random_stream::Stream;
use crate::sync::called_by;

/// The world of one entry.
pub(super) struct World<'i> {
    interp: &'i Interp,
    /// The file in which the code is.
    file: Option<&'i str>,
    /// The beginning of the function or loop that was entered.
    at: Position,
}

impl<'i> World<'i> {
    /// Returns the world of an entry into an island of this file.
    pub(super) fn of(interp: &'i Interp, island: &Island, file: Option<&'i str>) -> Self {
        let at = match &island.tree {
            Tree::Function(tree) => tree.position,
            Tree::Loop(tree) => tree.position,
        };
        Self { interp, file, at }
    }
}

impl Outside for World<'_> {
    fn must_stop(&mut self) -> bool {
        let Self { interp, file, at } = *self;
        called_by(&Spot { interp, file, at }, || interp.check_interrupts())
    }

    fn draw(&mut self, words: &mut [u64]) {
        self.interp.state::<Stream>().draw_words(words);
    }

    fn put_back(&mut self, words: &[u64]) {
        self.interp.state::<Stream>().put_back(words);
    }

    fn may_grow(&mut self, items: usize) -> bool {
        values::may_have(self.interp, items)
    }
}
