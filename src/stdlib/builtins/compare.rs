//! Python's equality and order of any two values, and sorting by it.

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

/// Returns the order of an integer and a float, which may have no room for all digits of the integer.
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

/// Up to this many items are sorted by insertion.
const RUN: usize = 64;

/// Sorts stably: equal items keep their order, whichever way round.
///
/// The standard library's sort wants an order without contradictions; a script's may have them (NaN). Up to 63 items
/// are compared in the same pairs as by CPython, so that such an order, or a failing comparison, gives the same result.
pub(in crate::stdlib) fn sort<T: Clone>(
    items: &mut Vec<T>,
    reverse: bool,
    mut less: impl FnMut(&T, &T) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    if reverse {
        items.reverse();
    }
    let mut width = if items.len() < RUN { RUN } else { RUN / 2 };
    for run in items.chunks_mut(width) {
        insert_each(run, &mut less)?;
    }
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        for pair in items.chunks(width * 2) {
            merge(pair, width, &mut merged, &mut less)?;
        }
        *items = merged;
        width *= 2;
    }
    if reverse {
        items.reverse();
    }
    Ok(())
}

/// Sorts a few items: those that are in order at the start stay, the others are inserted.
fn insert_each<T>(
    items: &mut [T],
    less: &mut impl FnMut(&T, &T) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    if items.len() < 2 {
        return Ok(());
    }
    let falls = less(&items[1], &items[0])?;
    let mut sorted = 2;
    while sorted < items.len() && less(&items[sorted], &items[sorted - 1])? == falls {
        sorted += 1;
    }
    if falls {
        items[..sorted].reverse();
    }
    for next in sorted..items.len() {
        let (mut low, mut high) = (0, next);
        while low < high {
            let middle = low + (high - low) / 2;
            match less(&items[next], &items[middle])? {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        items[low..=next].rotate_right(1);
    }
    Ok(())
}

/// Appends the items of two sorted runs, the first `width` long.
fn merge<T: Clone>(
    pair: &[T],
    width: usize,
    merged: &mut Vec<T>,
    less: &mut impl FnMut(&T, &T) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let (mut left, mut right) = pair.split_at(width.min(pair.len()));
    while let ([a, rest_left @ ..], [b, rest_right @ ..]) = (left, right) {
        if less(b, a)? {
            merged.push(b.clone());
            right = rest_right;
        } else {
            merged.push(a.clone());
            left = rest_left;
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(items: &[(i32, char)], reverse: bool) -> Vec<(i32, char)> {
        let mut items = items.to_vec();
        sort(&mut items, reverse, |a, b| Ok(a.0 < b.0)).expect("no comparison fails");
        items
    }

    #[test]
    fn equal_items_keep_their_order_both_ways() {
        let items = [(2, 'a'), (1, 'b'), (2, 'c'), (1, 'd'), (0, 'e')];
        let up = [(0, 'e'), (1, 'b'), (1, 'd'), (2, 'a'), (2, 'c')];
        let down = [(2, 'a'), (2, 'c'), (1, 'b'), (1, 'd'), (0, 'e')];
        assert_eq!(sorted(&items, false), up);
        assert_eq!(sorted(&items, true), down);
    }

    #[test]
    fn an_order_with_contradictions_does_no_harm() {
        let mut items = [f64::NAN, 3.0, f64::NAN, 1.0, 2.0].repeat(40);
        sort(&mut items, false, |a, b| Ok(a < b)).expect("no comparison fails");
        assert_eq!(items.len(), 200);
    }

    #[test]
    fn a_failing_comparison_ends_the_sort() {
        let result = sort(&mut vec![1, 2, 3], false, |_, _| {
            Err(raise("TypeError", "no"))
        });
        assert!(result.is_err());
    }
}
