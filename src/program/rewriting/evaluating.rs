//! `eval(text)`, whose text is a program of its own.

use std::sync::Arc;

use rhai::{Dynamic, Expr, FnCallExpr, Position};

use crate::program::bodies::{Body, node};

/// The key of the nodes in place of such calls. Their state is the argument.
pub(crate) const EVAL: &str = "<eval>";

/// Returns whether this is a call of Rhai's `eval`.
pub(super) fn is_eval(call: &FnCallExpr) -> bool {
    let is_plain = call.op_token.is_none() && call.namespace.is_empty();
    is_plain && call.name == "eval" && call.args.len() == 1
}

/// Returns the node in place of a call, if it is one of `eval`.
pub(super) fn node_of(call: &mut FnCallExpr, at: Position) -> Option<Expr> {
    if !is_eval(call) {
        return None;
    }
    let argument = std::mem::take(&mut call.args).into_iter().next()?;
    Some(node(EVAL, Dynamic::from(Body(Arc::new(argument))), at))
}
