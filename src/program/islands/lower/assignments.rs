//! Assignments to variables and to items of lists, in the order in which Rhai evaluates their parts: the value first.

use rhai::{ASTFlags, BinaryExpr, Expr as Tree, OpAssignment};

use super::lists::ItemPlace;
use super::lowering::{Done, Lower, done, give_up, is_list};
use super::operators::{binary, op_of};
use crate::native::code::{Expr, ListRef, Op, Stmt, Ty};
use crate::program::islands::unfit::{Fits, unfit};

impl Lower<'_, '_> {
    pub(super) fn assignment(
        &mut self,
        operator: &OpAssignment,
        sides: &BinaryExpr,
        to: &mut Vec<Stmt>,
    ) -> Fits<Done> {
        let op = match operator.get_op_assignment_info() {
            None => None,
            Some((.., token, _)) => match op_of(token) {
                Some(op) => Some(op),
                None => return unfit("uses an operator of another kind", operator.position()),
            },
        };
        match &sides.lhs {
            Tree::Variable(variable, _, pos) if variable.2.is_empty() => {
                let known = self.find(&variable.1, *pos)?.map(|(_, ty)| ty);
                let value = self.expr_as(&sides.rhs, known.unwrap_or(Ty::Unit))?;
                if value.ty() == Ty::Never {
                    return Ok(done(value, to, false));
                }
                let (var, ty) = self.writable(&variable.1, *pos)?;
                let value = match op {
                    None => value,
                    Some(op) => {
                        let value = self.keep(value, to);
                        binary(op, Expr::Var(var, ty), value, *pos)?
                    }
                };
                let new = value.ty();
                if new == Ty::Never {
                    return Ok(done(value, to, false));
                }
                if is_list(ty) && is_list(new) && op.is_none() && !self.is_outer(var) {
                    self.may_make(*pos)?;
                    self.is_used_as(var, new)?;
                    if new == ty {
                        to.push(Stmt::Set(var, value));
                        return Ok(Done::Value(Expr::Unit));
                    }
                } else if is_list(ty) || is_list(new) {
                    return unfit(format!("assigns a list to '{}'", variable.1), *pos);
                }
                if new != ty {
                    // Outside of the loop, the variable has its new type when the interpreter has done this pass.
                    return match self.is_outer(var) {
                        true => Ok(give_up(to)),
                        false => Self::changes(&variable.1, ty, new, *pos),
                    };
                }
                to.push(Stmt::Set(var, value));
                Ok(Done::Value(Expr::Unit))
            }
            Tree::Index(index, flags, _) => {
                if flags.contains(ASTFlags::NEGATED) {
                    return unfit("uses '?['", sides.lhs.position());
                }
                let value = self.expr(&sides.rhs)?;
                if value.ty() == Ty::Never {
                    return Ok(done(value, to, false));
                }
                let value = self.keep(value, to);
                self.item_assignment(op, index, *flags, value, to)
            }
            other => unfit(
                "assigns to something other than a variable or an item",
                other.position(),
            ),
        }
    }

    fn item_assignment(
        &mut self,
        op: Option<Op>,
        index: &BinaryExpr,
        flags: ASTFlags,
        value: Expr,
        to: &mut Vec<Stmt>,
    ) -> Fits<Done> {
        let Some(ItemPlace {
            list,
            index,
            item,
            root,
        }) = self.item_place(index, flags)?
        else {
            return Ok(give_up(to));
        };
        self.writable(&root.0, root.1)?;
        // Each index is evaluated once, before the item is read.
        let list = match list {
            ListRef::Row(rows, row) => ListRef::Row(rows, Box::new(self.keep(*row, to))),
            list => list,
        };
        let index = self.keep(index, to);
        let value = match op {
            None => value,
            Some(op) => {
                let old = Expr::Item(list.clone(), Box::new(index.clone()), item);
                binary(op, old, value, root.1)?
            }
        };
        if value.ty() != item.ty() {
            return Ok(give_up(to));
        }
        to.push(Stmt::Store(list, index, value));
        Ok(Done::Value(Expr::Unit))
    }
}
