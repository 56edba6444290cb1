//! The operators of numbers and strings, where they are what Rhai's are.

use std::cmp::Ordering;

use rhai::{Dynamic, Expr, ImmutableString, OpAssignment, Token};
use smartstring::MAX_INLINE;

use super::node::Op;
use crate::program::comparison;
use crate::runtime::comparisons::floats;

/// Returns the operator that a token means.
pub(super) fn op_of(token: &Token) -> Op {
    match comparison::meant(token) {
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
    if left.is_int() && right.is_int() {
        return of_ints(op, left.as_int().ok()?, right.as_int().ok()?);
    }
    if left.is_string() && right.is_string() {
        let (a, b) = (left.read_lock()?, right.read_lock()?);
        return of_strings(op, &a, &b);
    }
    if !(left.is_float() && right.is_float()) {
        return None;
    }
    let (a, b) = (left.as_float().ok()?, right.as_float().ok()?);
    let number = match op {
        Op::Add => a + b,
        Op::Subtract => a - b,
        Op::Multiply => a * b,
        Op::Divide => a / b,
        _ => return of_order(op, floats(a, b)),
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

/// Returns the result of a comparison; `None` for other operators.
fn of_order(op: Op, order: Option<Ordering>) -> Option<Dynamic> {
    let truth = match op {
        Op::Equal => order == Some(Ordering::Equal),
        Op::NotEqual => order != Some(Ordering::Equal),
        Op::Less => order == Some(Ordering::Less),
        Op::LessOrEqual => order.is_some_and(Ordering::is_le),
        Op::Greater => order == Some(Ordering::Greater),
        Op::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        _ => return None,
    };
    Some(truth.into())
}

fn of_strings(op: Op, a: &ImmutableString, b: &ImmutableString) -> Option<Dynamic> {
    Some(match op {
        Op::Add => joined(a, b).into(),
        Op::Equal => (a == b).into(),
        Op::NotEqual => (a != b).into(),
        Op::Less => (a < b).into(),
        Op::LessOrEqual => (a <= b).into(),
        Op::Greater => (a > b).into(),
        Op::GreaterOrEqual => (a >= b).into(),
        _ => return None,
    })
}

/// Returns both strings as one. Rhai's own operator would share the first one, and then find that it has to copy it.
fn joined(a: &ImmutableString, b: &ImmutableString) -> ImmutableString {
    if a.is_empty() {
        return b.clone();
    }
    if b.is_empty() {
        return a.clone();
    }
    if a.len() + b.len() > MAX_INLINE {
        let mut text = String::with_capacity(a.len() + b.len());
        text.push_str(a);
        text.push_str(b);
        return text.into();
    }
    let mut text = ImmutableString::from(a.as_str());
    text += b.as_str();
    text
}

/// As [`apply`], where the left value is not used afterwards: a string that nobody else has grows in place.
#[inline]
pub(super) fn apply_to(op: Op, left: &mut Dynamic, right: &Dynamic) -> Option<Dynamic> {
    match op == Op::Add && append(left, right) {
        true => Some(std::mem::take(left)),
        false => apply(op, left, right),
    }
}

/// Appends a string to one, if both are strings.
#[inline]
fn append(place: &mut Dynamic, more: &Dynamic) -> bool {
    if !(place.is_string() && more.is_string()) {
        return false;
    }
    let more = more.read_lock::<ImmutableString>();
    match (place.write_lock::<ImmutableString>(), more) {
        (Some(mut text), Some(more)) => {
            *text += &*more;
            true
        }
        _ => false,
    }
}

/// Does `place op= value`, if that is what [`apply`] knows; a string grows in place.
#[inline]
pub(super) fn assign(op: Op, place: &mut Dynamic, value: &Dynamic) -> bool {
    if op == Op::Add && append(place, value) {
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
