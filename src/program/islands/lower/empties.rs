//! Lists that are empty where they begin: what they will hold.

use super::hints::ASSUMED;
use super::lowering::{Lower, position};
use crate::native::code::{Place, Ty, Var};
use crate::program::islands::unfit::{Fits, unfit};

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
        unfit("has a list whose items are not known yet", position(place))
    }
}
