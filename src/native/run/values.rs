//! What goes into compiled code and comes out of it, and what it asks for meanwhile.

use crate::native::code::{Item, Place};

/// A list outside of machine code.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum List {
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Bools(Vec<bool>),
}

/// An argument, a variable of a loop, or a result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Int(i64),
    Float(f64),
    Bool(bool),
    Unit,
    List(List),
    /// A list of lists that all have items of this type.
    Rows(Item, Vec<List>),
}

/// What code asks of the world while it runs.
pub(crate) trait Outside {
    /// Called when `interrupt::alerts()` has changed since the code was entered or last called this. Returns whether the code must
    /// give up.
    fn must_stop(&mut self) -> bool;

    /// Fills `words` with the next words of the process's random stream.
    fn draw(&mut self, words: &mut [u64]);

    /// Takes back words that were drawn last and not used, to the front of the stream.
    fn put_back(&mut self, words: &[u64]);

    /// Returns whether a list may grow to this many items. If not, the code gives up.
    fn may_grow(&mut self, items: usize) -> bool;
}

/// Where a loop over numbers or items goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The number of the next pass, or the index of its item.
    pub next: i64,
    pub step: i64,
    /// The passes that are left.
    pub left: u64,
    /// The passes that are done, for the counter.
    pub done: i64,
}

/// How code has ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Exit {
    /// A function has returned, or a loop has ended, by itself or by `break`.
    Done(Value),
    /// `return` in a loop.
    Returned(Value),
    /// Nothing has happened since the last pass of the loop began; of a function: since it was entered.
    GaveUp,
    /// `must_stop` said so, at this place of the routine that was entered: its innermost loop or call.
    Stopped(Place),
}
