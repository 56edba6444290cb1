//! Lists of the kind `[0] * n` in functions that may become machine code: a sign of much work, before any of it is done.

use std::sync::Arc;

use rhai::{Dynamic, Expr, FnCallExpr, Stmt, Token};

use super::island::KEY;
use crate::program::bodies::node;

/// The state of a node in place of such an expression.
#[derive(Debug, Clone)]
pub(crate) struct Repeated(pub Arc<Repeat>);

/// `[item] * count`.
#[derive(Debug)]
pub(crate) struct Repeat {
    pub whole: Expr,
    /// Evaluating it does nothing else, so that it may be done twice.
    pub count: Expr,
    /// The number of the function that it is in.
    pub owner: u64,
}

impl Repeated {
    /// Returns what an expression stands for, if it is such a node.
    pub(super) fn in_expr(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Custom(custom, _) => Some(custom.state.read_lock::<Self>()?.clone()),
            _ => None,
        }
    }
}

/// Puts a node in place of the list that a variable begins with.
pub(super) fn wrap(statement: &mut Stmt, owner: u64) {
    let Stmt::Var(var, _, position) = statement else {
        return;
    };
    if let Some(count) = count_of(&var.1) {
        let (count, position) = (count.clone(), *position);
        let whole = std::mem::take(&mut var.1);
        let repeat = Repeat {
            whole,
            count,
            owner,
        };
        var.1 = node(KEY, Dynamic::from(Repeated(repeat.into())), position);
    }
}

/// Returns the second side of `[item] * count`.
fn count_of(expr: &Expr) -> Option<&Expr> {
    let Expr::FnCall(call, _) = expr else {
        return None;
    };
    let (Some(Token::Multiply), [Expr::Array(items, _), count]) = (&call.op_token, &call.args[..])
    else {
        return None;
    };
    (items.iter().all(is_pure) && is_pure(count)).then_some(count)
}

/// Returns whether evaluating it has no effect.
fn is_pure(expr: &Expr) -> bool {
    match expr {
        Expr::IntegerConstant(..) | Expr::FloatConstant(..) | Expr::BoolConstant(..) => true,
        Expr::Variable(name, ..) => name.2.is_empty(),
        Expr::FnCall(call, _) => is_sum(call) && call.args.iter().all(is_pure),
        _ => false,
    }
}

fn is_sum(call: &FnCallExpr) -> bool {
    let operator = call.op_token.as_ref();
    operator.is_some_and(|token| {
        matches!(
            token,
            Token::Plus | Token::Minus | Token::Multiply | Token::Divide | Token::UnaryMinus
        )
    })
}
