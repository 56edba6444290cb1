//! `Counter`: how often each thing occurs.

use std::any::TypeId;

use rhai::{Array, Dynamic};

use super::key::Key;
use super::keyed::{functions, members, nothing_to_pop, shown, shown_entries, table};
use super::kinds::{Counter, mapping};
use super::table::{Entry, Table};
use crate::script::{Call, Failure, Handler, Outcome, Registry};
use crate::stdlib::builtins::compare::{equal, less};
use crate::stdlib::builtins::iterator::Iter;
use crate::stdlib::builtins::lazy::Lazy;
use crate::stdlib::builtins::sequence::add;
use crate::stdlib::builtins::sorting::by_key;
use crate::text::as_int;

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<Counter>("collections.Counter");
    class
        .by_parts(
            "collections.Counter",
            |_, counter: &Counter| Ok(counter.0.pairs()),
            |_, parts| Table::of_pairs(parts).map(Counter),
        )
        .index_getter(|call| {
            let key = Key::of(&call.value(0))?;
            Ok(table::<Counter>(call).get(&key).unwrap_or_else(zero))
        })
        .method("most_common", &["n?"], most_common)
        .method("elements", &[], elements)
        .method("total", &[], |call| {
            let entries = table::<Counter>(call).entries().into_iter();
            let mut counts = entries.map(|entry| entry.1);
            counts.try_fold(zero(), |sum, count| add(call, sum, count))
        })
        .method("update", &["iterable?", "/"], |call| {
            let (counter, more) = (table::<Counter>(call), call.given(0));
            count(call, &counter, more, false)?;
            Ok(Dynamic::UNIT)
        })
        .method("subtract", &["iterable?", "/"], |call| {
            let (counter, less) = (table::<Counter>(call), call.given(0));
            count(call, &counter, less, true)?;
            Ok(Dynamic::UNIT)
        })
        .method("popitem", &[], |call| {
            let entry = table::<Counter>(call).with(|entries| entries.pop());
            let (_, (key, value)) = entry.ok_or_else(nothing_to_pop)?;
            Ok(vec![key, value].into())
        })
        .repr(repr);
    members::<Counter>(&mut class);
    functions::<Counter>(registry);
    operators(registry);
}

fn zero() -> Dynamic {
    Dynamic::from_int(0)
}

/// `Counter(iterable)`, `Counter(map)`
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let (table, given) = (Table::default(), call.given(0));
    count(call, &table, given, false)?;
    Ok(Dynamic::from(Counter(table)))
}

/// Adds the counts of a dict, or counts the items of anything else; or subtracts them.
fn count(
    call: &Call<'_>,
    table: &Table,
    given: Option<Dynamic>,
    negated: bool,
) -> Result<(), Failure> {
    let Some(given) = given else {
        return Ok(());
    };
    let sign = |count: Dynamic| match negated {
        true => minus(call, zero(), count),
        false => Ok(count),
    };
    if let Some(entries) = mapping(&given) {
        for (key, count) in entries {
            let known = Key::of(&key)?;
            let sum = match table.get(&known) {
                Some(before) => add(call, before, sign(count)?)?,
                None => sign(count)?,
            };
            table.set(known, key, sum);
        }
        return Ok(());
    }
    let one = if negated { -1 } else { 1 };
    let mut items = Lazy::of(call, given)?;
    while let Some(item) = items.next() {
        call.check_interrupts()?;
        let item = item?;
        let key = Key::of(&item)?;
        table.make_room()?;
        table.with(|entries| {
            let (_, count) = &mut entries.entry(key).or_insert_with(|| (item, zero()));
            match count.as_float() {
                Ok(float) => *count = Dynamic::from_float(float + one as f64),
                Err(_) => {
                    let number = as_int(count).unwrap_or(0);
                    *count = Dynamic::from_int(number.saturating_add(one));
                }
            }
        });
    }
    Ok(())
}

fn minus(call: &Call<'_>, a: Dynamic, b: Dynamic) -> Outcome {
    match (as_int(&a), as_int(&b)) {
        (Some(a), Some(b)) => Ok(Dynamic::from_int(a.saturating_sub(b))),
        _ => crate::stdlib::builtins::arithmetic::by_engine(call, "-", &a, &b),
    }
}

/// Returns the entries, the largest count first; of equal counts in their order.
pub(super) fn ranked(call: &Call<'_>, table: &Table) -> Result<Vec<Entry>, Failure> {
    by_key(call, table.entries(), true, |(_, count)| count)
}

/// `most_common(n=None)`
fn most_common(call: &mut Call<'_>) -> Outcome {
    let most = match call.given(0) {
        None => usize::MAX,
        Some(most) => {
            let number = as_int(&most).ok_or_else(|| call.mismatch(0, "an integer", &most))?;
            usize::try_from(number).unwrap_or(0)
        }
    };
    let entries = ranked(call, &table::<Counter>(call))?.into_iter();
    let pairs = entries
        .take(most)
        .map(|(key, count)| vec![key, count].into());
    Ok(pairs.collect::<Array>().into())
}

/// `elements()`: each key as often as it was counted.
fn elements(call: &mut Call<'_>) -> Outcome {
    let mut entries = table::<Counter>(call).entries().into_iter();
    let (mut key, mut left) = (Dynamic::UNIT, 0);
    let iter = Iter::new(call.interp, "itertools.chain", move || {
        while left <= 0 {
            let (next, count) = entries.next()?;
            (key, left) = (next, as_int(&count).unwrap_or(0));
        }
        left -= 1;
        Some(Ok(key.clone()))
    });
    Ok(Dynamic::from(iter))
}

