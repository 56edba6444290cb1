//! Python's equality and order of any two values.

use std::cmp::Ordering;

use rhai::{Array, Blob, Dynamic, EvalAltResult, Map, NativeCallContext};

use crate::script::bind::last_resolved;
use crate::script::{Failure, raise, truth, type_name};
use crate::text::{as_float, as_int, as_string};

/// `a == b`: by value; types that have nothing in common are never equal.
pub(crate) fn equal(context: &NativeCallContext, a: &Dynamic, b: &Dynamic) -> bool {
    if let Some(order) = numbers(a, b) {
        return order == Some(Ordering::Equal);
    }
    if let (Some(a), Some(b)) = (as_string(a), as_string(b)) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Array>(), b.read_lock::<Array>()) {
        let mut pairs = a.iter().zip(b.iter());
        return a.len() == b.len() && pairs.all(|(a, b)| equal(context, a, b));
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Map>(), b.read_lock::<Map>()) {
        let same = |(key, a): (_, &Dynamic)| b.get(key).is_some_and(|b| equal(context, a, b));
        return a.len() == b.len() && a.iter().all(same);
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Blob>(), b.read_lock::<Blob>()) {
        return *a == *b;
    }
    if a.is_unit() || b.is_unit() {
        return a.is_unit() && b.is_unit();
    }
    by_engine(context, "==", a, b).unwrap_or(false)
}

/// `a < b`.
///
/// # Errors
/// `TypeError` for values without an order between them.
pub(in crate::stdlib) fn less(
    context: &NativeCallContext,
    a: &Dynamic,
    b: &Dynamic,
) -> Result<bool, Failure> {
    ordered(context, "<", a, b)
}

/// `a > b`; errors as those of [`less`].
pub(in crate::stdlib) fn greater(
    context: &NativeCallContext,
    a: &Dynamic,
    b: &Dynamic,
) -> Result<bool, Failure> {
    ordered(context, ">", a, b)
}

/// Whether an order is what a comparison asks for; `None` is the order of what has none.
pub(crate) type Test = fn(Option<Ordering>) -> bool;

/// Returns what a comparison asks for.
pub(crate) fn test(symbol: &str) -> Test {
    match symbol {
        "==" => |order| order == Some(Ordering::Equal),
        "!=" => |order| order != Some(Ordering::Equal),
        "<" => |order| order == Some(Ordering::Less),
        "<=" => |order| order.is_some_and(Ordering::is_le),
        ">" => |order| order == Some(Ordering::Greater),
        _ => |order| order.is_some_and(Ordering::is_ge),
    }
}

/// Returns the result of a comparison in a program.
///
/// # Errors
/// `TypeError` for values without an order between them, and for the order of a truth value and a number: that is nearly always meant to be
/// `a < b && b < c`. For types of their own, whatever the engine's operator raises.
pub(crate) fn compared(
    context: &NativeCallContext,
    symbol: &str,
    a: &Dynamic,
    b: &Dynamic,
) -> Result<bool, Failure> {
    let is_own = a.is_variant() || b.is_variant();
    match symbol {
        "==" | "!=" if is_own => by_engine(context, symbol, a, b),
        "==" => Ok(equal(context, a, b)),
        "!=" => Ok(!equal(context, a, b)),
        _ if a.is_bool() != b.is_bool() => Err(no_order(symbol, a, b)),
        _ => ordered(context, symbol, a, b),
    }
}

/// Returns the exact order of two numbers, `None` inside for NaN; `None` when one of them is not a number.
fn numbers(a: &Dynamic, b: &Dynamic) -> Option<Option<Ordering>> {
    Some(match (as_int(a), as_int(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        (Some(a), None) => int_and_float(a, as_float(b)?),
        (None, Some(b)) => int_and_float(b, as_float(a)?).map(Ordering::reverse),
        (None, None) => as_float(a)?.partial_cmp(&as_float(b)?),
    })
}

/// Returns the order of an integer and a float, which may be too small for all digits of the integer.
fn int_and_float(int: i64, float: f64) -> Option<Ordering> {
    // The bounds are exact as floats.
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    match float {
        _ if float.is_nan() => None,
        _ if float >= BEYOND => Some(Ordering::Less),
        _ if float < -BEYOND => Some(Ordering::Greater),
        _ => {
            let whole = int.cmp(&(float.trunc() as i64));
            Some(whole.then(0.0_f64.partial_cmp(&float.fract())?))
        }
    }
}

/// Returns the error for a comparison that two values do not have.
pub(in crate::stdlib) fn no_order(symbol: &str, a: &Dynamic, b: &Dynamic) -> Failure {
    let (a, b) = (type_name(a), type_name(b));
    let text = format!("'{symbol}' not supported between instances of '{a}' and '{b}'");
    raise("TypeError", text)
}

/// Returns whether `a` and `b` are in the order that a comparison asks for.
pub(super) fn ordered(
    context: &NativeCallContext,
    symbol: &str,
    a: &Dynamic,
    b: &Dynamic,
) -> Result<bool, Failure> {
    if let Some(order) = numbers(a, b) {
        return Ok(test(symbol)(order));
    }
    if let (Some(a), Some(b)) = (as_string(a), as_string(b)) {
        return Ok(test(symbol)(Some(a.cmp(&b))));
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Array>(), b.read_lock::<Array>()) {
        let pairs = a.iter().zip(b.iter());
        let mut differ = pairs.filter(|(a, b)| !equal(context, a, b));
        return match differ.next() {
            Some((a, b)) => ordered(context, symbol, a, b),
            None => Ok(test(symbol)(Some(a.len().cmp(&b.len())))),
        };
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Blob>(), b.read_lock::<Blob>()) {
        return Ok(test(symbol)(Some(a.cmp(&b))));
    }
    match a.is_variant() || b.is_variant() {
        true => of_own_types(context, symbol, a, b),
        false => Err(no_order(symbol, a, b)),
    }
}

/// The order of values of which at least one has a type of its own.
fn of_own_types(
    context: &NativeCallContext,
    symbol: &str,
    a: &Dynamic,
    b: &Dynamic,
) -> Result<bool, Failure> {
    let (mirrored, opposite) = match symbol {
        "<" => (">", ">="),
        "<=" => (">=", ">"),
        ">" => ("<", "<="),
        _ => ("<=", "<"),
    };
    let known = || match by_engine(context, symbol, a, b) {
        Err(error) if is_missing(&error) => by_engine(context, mirrored, b, a),
        known => known,
    };
    let (known, native) = last_resolved(known);
    match known {
        Err(error) if is_missing(&error) => Err(no_order(symbol, a, b)),
        // Rhai says "no" to both where two types have no order. An operator of ours is not asked twice: it may call functions of a script.
        Ok(false)
            if native.is_none()
                && a.type_id() != b.type_id()
                && !by_engine(context, opposite, a, b)? =>
        {
            Err(no_order(symbol, a, b))
        }
        known => known,
    }
}

fn is_missing(error: &Failure) -> bool {
    matches!(**error, EvalAltResult::ErrorFunctionNotFound(..))
}

/// Returns the result of the engine's operator.
fn by_engine(
    context: &NativeCallContext,
    operator: &str,
    a: &Dynamic,
    b: &Dynamic,
) -> Result<bool, Failure> {
    let (mut a, mut b) = (a.clone(), b.clone());
    let result = context.call_native_fn_raw(operator, true, &mut [&mut a, &mut b])?;
    Ok(truth(&result))
}
