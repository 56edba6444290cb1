//! Python's equality and order of any two values, and sorting by it.

use std::cmp::Ordering;

use rhai::{Array, Blob, Dynamic, Map, NativeCallContext};

use crate::script::{Failure, raise, type_name};
use crate::text::{as_float, as_int, as_string};

/// `a == b`: by value; types that have nothing in common are never equal.
pub(crate) fn equal(context: &NativeCallContext, a: &Dynamic, b: &Dynamic) -> bool {
    if let (Some(a), Some(b)) = (as_int(a), as_int(b)) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (as_float(a), as_float(b)) {
        return a == b;
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
    order(context, a, b)?.ok_or_else(|| no_order("<", a, b))
}

/// `a > b`; errors as those of [`less`].
pub(in crate::stdlib) fn greater(
    context: &NativeCallContext,
    a: &Dynamic,
    b: &Dynamic,
) -> Result<bool, Failure> {
    order(context, b, a)?.ok_or_else(|| no_order(">", a, b))
}

fn no_order(operator: &str, a: &Dynamic, b: &Dynamic) -> Failure {
    let (a, b) = (type_name(a), type_name(b));
    let text = format!("'{operator}' not supported between instances of '{a}' and '{b}'");
    raise("TypeError", text)
}

/// Returns whether `a` comes before `b`; `None` where there is no order between such values.
fn order(context: &NativeCallContext, a: &Dynamic, b: &Dynamic) -> Result<Option<bool>, Failure> {
    if let (Some(a), Some(b)) = (as_int(a), as_int(b)) {
        return Ok(Some(a < b));
    }
    if let (Some(a), Some(b)) = (as_float(a), as_float(b)) {
        return Ok(Some(a < b));
    }
    if let (Some(a), Some(b)) = (as_string(a), as_string(b)) {
        return Ok(Some(a < b));
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Array>(), b.read_lock::<Array>()) {
        for (a, b) in a.iter().zip(b.iter()) {
            if !equal(context, a, b) {
                return less(context, a, b).map(Some);
            }
        }
        return Ok(Some(a.len() < b.len()));
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Blob>(), b.read_lock::<Blob>()) {
        return Ok(Some(a.cmp(&b) == Ordering::Less));
    }
    // Rhai answers "no" where it knows no order; its own types have none with others.
    let custom = a.is_variant() && b.is_variant();
    Ok(custom.then(|| ask(context, "<", a, b)).flatten())
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

/// Sorts stably: equal items keep their order, whichever way round.
///
/// The standard library's sort wants an order without contradictions; a script's may have them (NaN).
pub(in crate::stdlib) fn sort<T: Clone>(
    items: &mut Vec<T>,
    reverse: bool,
    mut less: impl FnMut(&T, &T) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut width = 1;
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        for pair in items.chunks(width * 2) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let ([a, rest_left @ ..], [b, rest_right @ ..]) = (left, right) {
                let right_first = if reverse { less(a, b)? } else { less(b, a)? };
                if right_first {
                    merged.push(b.clone());
                    right = rest_right;
                } else {
                    merged.push(a.clone());
                    left = rest_left;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        *items = merged;
        width *= 2;
    }
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
