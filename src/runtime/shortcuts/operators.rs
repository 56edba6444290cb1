//! The operators of numbers and strings, where they are what Rhai's are.

use rhai::{Dynamic, Expr, ImmutableString, OpAssignment, Token};

use super::node::Op;

/// Returns the operator that a token means.
pub(super) fn op_of(token: &Token) -> Op {
    match token {
        Token::Plus => Op::Add,
        Token::Minus => Op::Subtract,
        Token::Multiply => Op::Multiply,
        Token::Divide => Op::Divide,
        Token::Modulo => Op::Modulo,
        Token::EqualsTo => Op::Equal,
        Token::NotEqualsTo => Op::NotEqual,
        Token::LessThan => Op::Less,
        Token::LessThanEqualsTo => Op::LessOrEqual,
        Token::GreaterThan => Op::Greater,
        Token::GreaterThanEqualsTo => Op::GreaterOrEqual,
        _ => Op::Other,
    }
}

/// Returns the operator inside an assignment; `None` for `=`.
pub(super) fn assigned_by(how: &OpAssignment) -> Option<Op> {
    let (_, _, _, _, op, _) = how.get_op_assignment_info()?;
    Some(op_of(op))
}

/// Returns the ends of `from..to`, and whether the second is included.
pub(super) fn is_range(expr: &Expr) -> Option<(&Expr, &Expr, bool)> {
    let Expr::FnCall(call, _) = expr else {
        return None;
    };
    match (call.op_token.as_ref()?, &*call.args) {
        (Token::ExclusiveRange, [from, to]) => Some((from, to, false)),
        (Token::InclusiveRange, [from, to]) => Some((from, to, true)),
        _ => None,
    }
}

/// Returns the result of an operator for two values, neither of them shared; `None` where Rhai has to be asked.
#[inline]
pub(super) fn apply(op: Op, left: &Dynamic, right: &Dynamic) -> Option<Dynamic> {
    if let (Ok(a), Ok(b)) = (left.as_int(), right.as_int()) {
        return of_ints(op, a, b);
    }
    if let (Ok(a), Ok(b)) = (
        left.as_immutable_string_ref(),
        right.as_immutable_string_ref(),
    ) {
        return of_strings(op, &a, &b);
    }
    let (a, b) = (left.as_float().ok()?, right.as_float().ok()?);
    let number = match op {
        Op::Add => a + b,
        Op::Subtract => a - b,
        Op::Multiply => a * b,
        Op::Divide => a / b,
        // Rhai compares floats in a way of its own.
        _ => return None,
    };
    Some(Dynamic::from_float(number))
}

#[inline]
fn of_ints(op: Op, a: i64, b: i64) -> Option<Dynamic> {
    let number = match op {
        Op::Add => a.checked_add(b)?,
        Op::Subtract => a.checked_sub(b)?,
        Op::Multiply => a.checked_mul(b)?,
        Op::Divide => a.checked_div(b)?,
        Op::Modulo => a.checked_rem(b)?,
        Op::Equal => return Some((a == b).into()),
        Op::NotEqual => return Some((a != b).into()),
        Op::Less => return Some((a < b).into()),
        Op::LessOrEqual => return Some((a <= b).into()),
        Op::Greater => return Some((a > b).into()),
        Op::GreaterOrEqual => return Some((a >= b).into()),
        Op::Other => return None,
    };
    Some(Dynamic::from_int(number))
}

fn of_strings(op: Op, a: &ImmutableString, b: &ImmutableString) -> Option<Dynamic> {
    Some(match op {
        Op::Add => (a + b).into(),
        Op::Equal => (a == b).into(),
        Op::NotEqual => (a != b).into(),
        Op::Less => (a < b).into(),
        Op::LessOrEqual => (a <= b).into(),
        Op::Greater => (a > b).into(),
        Op::GreaterOrEqual => (a >= b).into(),
        _ => return None,
    })
}

/// Does `place op= value`, if that is what [`apply`] knows; a string grows in place.
#[inline]
pub(super) fn assign(op: Op, place: &mut Dynamic, value: &Dynamic) -> bool {
    if op == Op::Add
        && let (Some(mut text), Ok(more)) = (
            place.write_lock::<ImmutableString>(),
            value.as_immutable_string_ref(),
        )
    {
        *text += &*more;
        return true;
    }
    match apply(op, place, value) {
        Some(result) => {
            *place = result;
            true
        }
        None => false,
    }
}
