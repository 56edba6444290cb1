//! `d.setdefault("a", []).append(1)`, which changes the list in the dict.
//!
//! Rhai's methods return copies, so what follows would change one. Where the dict and the key are only read, they are read twice:
//! `d.setdefault("a", []); d["a"].append(1)`. Elsewhere it is an error.

use rhai::{ASTFlags, BinaryExpr, Expr, Position, Stmt, StmtBlock};

use super::walk::Walk;

pub(crate) const SETDEFAULT: &str = "setdefault";

/// The methods that change a list or a dict.
const CHANGING: [&str; 19] = [
    "append",
    "chop",
    "clear",
    "dedup",
    "drain",
    "extend",
    "insert",
    "pad",
    "pop",
    "push",
    "remove",
    "retain",
    "reverse",
    "set",
    "setdefault",
    "shift",
    "sort",
    "truncate",
    "update",
];

/// Functions and methods of which keys are made, which can be called twice.
const PURE: [&str; 14] = [
    "abs",
    "chr",
    "float",
    "int",
    "len",
    "lower",
    "max",
    "min",
    "repr",
    "str",
    "strip",
    "to_lower",
    "to_string",
    "upper",
];

/// A chain in two: up to the call, and the whole with the item in place of the call.
type Halves = (Expr, Expr);

/// Where a chain cannot be taken apart.
struct InVain(Position);

impl Walk<'_> {
    /// Takes `d.setdefault(key, value).append(x)` apart.
    pub(super) fn reach_default(&mut self, expr: &mut Expr) {
        let at = expr.position();
        match halves(expr) {
            Ok(Some((first, second))) => {
                let statements = [first, second].map(|expr| Stmt::Expr(expr.into()));
                *expr = Expr::Stmt(StmtBlock::new(statements, at, Position::NONE).into());
                self.changes += 1;
            }
            Ok(None) => (),
            Err(InVain(position)) => {
                self.in_vain.get_or_insert(position);
            }
        }
    }
}

fn halves(expr: &Expr) -> Result<Option<Halves>, InVain> {
    let (Expr::Dot(sides, ..) | Expr::Index(sides, ..)) = expr else {
        return Ok(None);
    };
    let with_rest = |rest: Expr| {
        let mut whole = expr.clone();
        if let Expr::Dot(sides, ..) | Expr::Index(sides, ..) = &mut whole {
            sides.rhs = rest;
        }
        whole
    };
    let (Expr::Dot(inner, ..) | Expr::Index(inner, ..)) = &sides.rhs else {
        return Ok(None);
    };
    let found = match (expr, &inner.lhs) {
        (Expr::Dot(_, _, at), Expr::MethodCall(call, called))
            if call.name == SETDEFAULT && changes(&sides.rhs) =>
        {
            let key = call.args.first().filter(|key| is_only_read(key));
            let key = key.ok_or(InVain(*called))?;
            let mut rest = sides.rhs.clone();
            if let Expr::Dot(inner, ..) | Expr::Index(inner, ..) = &mut rest {
                inner.lhs = key.clone();
            }
            let (lhs, rhs) = (sides.lhs.clone(), rest);
            let second = Expr::Index(BinaryExpr { lhs, rhs }.into(), ASTFlags::empty(), *at);
            Some((with_rest(inner.lhs.clone()), second, *called))
        }
        _ => {
            let rest = halves(&sides.rhs)?;
            rest.map(|(first, second)| (with_rest(first), with_rest(second), sides.lhs.position()))
        }
    };
    match found {
        Some((.., at)) if !is_only_read(&sides.lhs) => Err(InVain(at)),
        Some((first, second, _)) => Ok(Some((first, second))),
        None => Ok(None),
    }
}

/// Returns whether what follows the call at the front of a chain changes its result.
fn changes(chain: &Expr) -> bool {
    let Expr::Dot(sides, ..) = chain else {
        return false;
    };
    let next = match &sides.rhs {
        Expr::Dot(inner, ..) | Expr::Index(inner, ..) => &inner.lhs,
        last => last,
    };
    matches!(next, Expr::MethodCall(call, _) if CHANGING.contains(&call.name.as_str()))
}

/// Returns whether an expression can be evaluated twice.
fn is_only_read(expr: &Expr) -> bool {
    match expr {
        Expr::Variable(..) | Expr::ThisPtr(_) | Expr::Property(..) => true,
        Expr::Dot(sides, ..) | Expr::Index(sides, ..) => {
            is_only_read(&sides.lhs) && is_only_read(&sides.rhs)
        }
        Expr::FnCall(call, _) | Expr::MethodCall(call, _) => {
            let is_pure = call.op_token.is_some() || PURE.contains(&call.name.as_str());
            is_pure && call.args.iter().all(is_only_read)
        }
        Expr::InterpolatedString(parts, _) => parts.iter().all(is_only_read),
        Expr::Stmt(block) => match block.statements() {
            [Stmt::Expr(only)] => is_only_read(only),
            _ => false,
        },
        other => other.is_constant(),
    }
}
