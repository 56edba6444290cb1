//! Whether evaluating something changes variables.

use super::lowering::is_plain;
use crate::native::code::{Block, Expr, Make, Stmt};

/// Whether evaluating it may assign to a variable.
pub(super) fn writes(expr: &Expr) -> bool {
    let block = |block: &Block| {
        let value = block.value.as_deref();
        block
            .body
            .iter()
            .any(|statement| !matches!(statement, Stmt::Do(expr) if is_plain(expr)))
            || value.is_some_and(writes)
    };
    match expr {
        Expr::If(condition, yes, no, _) => writes(condition) || block(yes) || block(no),
        Expr::Block(inside, _) => block(inside),
        Expr::Binary(_, _, left, right) => writes(left) || writes(right),
        Expr::ToFloat(inside)
        | Expr::ToInt(inside)
        | Expr::Not(inside)
        | Expr::Neg(_, inside)
        | Expr::Item(_, inside, _)
        | Expr::Row(_, inside, _)
        | Expr::Math(_, _, inside) => writes(inside),
        Expr::All(all) | Expr::Any(all) => all.iter().any(writes),
        Expr::Call { args, .. } => args.iter().any(writes),
        Expr::Make(_, make, _) => match make {
            Make::Items(all) | Make::Rows(all) => all.iter().any(writes),
            Make::Fill(one, other) | Make::Copies(one, other) | Make::Join(one, other) => {
                writes(one) || writes(other)
            }
        },
        _ => false,
    }
}
