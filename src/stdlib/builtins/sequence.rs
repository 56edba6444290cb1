//! Functions over sequences: `sorted sum min max any all enumerate zip reversed map filter list tuple set dict`.
//!
//! Where Python gives an iterator, scripts get a list.

use rhai::{Array, Dynamic, FnPtr, Map};

use super::arithmetic::{by_engine, unsupported};
use super::compare::{equal, greater, less};
use super::iterate::items;
use super::iterator::Iter;
use super::lazy::Lazy;
use super::number::too_large;
use super::sorting::in_order;
use crate::script::{Call, Failure, Handler, Outcome, Registry, memory, raise, truth, type_name};
use crate::text::{as_int, as_string};

pub(super) fn register(registry: &mut Registry) {
    let list: Handler = |call| {
        if call.has(0) {
            items_of(call, 0).map(Dynamic::from)
        } else {
            Ok(Array::new().into())
        }
    };
    registry.function("list", &["iterable?", "/"], list);
    registry.function("tuple", &["iterable?", "/"], list);
    registry.function("set", &["iterable?", "/"], set);
    registry.function("dict", &["entries?", "/"], dict);
    registry.function("sorted", &["iterable", "key?", "reverse?"], sorted);
    registry.function("reversed", &["sequence"], |call| {
        let mut items = items_of(call, 0)?;
        items.reverse();
        Ok(items.into())
    });
    registry.function("sum", &["iterable", "start?"], sum);
    registry.function("min", &["*args"], |call| extreme(call, false));
    registry.function("max", &["*args"], |call| extreme(call, true));
    let (int, float) = (std::any::TypeId::of::<i64>(), std::any::TypeId::of::<f64>());
    // Rhai's own forms make a float of both.
    for mixed in [[int, float], [float, int]] {
        registry.exactly("min", &mixed, &["*args"], |call| extreme(call, false));
        registry.exactly("max", &mixed, &["*args"], |call| extreme(call, true));
    }
    registry.function("any", &["iterable"], |call| first(call, true));
    registry.function("all", &["iterable"], |call| first(call, false));
    registry.function("enumerate", &["iterable", "start?"], enumerate);
    registry.function("zip", &["*iterables"], |call| {
        call.keywords_only_if(&["strict"]);
        let strict = call.keyword("strict").is_some_and(|flag| truth(&flag));
        let rows = columns(call, 0, strict)?;
        if strict && rows.windows(2).any(|pair| pair[0].len() != pair[1].len()) {
            let text = "zip() arguments have different lengths";
            return Err(raise("ValueError", text));
        }
        Ok(transposed(rows)
            .into_iter()
            .map(Dynamic::from)
            .collect::<Array>()
            .into())
    });
    registry.function("map", &["function", "*iterables"], map);
    // Optional, or a failing `list.filter(f)` of Rhai's would be explained as a call of this one.
    registry.function("filter", &["function", "iterable?"], filter);
}

fn items_of(call: &mut Call<'_>, index: usize) -> Result<Array, Failure> {
    let value = call.value(index);
    items(call, value)
}

/// `set(x)`: a list of the different items, in the order they first came.
fn set(call: &mut Call<'_>) -> Outcome {
    let mut different = Array::new();
    if call.has(0) {
        for item in items_of(call, 0)? {
            call.check_interrupts()?;
            if !different
                .iter()
                .any(|other| equal(call.context, other, &item))
            {
                different.push(item);
            }
        }
    }
    Ok(different.into())
}

/// `dict()`, `dict(map)`, `dict([[key, value], …])`.
fn dict(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    if value.is_unit() {
        return Ok(Map::new().into());
    }
    if value.is_map() {
        return Ok(value);
    }
    let pairs = items(call, value)?;
    entries(call, pairs).map(Dynamic::from)
}

/// Returns a dict of pairs of key and value.
pub(super) fn entries(call: &Call<'_>, pairs: Array) -> Result<Map, Failure> {
    let pairs = pairs_of(call, pairs)?.into_iter();
    Ok(pairs
        .map(|(key, value)| (call.str(&key).into(), value))
        .collect())
}

