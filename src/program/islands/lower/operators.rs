//! Rhai's operators on numbers and truth values.

use rhai::{Position, Token};

use super::lowering::{Lower, name_of};
use crate::native::code::{Expr, Op, Ty};
use crate::program::comparison;
use crate::program::islands::unfit::{Fits, unfit};

/// Returns the operator that a token is.
pub(super) fn op_of(token: &Token) -> Option<Op> {
    Some(match comparison::meant(token) {
        Token::Plus => Op::Add,
        Token::Minus => Op::Sub,
        Token::Multiply => Op::Mul,
        Token::Divide => Op::Div,
        Token::Modulo => Op::Rem,
        Token::PowerOf => Op::Pow,
        Token::LeftShift => Op::Shl,
        Token::RightShift => Op::Shr,
        Token::Ampersand => Op::And,
        Token::Pipe => Op::Or,
        Token::XOr => Op::Xor,
        Token::LessThan => Op::Lt,
        Token::LessThanEqualsTo => Op::Le,
        Token::GreaterThan => Op::Gt,
        Token::GreaterThanEqualsTo => Op::Ge,
        Token::EqualsTo => Op::Eq,
        Token::NotEqualsTo => Op::Ne,
        _ => return None,
    })
}

/// An operator between two values.
pub(super) fn binary(op: Op, left: Expr, right: Expr, pos: Position) -> Fits<Expr> {
    let of_bits = matches!(op, Op::And | Op::Or | Op::Xor | Op::Shl | Op::Shr);
    let (left_ty, right_ty) = (left.ty(), right.ty());
    let make = |ty, left: Expr, right: Expr| Expr::Binary(op, ty, left.into(), right.into());
    Ok(match (left_ty, right_ty) {
        (Ty::Never, _) | (_, Ty::Never) => Expr::GiveUp,
        (Ty::Int, Ty::Int) => make(Ty::Int, left, right),
        (Ty::Float | Ty::Int, Ty::Float | Ty::Int) if !of_bits => {
            make(Ty::Float, Lower::as_float(left), Lower::as_float(right))
        }
        (Ty::Bool, Ty::Bool) if op.compares() || matches!(op, Op::And | Op::Or | Op::Xor) => {
            make(Ty::Bool, left, right)
        }
        _ => {
            let (left, right) = (name_of(left_ty), name_of(right_ty));
            let text = format!("uses an operator between {left} and {right}");
            return unfit(text, pos);
        }
    })
}

/// An operator before a value.
pub(super) fn unary(token: &Token, value: Expr, pos: Position) -> Fits<Expr> {
    match (token, value.ty()) {
        (_, Ty::Never) => Ok(Expr::GiveUp),
        (Token::Bang, Ty::Bool) => Ok(Expr::Not(value.into())),
        (Token::Minus | Token::UnaryMinus, ty @ (Ty::Int | Ty::Float)) => {
            Ok(Expr::Neg(ty, value.into()))
        }
        (_, ty) => unfit(format!("uses an operator before {}", name_of(ty)), pos),
    }
}
