//! `pool.map(f, xs)`, which reads the list `xs` where it is.
//!
//! Rhai copies a variable that is an argument of a method. Where the method may only read it, the call becomes a node, which lends the list
//! to the method (`runtime/rewriting/lending.rs`): it is not in the variable meanwhile, so nothing else in the call may look there.

use rhai::{ASTNode, CustomExpr, Dynamic, Expr, FnCallExpr, ImmutableString, Stmt};

use super::walk::Walk;
use crate::program::bodies::node;

/// The key of the nodes. Their input is the whole chain, and their state the place of the argument.
pub(crate) const LENDING: &str = "<lending>";

/// A method of a variable that may read another variable where it is.
pub(crate) struct Lending<'e> {
    pub receiver: &'e ImmutableString,
    pub method: &'e ImmutableString,
    /// The variable that lends its list.
    pub lender: &'e ImmutableString,
}

impl Walk<'_> {
    /// Puts a node around a chain whose first call may read a variable where it is.
    pub(super) fn lend(&mut self, expr: &mut Expr) {
        let Some(index) = first_call(expr).and_then(|(_, call)| (self.lends)(&call.name)) else {
            return;
        };
        let lends = of(expr, index)
            .is_some_and(|it| it.lender != it.receiver && !looks_twice(expr, it.lender));
        if !lends {
            return;
        }
        let (chain, at) = (std::mem::take(expr), expr.position());
        let index = i64::try_from(index).unwrap_or(i64::MAX);
        *expr = node(LENDING, Dynamic::from_int(index), at);
        if let Expr::Custom(custom, _) = expr {
            custom.inputs.push(chain);
        }
        self.changes += 1;
    }
}

/// Returns the parts of a chain that begins with a method whose argument at `index` is a variable.
pub(crate) fn of(chain: &Expr, index: usize) -> Option<Lending<'_>> {
    let (receiver, call) = first_call(chain)?;
    Some(Lending {
        receiver,
        method: &call.name,
        lender: variable(call.args.get(index)?)?,
    })
}

/// Returns the chain in a node.
pub(crate) fn inside(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Custom(custom, _) if is_it(custom) => custom.inputs.first(),
        _ => None,
    }
}

/// As [`inside`], to be changed.
pub(crate) fn inside_mut(expr: &mut Expr) -> Option<&mut Expr> {
    match expr {
        Expr::Custom(custom, _) if is_it(custom) => custom.inputs.first_mut(),
        _ => None,
    }
}

fn is_it(custom: &CustomExpr) -> bool {
    custom.tokens.first().is_some_and(|key| key == LENDING)
}

/// Returns the variable and the call with which a chain begins.
fn first_call(chain: &Expr) -> Option<(&ImmutableString, &FnCallExpr)> {
    let Expr::Dot(sides, ..) = chain else {
        return None;
    };
    let first = match &sides.rhs {
        Expr::Dot(rest, ..) | Expr::Index(rest, ..) => &rest.lhs,
        only => only,
    };
    match first {
        Expr::MethodCall(call, _) => Some((variable(&sides.lhs)?, call)),
        _ => None,
    }
}

fn variable(expr: &Expr) -> Option<&ImmutableString> {
    match expr {
        Expr::Variable(variable, ..) if variable.2.is_empty() => Some(&variable.1),
        _ => None,
    }
}

/// Returns whether a chain may look at a variable more than once.
fn looks_twice(chain: &Expr, name: &str) -> bool {
    let (mut looks, mut is_open) = (0, false);
    chain.walk(&mut Vec::new(), &mut |path| {
        match path.last() {
            Some(ASTNode::Expr(Expr::Variable(variable, ..))) => {
                looks += usize::from(variable.1 == name);
            }
            Some(ASTNode::Expr(Expr::Custom(..))) => is_open = true,
            Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _))) => {
                is_open |= call.capture_parent_scope;
            }
            _ => (),
        }
        !is_open
    });
    is_open || looks > 1
}
