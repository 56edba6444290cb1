//! `if`.

use rhai::FlowControl;

use super::lowering::Lower;
use crate::native::code::{Block, Expr, Stmt, Ty};
use crate::program::islands::unfit::Fits;

impl Lower<'_, '_> {
    pub(super) fn choice(&mut self, flow: &FlowControl, want: bool) -> Fits<Expr> {
        let condition = self.truth(&flow.expr)?;
        if condition.ty() == Ty::Never {
            return Ok(condition);
        }
        let (mut yes, yes_ty) = self.block(flow.body.statements(), want)?;
        let (mut no, no_ty) = self.block(flow.branch.statements(), want)?;
        let ty = match (yes_ty, no_ty) {
            (Ty::Never, ty) | (ty, Ty::Never) => ty,
            (ty, other) if ty == other => ty,
            // One of them is what the value usually is: where there is no `else`, that is `None`.
            (Ty::Unit, ty) => {
                gives_up(&mut yes);
                ty
            }
            (ty, _) => {
                gives_up(&mut no);
                ty
            }
        };
        Ok(Expr::If(condition.into(), yes, no, ty))
    }

    /// A condition. If it is no truth value, the interpreter says so.
    pub(super) fn truth(&mut self, expr: &rhai::Expr) -> Fits<Expr> {
        let value = self.expr(expr)?;
        Ok(match value.ty() {
            Ty::Bool | Ty::Never => value,
            _ => Expr::GiveUp,
        })
    }
}

/// The value of this branch has another type than that of the other one.
fn gives_up(block: &mut Block) {
    block.value = None;
    block.body.push(Stmt::Do(Expr::GiveUp));
}
