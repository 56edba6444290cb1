//! The types of lists that are empty where they begin.
//!
//! `let list = [];` does not say what it will hold. Integers are assumed, until something else is appended: then the whole function or loop
//! is lowered again, and that is known from its beginning.

use std::collections::HashMap;

use super::lowering::Lower;
use crate::native::code::{Item, Place, Ty, Var};
use crate::program::islands::unfit::{Fits, unfit};

/// What an empty list is taken for.
pub(super) const ASSUMED: Ty = Ty::List(Item::Int);

/// How often something is lowered again.
const AGAIN: usize = 12;

/// What is known about the empty lists of an island.
#[derive(Debug, Default)]
pub(super) struct Hints {
    /// By the number of the lowering that it belongs to, and its place.
    known: HashMap<(usize, Place), Ty>,
    /// The lowerings so far.
    count: usize,
    /// Something new has become known: the lowering is not over.
    is_again: bool,
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

impl Lower<'_, '_> {
    /// Returns the type that an empty list at this place has.
    pub(super) fn empty_type(&self, place: Place) -> Ty {
        let known = self.plan.hints.known.get(&(self.number, place));
        known.copied().unwrap_or(ASSUMED)
    }

    /// Notes that a variable began as the empty list of this place.
    pub(super) fn begins_empty(&mut self, var: Var, place: Place) {
        self.empties.push((var, place));
    }

    /// Returns the place of the empty list that a variable began as.
    pub(super) fn empty_place(&self, var: Var) -> Option<Place> {
        let found = self.empties.iter().find(|(empty, _)| *empty == var);
        found.map(|(_, place)| *place)
    }

    /// Notes that a list is used as one of this type. Where another was only assumed, everything is lowered again.
    pub(super) fn is_used_as(&mut self, var: Var, ty: Ty) -> Fits<()> {
        match self.empty_place(var) {
            Some(place) => self.is_known(place, self.vars[var], ty),
            None => Ok(()),
        }
    }

    fn is_known(&mut self, place: Place, was: Ty, ty: Ty) -> Fits<()> {
        let key = (self.number, place);
        if self.plan.hints.known.contains_key(&key) {
            return Ok(());
        }
        self.plan.hints.known.insert(key, ty);
        if was == ty {
            return Ok(());
        }
        self.plan.hints.is_again = true;
        unfit(
            "has a list whose items are not known yet",
            super::position(place),
        )
    }
}
