//! A part of Rhai's tree whose variables are found by their names: their places are others where a shortcut asks for it.

use rhai::{ASTFlags, Expr, FnCallExpr, Stmt, StmtBlock};

use crate::program::rewriting::lending;
use crate::program::with_block;

/// The code has something that only Rhai can run as a whole.
pub(super) struct Refused;

pub(super) type Lowered<T> = Result<T, Refused>;

/// Returns the expression without the places of its variables.
///
/// # Errors
/// It needs places, or something else that only Rhai has.
pub(super) fn by_name(expr: &Expr) -> Lowered<Expr> {
    let mut expr = expr.clone();
    forget_in(&mut expr)?;
    Ok(expr)
}

fn forget_in(expr: &mut Expr) -> Lowered<()> {
    match expr {
        Expr::Variable(variable, short, _) => {
            variable.0 = None;
            *short = None;
            Ok(())
        }
        Expr::ThisPtr(_) => Err(Refused),
        Expr::InterpolatedString(parts, _) | Expr::Array(parts, _) => each(parts.iter_mut()),
        Expr::Map(entries, _) => each(entries.0.iter_mut().map(|(_, value)| value)),
        Expr::And(parts, _) | Expr::Or(parts, _) | Expr::Coalesce(parts, _) => {
            each(parts.iter_mut())
        }
        Expr::MethodCall(call, _) | Expr::FnCall(call, _) => forget_in_call(call),
        Expr::Stmt(block) => forget_in_block(block),
        Expr::Dot(sides, ..) | Expr::Index(sides, ..) => {
            forget_in(&mut sides.lhs)?;
            forget_in(&mut sides.rhs)
        }
        // An island has a tree of its own.
        Expr::Custom(..) => {
            if let Some(call) = lending::inside_mut(expr) {
                return forget_in(call);
            }
            match with_block::inputs_of(expr) {
                Some(inputs) => each(inputs.iter_mut()),
                None => Err(Refused),
            }
        }
        _ => Ok(()),
    }
}

fn each<'e>(mut exprs: impl Iterator<Item = &'e mut Expr>) -> Lowered<()> {
    exprs.try_for_each(forget_in)
}

fn forget_in_call(call: &mut FnCallExpr) -> Lowered<()> {
    // These look at Rhai's own variables.
    if call.capture_parent_scope || call.name == "eval" || call.name == "is_def_var" {
        return Err(Refused);
    }
    each(call.args.iter_mut())
}

fn forget_in_block(block: &mut StmtBlock) -> Lowered<()> {
    block
        .statements_mut()
        .iter_mut()
        .try_for_each(forget_in_statement)
}

fn forget_in_statement(statement: &mut Stmt) -> Lowered<()> {
    match statement {
        Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, ..) | Stmt::TryCatch(flow, _) => {
            forget_in(&mut flow.expr)?;
            forget_in_block(&mut flow.body)?;
            forget_in_block(&mut flow.branch)
        }
        Stmt::For(parts, _) => {
            forget_in(&mut parts.2.expr)?;
            forget_in_block(&mut parts.2.body)
        }
        Stmt::Switch(parts, _) => {
            forget_in(&mut parts.0)?;
            parts.1.expressions.iter_mut().try_for_each(|sides| {
                forget_in(&mut sides.lhs)?;
                forget_in(&mut sides.rhs)
            })
        }
        Stmt::Var(parts, options, _) => match (options.contains(ASTFlags::EXPORTED), parts.2) {
            (false, None) => forget_in(&mut parts.1),
            _ => Err(Refused),
        },
        Stmt::Assignment(parts) => {
            forget_in(&mut parts.1.lhs)?;
            forget_in(&mut parts.1.rhs)
        }
        Stmt::FnCall(call, _) => forget_in_call(call),
        Stmt::Block(block) => forget_in_block(block),
        Stmt::Expr(expr) => forget_in(expr),
        Stmt::BreakLoop(Some(expr), ..) | Stmt::Return(Some(expr), ..) => forget_in(expr),
        Stmt::Share(shared) => {
            shared.iter_mut().for_each(|(_, place)| *place = None);
            Ok(())
        }
        Stmt::Noop(_) | Stmt::BreakLoop(None, ..) | Stmt::Return(None, ..) => Ok(()),
        _ => Err(Refused),
    }
}
