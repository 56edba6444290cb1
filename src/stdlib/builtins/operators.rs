//! Operators that Python has and Rhai lacks: `"%s" % x`, `"*" * 3`, `[0] * 3`.

use std::any::TypeId;

use rhai::{Array, Blob, Dynamic, ImmutableString};

use super::compare::ordered;
use super::convert::text_failure;
use crate::script::{Call, Failure, Handler, Outcome, Registry, memory};
use crate::text;
use crate::text::{as_int, as_string};

pub(super) fn register(registry: &mut Registry) {
    let string = TypeId::of::<ImmutableString>();
    let (any, int) = (TypeId::of::<Dynamic>(), TypeId::of::<i64>());
    for text in [string, TypeId::of::<char>()] {
        registry.exactly("%", &[text, any], &["format", "args"], percent);
    }
    for repeated in [
        string,
        TypeId::of::<char>(),
        TypeId::of::<Array>(),
        TypeId::of::<Blob>(),
    ] {
        registry.exactly("*", &[repeated, int], &["value", "count"], |call| {
            let (value, count) = (call.value(0), call.value(1));
            repeat(call, value, &count)
        });
        registry.exactly("*", &[int, repeated], &["count", "value"], |call| {
            let (count, value) = (call.value(0), call.value(1));
            repeat(call, value, &count)
        });
    }
    comparisons(registry);
}

/// The orders of two values: the operator, its name as a function, and what it does.
pub(in crate::stdlib) const ORDERS: [(&str, &str, Handler); 4] = [
    ("<", "lt", |call| order(call, "<")),
    (">", "gt", |call| order(call, ">")),
    ("<=", "le", |call| order(call, "<=")),
    (">=", "ge", |call| order(call, ">=")),
];

fn order(call: &mut Call<'_>, symbol: &str) -> Outcome {
    let (a, b) = (call.value(0), call.value(1));
    ordered(call.context, symbol, &a, &b).map(Dynamic::from)
}

/// `[1, 2] < [1, 3]`: Rhai has no order of lists and bytes.
fn comparisons(registry: &mut Registry) {
    for compared in [TypeId::of::<Array>(), TypeId::of::<Blob>()] {
        for (operator, _, handler) in ORDERS {
            registry.exactly(operator, &[compared; 2], &["a", "b"], handler);
        }
    }
}

/// How many copies of one item are made between two checks for interrupts.
const AT_ONCE: usize = 4096;

/// `"%s has %d" % [name, count]`.
fn percent(call: &mut Call<'_>) -> Outcome {
    let (format, args) = (call.string(0)?, call.value(1));
    if let Some(text) = text::simple_percent(&format, &args) {
        return Ok(ImmutableString::from(text).into());
    }
    memory::for_strings_of(call, [&args])?;
    text::percent(&format, &args, &|v| Some(call.str(v)))
        .map(Dynamic::from)
        .map_err(text_failure)
}

fn repeat(call: &mut Call<'_>, value: Dynamic, count: &Dynamic) -> Outcome {
    let count = usize::try_from(as_int(count).unwrap_or(0)).unwrap_or(0);
    if let Some(text) = as_string(&value) {
        memory::for_string(call, text.len().saturating_mul(count))?;
        return Ok(text.repeat(count).into());
    }
    if let Some(bytes) = value.read_lock::<Blob>() {
        memory::for_bytes(call, bytes.len().saturating_mul(count))?;
        return Ok(Dynamic::from_blob(bytes.repeat(count)));
    }
    let items = value.into_array().unwrap_or_default();
    repeated(call, &items, count).map(Dynamic::from)
}

/// Returns the items of a list, repeated.
///
/// # Errors
/// When that is too long, as [`memory::for_items`].
pub(in crate::stdlib) fn repeated(
    call: &Call<'_>,
    items: &[Dynamic],
    count: usize,
) -> Result<Array, Failure> {
    let length = items.len().saturating_mul(count);
    memory::for_items(call, length)?;
    for item in items {
        memory::for_copies(call, item, count)?;
    }
    let mut all = Array::with_capacity(length);
    // Nothing, however often: the loop would be as long as the count.
    if let [item] = items
        && !item.is_array()
        && !item.is_map()
    {
        while all.len() < count {
            call.check_interrupts()?;
            all.resize(count.min(all.len() + AT_ONCE), item.clone());
        }
    } else if !items.is_empty() {
        for _ in 0..count {
            call.check_interrupts()?;
            all.extend_from_slice(items);
        }
    }
    Ok(all)
}