/// Items that are sequences of two, a key and a value each.
pub(in crate::stdlib) fn pairs_of(
    call: &Call<'_>,
    all: Array,
) -> Result<Vec<(Dynamic, Dynamic)>, Failure> {
    let pair = |(index, pair)| {
        let pair = items(call, pair).map_err(|_| {
            let text =
                format!("cannot convert dictionary update sequence element #{index} to a sequence");
            raise("TypeError", text)
        })?;
        let [key, value] = pair.as_slice() else {
            let length = pair.len();
            let text = format!(
                "dictionary update sequence element #{index} has length {length}; 2 is required"
            );
            return Err(raise("ValueError", text));
        };
        Ok((key.clone(), value.clone()))
    };
    all.into_iter().enumerate().map(pair).collect()
}

/// `sorted(iterable, key=None, reverse=False)`.
fn sorted(call: &mut Call<'_>) -> Outcome {
    let items = items_of(call, 0)?;
    let key = key_function(call, 1)?;
    let reverse = call.bool_or(2, false);
    in_order(call, items, key.as_ref(), reverse).map(Dynamic::from)
}

/// Returns a function argument that may be left out.
pub(in crate::stdlib) fn key_function(
    call: &mut Call<'_>,
    index: usize,
) -> Result<Option<FnPtr>, Failure> {
    let given = call.given(index);
    given.map(|value| as_function(call, &value)).transpose()
}

/// Returns the function that a value is, of an object its `__call__`.
///
/// # Errors
/// `TypeError` for what cannot be called.
pub(in crate::stdlib) fn as_function(call: &Call<'_>, value: &Dynamic) -> Result<FnPtr, Failure> {
    let found = type_name(value);
    call.callable(value)
        .ok_or_else(|| raise("TypeError", format!("'{found}' object is not callable")))
}

/// How many integers are added up between two looks for signals.
const PIECE: usize = 64;

/// `sum(iterable, start=0)`.
fn sum(call: &mut Call<'_>) -> Outcome {
    let items = items_of(call, 0)?;
    let mut total = if call.has(1) {
        call.value(1)
    } else {
        Dynamic::from_int(0)
    };
    if as_string(&total).is_some() {
        let text = "sum() can't sum strings [use ''.join(seq) instead]";
        return Err(raise("TypeError", text));
    }
    let mut summed = 0;
    // A sum of integers may be beyond 64 bits on its way.
    if let Some(start) = as_int(&total) {
        let mut whole = i128::from(start);
        for piece in items.chunks(PIECE) {
            call.check_interrupts()?;
            let before = summed;
            for number in piece.iter().map_while(as_int) {
                whole = whole.saturating_add(number.into());
                summed += 1;
            }
            if summed - before < piece.len() {
                break;
            }
        }
        total = match i64::try_from(whole) {
            Ok(whole) => Dynamic::from_int(whole),
            Err(_) if items.get(summed).is_some_and(Dynamic::is_float) => (whole as f64).into(),
            Err(_) => {
                // Python has no limit, and fails at what cannot be added to a number.
                return Err(match items.get(summed) {
                    Some(next) if is_no_number(next) => {
                        unsupported("+", &Dynamic::from_int(0), next)
                    }
                    _ => too_large(&whole.to_string()),
                });
            }
        };
    }
    for item in items.into_iter().skip(summed) {
        call.check_interrupts()?;
        total = add(call, total, item)?;
    }
    Ok(total)
}

/// Returns whether a value can certainly not be added to a number.
fn is_no_number(value: &Dynamic) -> bool {
    as_string(value).is_some() || value.is_unit() || value.is_array() || value.is_map()
}

/// Returns the sum of two values.
///
/// # Errors
/// `TypeError` for values that cannot be added, `OverflowError` beyond 64 bits.
pub(in crate::stdlib) fn add(call: &Call<'_>, a: Dynamic, b: Dynamic) -> Outcome {
    if let (Some(a), Some(b)) = (as_int(&a), as_int(&b)) {
        let sum = a.checked_add(b);
        return sum
            .map(Dynamic::from_int)
            .ok_or_else(|| too_large(&(i128::from(a) + i128::from(b)).to_string()));
    }
    // Rhai joins anything to a string; Python does not.
    if as_string(&a).is_some() != as_string(&b).is_some() {
        return Err(unsupported("+", &a, &b));
    }
    by_engine(call, "+", &a, &b)
}

