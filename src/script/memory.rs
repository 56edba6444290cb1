//! Asks for free memory before a native makes a value whose size the script decides: a failed allocation would end the process.
//!
//! All functions here return `MemoryError` when there is too little, and `RuntimeError` above a limit of the script.

use rhai::{Array, Blob, Dynamic, ImmutableString, Map};

use crate::script::call::Call;
use crate::script::exceptions::{Failure, raise};
use crate::script::limits::{LIST, STRING, within};
use crate::sys::alloc::may_allocate;
use crate::sys::quota::{SMALL, is_free};

/// Bytes of a list's item.
const ITEM: usize = size_of::<Dynamic>();

/// Bytes of a dict's entry besides its value: its key, and its part of a node.
const ENTRY: usize = 32;

/// Levels of nesting that a string shows at most; deeper ones show as `...` or are errors.
const SHOWN: usize = 1000;

/// Memory for a string.
pub(crate) fn for_string(call: &Call<'_>, bytes: usize) -> Result<(), Failure> {
    let limit = call.interp.settings.limits.of_string_bytes();
    within(limit, bytes, STRING)?;
    check(bytes, || format!("{bytes} bytes"))
}

/// Memory for bytes, within the limit of lists.
pub(crate) fn for_bytes(call: &Call<'_>, bytes: usize) -> Result<(), Failure> {
    let limit = call.interp.settings.limits.of_array_items();
    within(limit, bytes, LIST)?;
    check(bytes, || format!("{bytes} bytes"))
}

/// Memory for a list.
pub(crate) fn for_items(call: &Call<'_>, items: usize) -> Result<(), Failure> {
    let limit = call.interp.settings.limits.of_array_items();
    within(limit, items, LIST)?;
    let bytes = items.saturating_mul(ITEM);
    check(bytes, || format!("a list of {items} items"))
}

/// Returns whether there is memory for a list of this length.
#[cfg(feature = "compile")]
pub(crate) fn has_space_for_items(items: usize) -> bool {
    let bytes = items.saturating_mul(ITEM);
    (bytes < SMALL || may_allocate(bytes)) && is_free(bytes)
}

/// Memory for a list of copies of a value.
pub(crate) fn for_copies(call: &Call<'_>, value: &Dynamic, count: usize) -> Result<(), Failure> {
    for_items(call, count)?;
    let bytes = weight(value).saturating_mul(count);
    check(bytes, || format!("{count} copies of that item"))
}

/// Memory for one more item of a list that grows.
pub(crate) fn for_one_more(call: &Call<'_>, list: &Array) -> Result<(), Failure> {
    let limit = call.interp.settings.limits.of_array_items();
    within(limit, list.len() + 1, LIST)?;
    if list.len() < list.capacity() {
        return Ok(());
    }
    let items = list.len().saturating_mul(2);
    check(items.saturating_mul(ITEM), || {
        format!("a list of {items} items")
    })
}

/// Memory for one more of the items that an iterator keeps, of which it has `count` and room for `capacity`.
pub(crate) fn for_kept(count: usize, capacity: usize) -> Result<(), Failure> {
    if count < capacity {
        return Ok(());
    }
    let items = count.saturating_mul(2);
    check(items.saturating_mul(ITEM), || format!("{items} items"))
}

/// Memory for a string that grows by a number of bytes.
pub(crate) fn for_longer(call: &Call<'_>, string: &String, more: usize) -> Result<(), Failure> {
    let length = string.len().saturating_add(more);
    let limit = call.interp.settings.limits.of_string_bytes();
    within(limit, length, STRING)?;
    if length <= string.capacity() {
        return Ok(());
    }
    let bytes = length.max(string.capacity().saturating_mul(2));
    check(bytes, || format!("{bytes} bytes"))
}

/// Memory for a compiled pattern.
#[cfg(feature = "re")]
pub(crate) fn for_pattern(bytes: usize) -> Result<(), Failure> {
    check(bytes, || "a pattern".into())
}

