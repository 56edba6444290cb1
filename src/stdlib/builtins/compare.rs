//! Python's equality and order of any two values.

use std::cmp::Ordering;

use rhai::{Array, Blob, Dynamic, Map, NativeCallContext};

use crate::script::{Failure, raise, type_name};
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
    ask(context, "==", a, b).unwrap_or(false)
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
    order(context, a, b, Ordering::Less)
}

/// `a > b`; errors as those of [`less`].
pub(in crate::stdlib) fn greater(
    context: &NativeCallContext,
    a: &Dynamic,
    b: &Dynamic,
) -> Result<bool, Failure> {
    order(context, a, b, Ordering::Greater)
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

fn no_order(wanted: Ordering, a: &Dynamic, b: &Dynamic) -> Failure {
    let operator = if wanted.is_lt() { '<' } else { '>' };
    let (a, b) = (type_name(a), type_name(b));
    let text = format!("'{operator}' not supported between instances of '{a}' and '{b}'");
    raise("TypeError", text)
}

/// Returns whether `a` and `b` are in the order `wanted`.
fn order(
    context: &NativeCallContext,
    a: &Dynamic,
    b: &Dynamic,
    wanted: Ordering,
) -> Result<bool, Failure> {
    if let Some(order) = numbers(a, b) {
        return Ok(order == Some(wanted));
    }
    if let (Some(a), Some(b)) = (as_string(a), as_string(b)) {
        return Ok(a.cmp(&b) == wanted);
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Array>(), b.read_lock::<Array>()) {
        for (a, b) in a.iter().zip(b.iter()) {
            if !equal(context, a, b) {
                return order(context, a, b, wanted);
            }
        }
        return Ok(a.len().cmp(&b.len()) == wanted);
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Blob>(), b.read_lock::<Blob>()) {
        return Ok(a.cmp(&b) == wanted);
    }
    // Rhai answers "no" where it knows no order; its own types have none with others.
    let custom = a.is_variant() && b.is_variant();
    let (first, second) = if wanted.is_lt() { (a, b) } else { (b, a) };
    let answer = custom.then(|| ask(context, "<", first, second)).flatten();
    answer.ok_or_else(|| no_order(wanted, a, b))
}

/// Returns the result of the engine's operator, if there is one for these types.
fn ask(context: &NativeCallContext, operator: &str, a: &Dynamic, b: &Dynamic) -> Option<bool> {
    let (mut a, mut b) = (a.clone(), b.clone());
    context
        .call_native_fn_raw(operator, true, &mut [&mut a, &mut b])
        .ok()?
        .as_bool()
        .ok()
}
