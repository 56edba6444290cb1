//! Operators Python has and Rhai has not: `"%s" % x`, `"*" * 3`, `[0] * 3`.

use std::any::TypeId;

use rhai::{Array, Blob, Dynamic, ImmutableString};

use super::convert::text_failure;
use super::number::as_int;
use crate::stdlib::Outcome;
use crate::stdlib::bind::Registry;
use crate::stdlib::call::{Call, Failure};
use crate::stdlib::exceptions::raise;
use crate::stdlib::text;
use crate::stdlib::values::as_text;

/// The most items or bytes a repetition makes: beyond that it is a mistake, not a wish.
const MOST: usize = 1 << 30;

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
}

/// `"%s has %d" % [name, count]`.
fn percent(call: &mut Call<'_>) -> Outcome {
    let (format, args) = (call.string(0)?, call.value(1));
    text::percent(&format, &args, &|v| Some(call.str(v)))
        .map(Dynamic::from)
        .map_err(text_failure)
}

/// How long `count` times something of a length is.
///
/// # Errors
/// `MemoryError` when that is too long.
pub(in crate::stdlib) fn repetition(length: usize, count: usize) -> Result<usize, Failure> {
    let total = length.checked_mul(count).filter(|total| *total <= MOST);
    total.ok_or_else(|| raise("MemoryError", "the repetition would be too long"))
}

fn repeat(_: &mut Call<'_>, value: Dynamic, count: &Dynamic) -> Outcome {
    let count = usize::try_from(as_int(count).unwrap_or(0)).unwrap_or(0);
    let fits = |length| repetition(length, count);
    if let Some(text) = as_text(&value) {
        fits(text.len())?;
        return Ok(text.repeat(count).into());
    }
    if let Some(bytes) = value.read_lock::<Blob>() {
        fits(bytes.len())?;
        return Ok(Dynamic::from_blob(bytes.repeat(count)));
    }
    let items = value.into_array().unwrap_or_default();
    let mut all = Array::with_capacity(fits(items.len())?);
    for _ in 0..count {
        all.extend(items.iter().cloned());
    }
    Ok(all.into())
}
