//! Sorting: by Python's order of values, by keys, and by any comparison that may fail.

use std::cmp::Ordering;

use rhai::{Array, Dynamic, FnPtr, ImmutableString};

use super::compare::less;
use crate::script::{Call, Failure};

/// Returns the items in the order of their keys, or of themselves.
///
/// # Errors
/// `TypeError` for items without an order between them, and whatever the function for the key throws.
pub(super) fn in_order(
    call: &Call<'_>,
    items: Array,
    key: Option<&FnPtr>,
    reverse: bool,
) -> Result<Array, Failure> {
    let Some(key) = key else {
        return by_key(call, items, reverse, |item| item);
    };
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        keyed.push((call.call(key, vec![item.clone()])?, item));
    }
    let sorted = by_key(call, keyed, reverse, |(key, _)| key)?;
    Ok(sorted.into_iter().map(|(_, item)| item).collect())
}

/// Sorts stably by keys. Keys of one simple type are compared without asking the engine.
///
/// # Errors
/// `TypeError` for keys without an order between them.
pub(in crate::stdlib) fn by_key<T>(
    call: &Call<'_>,
    mut items: Vec<T>,
    reverse: bool,
    key: impl Fn(&T) -> &Dynamic,
) -> Result<Vec<T>, Failure> {
    if let Some(ints) = all(&items, |item| key(item).as_int().ok()) {
        return Ok(by_simple_key(ints, items, reverse, i64::cmp));
    }
    if let Some(floats) = all(&items, |item| number(key(item))) {
        // No item is NaN. Zero and minus zero are equal, as in Python.
        let order = |a: &f64, b: &f64| a.partial_cmp(b).unwrap_or(Ordering::Equal);
        return Ok(by_simple_key(floats, items, reverse, order));
    }
    if let Some(strings) = all(&items, |item| string(key(item))) {
        return Ok(by_simple_key(strings, items, reverse, ImmutableString::cmp));
    }
    sort(&mut items, reverse, |a, b| {
        call.check_interrupts()?;
        less(call.context, key(a), key(b))
    })?;
    Ok(items)
}

/// Returns the keys of all items, if every item has one.
fn all<T, K>(items: &[T], key: impl Fn(&T) -> Option<K>) -> Option<Vec<K>> {
    items.iter().map(key).collect()
}

/// Returns a float that has a place in an order.
fn number(value: &Dynamic) -> Option<f64> {
    value.as_float().ok().filter(|float| !float.is_nan())
}

fn string(value: &Dynamic) -> Option<ImmutableString> {
    value
        .read_lock::<ImmutableString>()
        .map(|string| string.clone())
}

fn by_simple_key<K, T>(
    keys: Vec<K>,
    items: Vec<T>,
    reverse: bool,
    order: impl Fn(&K, &K) -> Ordering,
) -> Vec<T> {
    let mut keyed: Vec<_> = keys.into_iter().zip(items).collect();
    if reverse {
        keyed.sort_by(|(a, _), (b, _)| order(b, a));
    } else {
        keyed.sort_by(|(a, _), (b, _)| order(a, b));
    }
    keyed.into_iter().map(|(_, item)| item).collect()
}

/// Up to this many items are sorted by insertion.
const RUN: usize = 64;

/// Sorts stably: equal items keep their order, whichever way round.
///
/// The standard library's sort wants an order without contradictions; a script's may have them (NaN). Up to 63 items
/// are compared in the same pairs as by CPython, so that such an order, or a failing comparison, gives the same result.
///
/// # Errors
/// The first error of `less`; the items are then as they were.
pub(in crate::stdlib) fn sort<T>(
    items: &mut Vec<T>,
    reverse: bool,
    mut less: impl FnMut(&T, &T) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    // Places are sorted instead of items, which may be costly to copy.
    let mut places: Vec<usize> = (0..items.len()).collect();
    if reverse {
        places.reverse();
    }
    let mut before = |a: usize, b: usize| less(&items[a], &items[b]);
    let mut width = if items.len() < RUN { RUN } else { RUN / 2 };
    for run in places.chunks_mut(width) {
        insert_each(run, &mut before)?;
    }
    while width < places.len() {
        let mut merged = Vec::with_capacity(places.len());
        for pair in places.chunks(width * 2) {
            merge(pair, width, &mut merged, &mut before)?;
        }
        places = merged;
        width *= 2;
    }
    if reverse {
        places.reverse();
    }
    let mut from: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(places.into_iter().filter_map(|place| from[place].take()));
    Ok(())
}

/// Sorts the places of a few items: those that are in order at the start stay, the others are inserted.
fn insert_each(
    items: &mut [usize],
    less: &mut impl FnMut(usize, usize) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    if items.len() < 2 {
        return Ok(());
    }
    let falls = less(items[1], items[0])?;
    let mut sorted = 2;
    while sorted < items.len() && less(items[sorted], items[sorted - 1])? == falls {
        sorted += 1;
    }
    if falls {
        items[..sorted].reverse();
    }
    for next in sorted..items.len() {
        let (mut low, mut high) = (0, next);
        while low < high {
            let middle = low + (high - low) / 2;
            match less(items[next], items[middle])? {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        items[low..=next].rotate_right(1);
    }
    Ok(())
}

/// Appends the places of two sorted runs, the first `width` long.
fn merge(
    pair: &[usize],
    width: usize,
    merged: &mut Vec<usize>,
    less: &mut impl FnMut(usize, usize) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let (mut left, mut right) = pair.split_at(width.min(pair.len()));
    while let ([a, rest_left @ ..], [b, rest_right @ ..]) = (left, right) {
        if less(*b, *a)? {
            merged.push(*b);
            right = rest_right;
        } else {
            merged.push(*a);
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
    use crate::script::raise;

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
        let (keys, letters): (Vec<_>, Vec<_>) = items.into_iter().unzip();
        let simple = |reverse| by_simple_key(keys.clone(), letters.clone(), reverse, i32::cmp);
        assert_eq!(simple(false), up.map(|(_, letter)| letter));
        assert_eq!(simple(true), down.map(|(_, letter)| letter));
    }

    #[test]
    fn an_order_with_contradictions_does_no_harm() {
        let mut items = [f64::NAN, 3.0, f64::NAN, 1.0, 2.0].repeat(40);
        sort(&mut items, false, |a, b| Ok(a < b)).expect("no comparison fails");
        assert_eq!(items.len(), 200);
    }

    #[test]
    fn a_failing_comparison_ends_the_sort() {
        let mut items = vec![3, 1, 2];
        let result = sort(&mut items, false, |_, _| Err(raise("TypeError", "no")));
        assert!(result.is_err());
        assert_eq!(items, [3, 1, 2]);
    }
}