fn repr(call: &mut Call<'_>) -> Outcome {
    let table = table::<Counter>(call);
    if table.len() == 0 {
        return Ok("Counter()".into());
    }
    let entries = ranked(call, &table).unwrap_or_else(|_| table.entries());
    let inside = shown(table.address(), || shown_entries(call, &entries))?;
    Ok(format!("Counter({inside})").into())
}

/// `a + b`, `a - b`, `a | b`, `a & b`, which keep what is above 0; comparisons, for which what is missing is 0.
fn operators(registry: &mut Registry) {
    let this = TypeId::of::<Counter>();
    let joins: [(&'static str, Handler); 4] = [
        ("+", |call| joined(call, add)),
        ("-", |call| joined(call, minus)),
        ("|", |call| {
            joined(call, |call, a, b| {
                Ok(if less(call.context, &a, &b)? { b } else { a })
            })
        }),
        ("&", |call| {
            joined(call, |call, a, b| {
                Ok(if less(call.context, &a, &b)? { a } else { b })
            })
        }),
    ];
    for (operator, handler) in joins {
        registry.exactly(operator, &[this; 2], &["a", "b"], handler);
    }
    registry.exactly("+", &[this], &["a"], |call| positive(call, add));
    registry.exactly("-", &[this], &["a"], |call| positive(call, minus));
    let compares: [(&'static str, Handler); 6] = [
        ("==", |call| {
            every(call, |call, a, b| Ok(equal(call.context, a, b)))
        }),
        ("!=", |call| {
            let same = every(call, |call, a, b| Ok(equal(call.context, a, b)))?;
            Ok((!same.as_bool().unwrap_or(false)).into())
        }),
        ("<=", |call| {
            every(call, |call, a, b| Ok(!less(call.context, b, a)?))
        }),
        (">=", |call| {
            every(call, |call, a, b| Ok(!less(call.context, a, b)?))
        }),
        ("<", |call| strictly(call, false)),
        (">", |call| strictly(call, true)),
    ];
    for (operator, handler) in compares {
        registry.exactly(operator, &[this; 2], &["a", "b"], handler);
    }
}

/// Returns both operands.
fn operands(call: &mut Call<'_>) -> (Table, Table) {
    let of = |value: Dynamic| {
        let table = value
            .read_lock::<Counter>()
            .map(|counter| counter.0.clone());
        table.unwrap_or_default()
    };
    (of(call.value(0)), of(call.value(1)))
}

/// Returns the keys of both, each with both counts.
fn both(a: &Table, b: &Table) -> Vec<(Key, Dynamic, Dynamic, Dynamic)> {
    let of = |table: &Table, key: &Key| table.get(key).unwrap_or_else(zero);
    let keys = |table: &Table| {
        table.with(|entries| {
            let keys = entries
                .iter()
                .map(|(key, (shown, _))| (key.clone(), shown.clone()));
            keys.collect::<Vec<_>>()
        })
    };
    let mut all = keys(a);
    all.extend(keys(b).into_iter().filter(|(key, _)| a.get(key).is_none()));
    let counts = all.into_iter().map(|(key, shown)| {
        let (left, right) = (of(a, &key), of(b, &key));
        (key, shown, left, right)
    });
    counts.collect()
}

type Join = fn(&Call<'_>, Dynamic, Dynamic) -> Outcome;

fn joined(call: &mut Call<'_>, join: Join) -> Outcome {
    let (a, b) = operands(call);
    positives(call, both(&a, &b), join)
}

/// `+a`, `-a`
fn positive(call: &mut Call<'_>, join: Join) -> Outcome {
    let (a, _) = operands(call);
    let entries = both(&a, &Table::default()).into_iter();
    let swapped = entries.map(|(key, shown, count, zero)| (key, shown, zero, count));
    positives(call, swapped.collect(), join)
}

fn positives(
    call: &Call<'_>,
    entries: Vec<(Key, Dynamic, Dynamic, Dynamic)>,
    join: Join,
) -> Outcome {
    let table = Table::default();
    for (key, shown, a, b) in entries {
        let count = join(call, a, b)?;
        if less(call.context, &zero(), &count)? {
            table.set(key, shown, count);
        }
    }
    Ok(Dynamic::from(Counter(table)))
}

fn every(
    call: &mut Call<'_>,
    holds: fn(&Call<'_>, &Dynamic, &Dynamic) -> Result<bool, Failure>,
) -> Outcome {
    let (a, b) = operands(call);
    for (_, _, a, b) in both(&a, &b) {
        if !holds(call, &a, &b)? {
            return Ok(false.into());
        }
    }
    Ok(true.into())
}

/// `a < b`: nowhere more, and somewhere less.
fn strictly(call: &mut Call<'_>, swapped: bool) -> Outcome {
    let (a, b) = operands(call);
    let mut is_less = false;
    for (_, _, a, b) in both(&a, &b) {
        let (a, b) = if swapped { (b, a) } else { (a, b) };
        if less(call.context, &b, &a)? {
            return Ok(false.into());
        }
        is_less |= less(call.context, &a, &b)?;
    }
    Ok(is_less.into())
}