/// `min` and `max` of one iterable or of several values, with `key` and `default`.
fn extreme(call: &mut Call<'_>, largest: bool) -> Outcome {
    call.keywords_only_if(&["key", "default"]);
    let name = call.name();
    let mut candidates = call.rest(0);
    if candidates.is_empty() {
        let text = format!("{name} expected at least 1 argument, got 0");
        return Err(raise("TypeError", text));
    }
    if candidates.len() == 1 {
        candidates = items(call, candidates.remove(0))?;
    }
    let key = call.keyword("key").filter(|key| !key.is_unit());
    let key = key.map(|key| as_function(call, &key)).transpose()?;
    let default = call.keyword("default");
    let mut best: Option<(Dynamic, Dynamic)> = None;
    for item in candidates {
        call.check_interrupts()?;
        let rank = match &key {
            Some(key) => call.call(key, vec![item.clone()])?,
            None => item.clone(),
        };
        let better = match &best {
            None => true,
            Some((top, _)) if largest => greater(call.context, &rank, top)?,
            Some((top, _)) => less(call.context, &rank, top)?,
        };
        if better {
            best = Some((rank, item));
        }
    }
    best.map(|(_, item)| item).or(default).ok_or_else(|| {
        let text = format!("{name}() arg is an empty sequence");
        raise("ValueError", text)
    })
}

/// `enumerate(iterable, start=0)`: pairs of number and item.
fn enumerate(call: &mut Call<'_>) -> Outcome {
    let items = items_of(call, 0)?;
    let start = call.int_or(1, 0)?;
    let pairs = (0..).zip(items).map(|(index, item)| {
        let number = start.checked_add(index);
        let number = number
            .ok_or_else(|| too_large(&(i128::from(start) + i128::from(index)).to_string()))?;
        Ok(vec![Dynamic::from_int(number), item].into())
    });
    Ok(pairs.collect::<Result<Array, Failure>>()?.into())
}

/// `any(iterable)`, `all(iterable)`: the first item that is `wanted` decides.
fn first(call: &mut Call<'_>, wanted: bool) -> Outcome {
    let value = call.value(0);
    let mut items = Lazy::of(call, value)?;
    while let Some(item) = items.next() {
        call.check_interrupts()?;
        if truth(&item?) == wanted {
            return Ok(wanted.into());
        }
    }
    Ok((!wanted).into())
}

/// Returns the items of each argument from `index` on: of iterators as many as the shortest of the others has, or of all if `is_strict`.
fn columns(call: &mut Call<'_>, index: usize, is_strict: bool) -> Result<Vec<Array>, Failure> {
    let given = call.rest(index);
    if is_strict || !given.iter().any(Dynamic::is::<Iter>) {
        return given.into_iter().map(|value| items(call, value)).collect();
    }
    let mut columns = vec![Array::new(); given.len()];
    let given = given.into_iter().map(|value| Lazy::of(call, value));
    let mut sources = given.collect::<Result<Vec<Lazy>, Failure>>()?;
    loop {
        for (source, column) in sources.iter_mut().zip(&mut columns) {
            call.check_interrupts()?;
            match source.next() {
                None => return Ok(columns),
                Some(item) => {
                    memory::for_one_more(call, column)?;
                    column.push(item?);
                }
            }
        }
    }
}

/// Returns the first items of all columns, the second ones, … as far as the shortest goes.
fn transposed(columns: Vec<Array>) -> Vec<Array> {
    let shortest = columns.iter().map(Vec::len).min().unwrap_or(0);
    let mut rows = vec![Array::new(); shortest];
    for column in columns {
        for (row, item) in rows.iter_mut().zip(column) {
            row.push(item);
        }
    }
    rows
}

/// `map(function, *iterables)`.
fn map(call: &mut Call<'_>) -> Outcome {
    call.keywords_only_if(&[]);
    let function = call.value(0);
    let function = as_function(call, &function)?;
    let columns = columns(call, 1, false)?;
    if columns.is_empty() {
        let text = "map() must have at least two arguments.";
        return Err(raise("TypeError", text));
    }
    let mut results = Array::new();
    for row in transposed(columns) {
        results.push(call.call(&function, row)?);
    }
    Ok(results.into())
}

/// `filter(function, iterable)`; without a function, what is true.
fn filter(call: &mut Call<'_>) -> Outcome {
    if !call.has(1) {
        let text = "filter expected 2 arguments, got 1";
        return Err(raise("TypeError", text));
    }
    let function = key_function(call, 0)?;
    let mut kept = Array::new();
    for item in items_of(call, 1)? {
        let keep = match &function {
            Some(function) => truth(&call.call(function, vec![item.clone()])?),
            None => truth(&item),
        };
        if keep {
            kept.push(item);
        }
    }
    Ok(kept.into())
}
