//! Names and the variables that they mean.

use rhai::{ImmutableString, Position};

use super::lowering::{Lower, name_of, no_variable};
use super::named::Named;
use crate::native::code::{Ty, Var};
use crate::program::islands::unfit::{Fits, unfit};

impl Lower<'_, '_> {
    /// Begins a variable, which hides older ones of this name.
    pub(super) fn declare(&mut self, name: &ImmutableString, ty: Ty, is_constant: bool) -> Var {
        let var = self.temporary(ty);
        self.names.push(Named {
            name: name.clone(),
            var,
            is_constant,
        });
        var
    }

    /// Returns a variable and its type; `None` if there is none of this name.
    pub(super) fn find(&mut self, name: &str, position: Position) -> Fits<Option<(Named, Ty)>> {
        let known = self.names.iter().rev().chain(&self.outer);
        if let Some(found) = known.into_iter().find(|named| named.name == name).cloned() {
            let ty = self.vars[found.var];
            return Ok(Some((found, ty)));
        }
        if !self.is_loop {
            return Ok(None);
        }
        let (ty, is_constant) = match self.plan.world.variable(name) {
            None => return Ok(None),
            Some(Ok(found)) => found,
            Some(Err(what)) => return unfit(format!("uses '{name}', which is {what}"), position),
        };
        let found = Named {
            name: name.into(),
            var: self.temporary(ty),
            is_constant,
        };
        self.outer.push(found.clone());
        Ok(Some((found, ty)))
    }

    /// Returns a variable, its type, and whether it is a constant.
    pub(super) fn variable(&mut self, name: &str, position: Position) -> Fits<(Var, Ty, bool)> {
        match self.find(name, position)? {
            Some((found, ty)) => Ok((found.var, ty, found.is_constant)),
            None => no_variable(name, position),
        }
    }

    /// Returns a variable that is written to. Of a constant, the interpreter says what is wrong.
    pub(super) fn writable(&mut self, name: &str, position: Position) -> Fits<(Var, Ty)> {
        let (var, ty, is_constant) = self.variable(name, position)?;
        if is_constant {
            return unfit(format!("assigns to the constant '{name}'"), position);
        }
        self.written[var] = true;
        Ok((var, ty))
    }

    /// Returns whether a variable comes from outside of the loop, where it may change its type.
    pub(super) fn is_outer(&self, var: Var) -> bool {
        self.outer.iter().any(|named| named.var == var)
    }

    /// The reason for a variable that has two types.
    pub(super) fn changes<T>(name: &str, from: Ty, to: Ty, position: Position) -> Fits<T> {
        let (from, to) = (name_of(from), name_of(to));
        unfit(format!("'{name}' is {from} and then {to}"), position)
    }
}
