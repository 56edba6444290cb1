//! What has become known about lists that are empty where they begin.
//!
//! `let list = [];` does not say what it will hold. Integers are assumed, until something else is appended: then the whole function or loop
//! is lowered again, and that is known from its beginning.

use std::collections::HashMap;

use crate::native::code::{Item, Place, Ty};

/// What an empty list is taken for.
pub(super) const ASSUMED: Ty = Ty::List(Item::Int);

/// How often something is lowered again.
const AGAIN: usize = 12;

/// What is known about the empty lists of an island.
#[derive(Debug, Default)]
pub(super) struct Hints {
    /// By the number of the lowering that it belongs to, and its place.
    pub(super) known: HashMap<(usize, Place), Ty>,
    /// The lowerings so far.
    count: usize,
    /// Something new has become known: the lowering is not over.
    pub(super) is_again: bool,
}

impl Hints {
    /// Returns the number of a new lowering.
    pub(super) fn begin(&mut self) -> usize {
        self.count += 1;
        self.count
    }

    /// Returns whether a lowering that has failed is to be repeated for the `times`th time.
    pub(super) fn is_again(&mut self, times: usize) -> bool {
        std::mem::take(&mut self.is_again) && times < AGAIN
    }
}