/// Memory for the strings that show values.
pub(crate) fn for_strings_of<'v>(
    call: &Call<'_>,
    values: impl IntoIterator<Item = &'v Dynamic>,
) -> Result<(), Failure> {
    let lengths = values.into_iter().map(|value| shown_length(value, 0));
    match lengths.fold(0, usize::saturating_add) {
        small if small < SMALL => Ok(()),
        bytes => for_string(call, bytes),
    }
}

/// Returns whether there is memory for the string that shows a value.
pub(crate) fn fits_string_of(value: &Dynamic) -> bool {
    is_free(shown_length(value, 0))
}

/// Memory for a value as a message, whatever it is sent through.
pub(crate) fn for_message(value: &Dynamic) -> Result<(), Failure> {
    let bytes = shown_length(value, 0);
    check(bytes, || format!("a message of {bytes} bytes"))
}

/// Memory for bytes that another program sends.
pub(crate) fn for_received(bytes: usize) -> Result<(), Failure> {
    check(bytes, || format!("a message of {bytes} bytes"))
}

/// Memory for what Rhai's operators may make of a variable: a copy of its value, or twice as much. `s += s` copies a string, and then
/// moves the copy to a buffer of up to three times the size.
#[inline]
pub(crate) fn to_grow(value: &Dynamic) -> Result<(), Failure> {
    let bytes = if value.is_string() {
        let string = value.read_lock::<ImmutableString>();
        string.map_or(0, |string| string.len().saturating_mul(2))
    } else if value.is_array() {
        let items = value.read_lock::<Array>();
        items.map_or(0, |items| items.len().saturating_mul(ITEM))
    } else if value.is_blob() {
        value.read_lock::<Blob>().map_or(0, |bytes| bytes.len())
    } else {
        0
    };
    // Not within the script's limit: most operations make nothing of that size.
    match bytes < SMALL || is_free(bytes) {
        true => Ok(()),
        false => Err(too_little(&format!(
            "operations that may take {bytes} bytes"
        ))),
    }
}

fn check(bytes: usize, what: impl FnOnce() -> String) -> Result<(), Failure> {
    // A script that is above its limit needs a little to make room.
    let is_within = bytes < SMALL || may_allocate(bytes);
    match is_within && is_free(bytes) {
        true => Ok(()),
        false => Err(too_little(&what())),
    }
}

fn too_little(what: &str) -> Failure {
    raise("MemoryError", format!("not enough memory for {what}"))
}

/// Bytes of a copy of a value: strings are not copied, lists and dicts are.
fn weight(value: &Dynamic) -> usize {
    let inside = if let Some(items) = value.read_lock::<Array>() {
        items.iter().map(weight).fold(0, usize::saturating_add)
    } else if let Some(entries) = value.read_lock::<Map>() {
        let values = entries.values();
        let weights = values.map(|value| ENTRY.saturating_add(weight(value)));
        weights.fold(0, usize::saturating_add)
    } else {
        value.read_lock::<Blob>().map_or(0, |bytes| bytes.len())
    };
    inside.saturating_add(ITEM)
}

#[inline]
fn is_number(value: &Dynamic) -> bool {
    value.is_int() || value.is_float()
}

/// Returns the least length of the string that shows a value.
fn shown_length(value: &Dynamic, depth: usize) -> usize {
    if depth > SHOWN || is_number(value) {
        return 0;
    }
    let of = |value: &Dynamic| shown_length(value, depth + 1).saturating_add(2);
    if let Some(string) = value.read_lock::<ImmutableString>() {
        string.len()
    } else if let Some(items) = value.read_lock::<Array>() {
        items.iter().map(of).fold(0, usize::saturating_add)
    } else if let Some(entries) = value.read_lock::<Map>() {
        let lengths = entries
            .iter()
            .map(|(key, value)| of(value).saturating_add(key.len()));
        lengths.fold(0, usize::saturating_add)
    } else {
        value.read_lock::<Blob>().map_or(0, |bytes| bytes.len())
    }
}
