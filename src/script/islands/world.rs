//! What compiled code asks for while it runs.

use super::values;
use crate::native::Outside;
use crate::script::interp::Interp;
use crate::script::random_stream::Stream;

/// The world of one entry.
pub(super) struct World<'i>(pub &'i Interp);

impl Outside for World<'_> {
    fn must_stop(&mut self) -> bool {
        self.0.check_interrupts()
    }

    fn draw(&mut self, words: &mut [u64]) {
        self.0.state::<Stream>().draw_words(words);
    }

    fn put_back(&mut self, words: &[u64]) {
        self.0.state::<Stream>().put_back(words);
    }

    fn may_grow(&mut self, items: usize) -> bool {
        values::may_have(self.0, items)
    }
}
