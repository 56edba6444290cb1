//! Which functions have to be lowered for one island, and what each gives.
//!
//! What a recursive function gives is found by lowering it twice: first, what its calls of itself give is unknown and decides nothing;
//! then, it is what came of that.

use std::sync::Arc;

use rhai::{ImmutableString, Position, ScriptFuncDef, Shared};

use super::lowering::{Lower, is_list, name_of};
use super::plan::{Compiled, Key, Known, Open, Plan};
use crate::native::code::{Expr, Function, FunctionId, Stmt, Ty, Var};
use crate::program::islands::island::FunctionTree;
use crate::program::islands::unfit::{Fits, unfit};
use crate::program::islands::{Handle, Island, Tree};

/// The most functions that are being lowered at once, each called by the one before.
const OPEN: usize = 64;

/// The most functions that are lowered for one island, each time counted.
const LOWERED: usize = 200;

/// A function, and whether it assigns to its parameters, and to lists among them.
type LoweredFunction = (Function, bool, bool);

impl Plan<'_> {
    /// Returns the number of a function for these types, and what it gives: `Never` while that is being found out.
    ///
    /// # Errors
    /// It does not fit.
    pub(super) fn function(
        &mut self,
        function: &Shared<ScriptFuncDef>,
        types: &[Ty],
        pos: Position,
    ) -> Fits<(Option<FunctionId>, Ty)> {
        let name = &function.name;
        let handle = Handle::of(function);
        let Some(handle) = handle.filter(|handle| handle.0.fits) else {
            return unfit(format!("calls '{name}', which is not numeric"), pos);
        };
        let Tree::Function(tree) = &handle.0.tree else {
            return unfit(format!("calls '{name}', which is not numeric"), pos);
        };
        let key = (Arc::as_ptr(&handle.0).addr(), types.to_vec());
        if let Some(found) = self.known.get(&key).or_else(|| self.fresh.get(&key)) {
            return Ok((Some(found.id), found.ret));
        }
        let mut open = self.open.iter_mut();
        if let Some(open) = open.find(|open| open.key == key) {
            open.was_guessed |= open.id.is_none();
            return Ok((open.id, open.ret));
        }
        if self.open.len() >= OPEN {
            return unfit("calls too many functions", pos);
        }
        if let Some(other) = types.iter().find(|ty| **ty == Ty::Unit) {
            return unfit(format!("calls '{name}' with {}", name_of(*other)), pos);
        }
        self.lowered(key, tree)
    }

    /// Lowers a function that is entered from outside.
    ///
    /// # Errors
    /// It does not fit.
    pub(crate) fn entered(
        &mut self,
        island: &Island,
        tree: &FunctionTree,
        types: &[Ty],
    ) -> Fits<Compiled> {
        let key = (std::ptr::from_ref(island).addr(), types.to_vec());
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        self.lowered(key.clone(), tree)?;
        match self.fresh.get(&key) {
            Some(compiled) => Ok(*compiled),
            None => unfit("what it gives is not clear", tree.position),
        }
    }

    /// Forgets the functions that have been lowered since there were `before` of them.
    fn forget(&mut self, before: usize, fresh: Known) {
        self.functions.truncate(before);
        self.fresh = fresh;
    }

    /// Lowers a function whose result is this, as far as that is known; again where something becomes known about its empty lists. Returns
    /// it, and whether its result was guessed.
    fn attempt(
        &mut self,
        key: &Key,
        (ret, id): (Ty, Option<FunctionId>),
        tree: &FunctionTree,
        number: usize,
    ) -> Fits<(LoweredFunction, bool)> {
        let mut times = 0;
        loop {
            let (before, fresh) = (self.functions.len(), self.fresh.clone());
            self.open.push(Open {
                key: key.clone(),
                ret,
                id,
                was_guessed: false,
            });
            let lowered = Lower::new(self, false, number).function(tree, &key.1);
            let open = self.open.pop();
            if lowered.is_err() && self.hints.is_again(times) {
                self.forget(before, fresh);
                times += 1;
                continue;
            }
            return lowered.map(|lowered| (lowered, open.is_some_and(|open| open.was_guessed)));
        }
    }

    fn lowered(&mut self, key: Key, tree: &FunctionTree) -> Fits<(Option<FunctionId>, Ty)> {
        let (mut ret, mut id) = (Ty::Never, None);
        self.lowerings += 1;
        if self.lowerings > LOWERED {
            return unfit("calls too many functions", tree.position);
        }
        let number = self.hints.begin();
        for _ in 0..2 {
            let before = self.functions.len();
            let fresh = self.fresh.clone();
            let ((function, assigns, changes_lists), was_guessed) =
                self.attempt(&key, (ret, id), tree, number)?;
            // Somebody further out was guessed: nothing of this is final.
            let is_open = self.open.iter().any(|open| open.was_guessed);
            if is_open || was_guessed {
                self.forget(before, fresh);
            }
            if function.ret == Ty::Never {
                return match is_open {
                    true => Ok((None, Ty::Never)),
                    false => unfit(
                        format!("what '{}' gives is not clear", tree.name),
                        tree.position,
                    ),
                };
            }
            if ret != Ty::Never && function.ret != ret {
                return unfit(
                    format!("'{}' gives this and that", tree.name),
                    tree.position,
                );
            }
            ret = function.ret;
            if is_open {
                // A number that nobody uses: the callers are lowered again.
                return Ok((Some(0), ret));
            }
            let number = *id.get_or_insert_with(|| (self.declare)(&key.1, ret));
            if !was_guessed {
                self.functions.push((number, function));
                let id = number;
                self.fresh.insert(
                    key,
                    Compiled {
                        id,
                        ret,
                        assigns,
                        changes_lists,
                    },
                );
                return Ok((Some(id), ret));
            }
        }
        unfit(
            format!("'{}' gives this and that", tree.name),
            tree.position,
        )
    }
}

impl Lower<'_, '_> {
    fn function(mut self, tree: &FunctionTree, types: &[Ty]) -> Fits<LoweredFunction> {
        let params: Vec<(&ImmutableString, Ty)> =
            tree.params.iter().zip(types.iter().copied()).collect();
        let params: Vec<_> = params
            .into_iter()
            .map(|(name, ty)| self.declare(name, ty, false))
            .collect();
        let rhai::Expr::Stmt(block) = &tree.body else {
            return unfit("has a body of another kind", tree.position);
        };
        let (mut body, ty) = self.block(block.statements(), true)?;
        if let Some(value) = &body.value {
            self.returns_list(value)?;
        }
        if ty != Ty::Never && !self.returns(ty) {
            body.value = None;
            body.body.push(Stmt::Do(Expr::GiveUp));
        }
        let assigns = params.iter().any(|var| self.written[*var]);
        let changes_list = |var: &Var| self.written[*var] && is_list(self.vars[*var]);
        let changes_lists = params.iter().any(changes_list);
        let function = Function {
            vars: self.vars,
            params,
            body,
            ret: self.ret,
        };
        Ok((function, assigns, changes_lists))
    }
}
