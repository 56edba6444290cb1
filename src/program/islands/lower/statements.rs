//! Statements.

use std::num::NonZeroUsize;

use rhai::{ASTFlags, Expr as Value, Ident, Position, Stmt as Tree};

use super::lowering::{Done, Lower, done, give_up, is_list, is_number, name_of};
use crate::native::code::{Expr, Stmt, Ty};
use crate::program::islands::island::{Handle, Tree as IslandTree};
use crate::program::islands::unfit::{Fits, unfit};

impl Lower<'_, '_> {
    /// Adds a statement. Its value counts if it is wanted.
    pub(super) fn statement(
        &mut self,
        statement: &Tree,
        to: &mut Vec<Stmt>,
        want: bool,
    ) -> Fits<Done> {
        match statement {
            Tree::Noop(_) => Ok(Done::Value(Expr::Unit)),
            Tree::Var(var, flags, pos) => self.begin_variable(var, *flags, *pos, to),
            Tree::Assignment(assignment) => self.assignment(&assignment.0, &assignment.1, to),
            Tree::If(flow, _) => {
                let value = self.choice(flow, want)?;
                Ok(done(value, to, want))
            }
            Tree::While(..) | Tree::For(..) => self.plain_loop(statement, to),
            Tree::BreakLoop(None, flags, pos) => {
                if self.loops == 0 {
                    return unfit("leaves a loop that is not here", *pos);
                }
                let is_break = flags.contains(ASTFlags::BREAK);
                to.push(if is_break {
                    Stmt::Break
                } else {
                    Stmt::Continue
                });
                Ok(Done::Never)
            }
            // The interpreter makes the loop's value, or the error.
            Tree::BreakLoop(Some(_), ..) => Ok(give_up(to)),
            Tree::Return(_, flags, _) if flags.contains(ASTFlags::BREAK) => Ok(give_up(to)),
            Tree::Return(value, _, pos) => self.return_value(value.as_deref(), *pos, to),
            Tree::Expr(expr) => {
                if let Some(handle) = Handle::in_expr(expr) {
                    let IslandTree::Loop(inner) = &handle.0.tree else {
                        return unfit("is inside of itself", statement.position());
                    };
                    return self.inner_loop(inner, to);
                }
                let value = match self.method_statement(expr, to)? {
                    Some(done) => return Ok(done),
                    None if want => self.expr(expr)?,
                    None => self.discarded(expr)?,
                };
                Ok(done(value, to, want))
            }
            Tree::FnCall(call, pos) => {
                let value = self.call(call, *pos)?;
                Ok(done(value, to, want))
            }
            Tree::Block(block) => {
                let (block, ty) = self.block(block.statements(), want)?;
                Ok(done(Expr::Block(block, ty), to, want))
            }
            other => unfit("uses a statement of another kind", other.position()),
        }
    }

    /// `let` and `const`.
    fn begin_variable(
        &mut self,
        (ident, value, _): &(Ident, Value, Option<NonZeroUsize>),
        flags: ASTFlags,
        pos: Position,
        to: &mut Vec<Stmt>,
    ) -> Fits<Done> {
        let value = self.expr(value)?;
        let ty = value.ty();
        if ty == Ty::Never {
            return Ok(done(value, to, false));
        }
        if !is_number(ty) && !is_list(ty) {
            let what = name_of(ty);
            return unfit(format!("'{}' is {what} of its own", ident.name), pos);
        }
        let is_constant = flags.contains(ASTFlags::CONSTANT);
        if is_list(ty) {
            self.may_make(pos)?;
        }
        let var = self.declare(&ident.name, ty, is_constant);
        self.begin_list(var, &value);
        to.push(Stmt::Set(var, value));
        Ok(Done::Value(Expr::Unit))
    }

    fn return_value(
        &mut self,
        value: Option<&Value>,
        pos: Position,
        to: &mut Vec<Stmt>,
    ) -> Fits<Done> {
        let ret = self.ret;
        let value = value.map_or(Ok(Expr::Unit), |value| self.expr_as(value, ret))?;
        self.returns_list(&value)?;
        let ty = value.ty();
        if ty == Ty::Never {
            return Ok(done(value, to, false));
        }
        if !is_number(ty) && !is_list(ty) && ty != Ty::Unit {
            return unfit(format!("returns {}", name_of(ty)), pos);
        }
        if !self.returns(ty) {
            return Ok(give_up(to));
        }
        to.push(Stmt::Return(value));
        Ok(Done::Never)
    }

    /// An expression whose value nobody wants.
    fn discarded(&mut self, expr: &Value) -> Fits<Expr> {
        match expr {
            Value::Stmt(block) => {
                let (block, ty) = self.block(block.statements(), false)?;
                Ok(Expr::Block(block, ty))
            }
            other => self.expr(other),
        }
    }
}
