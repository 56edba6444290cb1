//! Room for a value whose size a script decides: asked for before it is taken, since an allocation that fails ends the process.

use std::cell::Cell;

use rhai::{Array, Blob, Dynamic, EvalAltResult, ImmutableString, Map, Position};

use crate::script::call::Call;
use crate::script::exceptions::{Failure, raise};
use crate::sys::quota::memory_available;

/// Smaller values are not asked for: any line of a script makes some.
const SMALL: usize = 1 << 20;

/// What an item of a list takes, in bytes.
const ITEM: usize = size_of::<Dynamic>();

/// What an entry of a dict takes beside its value: its key, and its part of a node.
const ENTRY: usize = 32;

/// Levels of nesting that a text shows at the most; deeper ones show as `...` or are errors.
const SHOWN: usize = 1000;

thread_local! {
    /// Bytes that were free when somebody last looked, less what was asked for since.
    static LEFT: Cell<usize> = const { Cell::new(0) };
}

/// Room for a text of so many bytes.
///
/// # Errors
/// Rhai's own when that is above the limit of texts; `MemoryError` when there is no such room.
pub(crate) fn for_text(call: &Call<'_>, bytes: usize) -> Result<(), Failure> {
    let limit = call.interp.furnishing.limits.of_string_bytes();
    within(limit, bytes, "Length of string")?;
    or_memory_error(is_there(bytes), || format!("{bytes} bytes"))
}

/// Room for so many bytes; errors as those of [`for_text`], by the limit of lists.
pub(crate) fn for_bytes(call: &Call<'_>, bytes: usize) -> Result<(), Failure> {
    let limit = call.interp.furnishing.limits.of_array_items();
    within(limit, bytes, "Size of array/BLOB")?;
    or_memory_error(is_there(bytes), || format!("{bytes} bytes"))
}

/// Room for a list of so many items; errors as those of [`for_text`].
pub(crate) fn for_items(call: &Call<'_>, items: usize) -> Result<(), Failure> {
    let limit = call.interp.furnishing.limits.of_array_items();
    within(limit, items, "Size of array/BLOB")?;
    let is_there = is_there(items.saturating_mul(ITEM));
    or_memory_error(is_there, || format!("a list of {items} items"))
}

/// Room for what operators may make of a variable's value: a copy of it, or twice as much. Rhai itself does not ask.
///
/// # Errors
/// `MemoryError` when there is none.
pub(crate) fn to_grow(value: &Dynamic) -> Result<(), Failure> {
    let bytes = if value.is_string() {
        let text = value.read_lock::<ImmutableString>();
        text.map_or(0, |text| text.len())
    } else if value.is_array() {
        let items = value.read_lock::<Array>();
        items.map_or(0, |items| items.len().saturating_mul(ITEM))
    } else if value.is_blob() {
        value.read_lock::<Blob>().map_or(0, |bytes| bytes.len())
    } else {
        0
    };
    if bytes < SMALL {
        return Ok(());
    }
    or_memory_error(is_there(bytes), || {
        format!("what may become of a value of {bytes} bytes")
    })
}

/// Whether there is room for so many bytes, and as much again: a value that is handed on may be moved.
pub(crate) fn is_there(bytes: usize) -> bool {
    if bytes < SMALL {
        return true;
    }
    let needed = bytes.saturating_mul(2);
    let left = LEFT.get();
    // Looking takes longer than most of what a script does between two such questions.
    let found = if needed <= left {
        Some(left)
    } else {
        look(needed)
    };
    if let Some(found) = found {
        LEFT.set(found - needed);
    }
    found.is_some()
}

/// How many bytes can be taken, at least `needed`; `None` when that is too much.
fn look(needed: usize) -> Option<usize> {
    let available = usize::try_from(memory_available()).unwrap_or(usize::MAX);
    if needed > available {
        return None;
    }
    // A quarter: other threads and processes look too.
    let mut size = needed.max(available / 4);
    // The kernel may refuse what is free: a process can have a limit of its own.
    while Vec::<u8>::new().try_reserve_exact(size).is_err() {
        if size == needed {
            return None;
        }
        size = needed.max(size / 2);
    }
    Some(size)
}

fn within(limit: Option<usize>, size: usize, what: &str) -> Result<(), Failure> {
    match limit {
        // As Rhai says it of what its operators make.
        Some(limit) if size > limit => {
            Err(EvalAltResult::ErrorDataTooLarge(what.into(), Position::NONE).into())
        }
        _ => Ok(()),
    }
}

fn or_memory_error(is_there: bool, what: impl FnOnce() -> String) -> Result<(), Failure> {
    if is_there {
        return Ok(());
    }
    let text = format!("there is no room for {}", what());
    Err(raise("MemoryError", text))
}

/// Room for so many copies of a value; errors as those of [`for_items`].
pub(crate) fn for_copies(call: &Call<'_>, value: &Dynamic, count: usize) -> Result<(), Failure> {
    for_items(call, count)?;
    let bytes = weight(value).saturating_mul(count);
    or_memory_error(is_there(bytes), || format!("{count} copies of that item"))
}

/// Room for the texts of values; errors as those of [`for_text`].
pub(crate) fn for_texts_of(call: &Call<'_>, values: &[Dynamic]) -> Result<(), Failure> {
    match texts_length(values) {
        small if small < SMALL => Ok(()),
        bytes => for_text(call, bytes),
    }
}

/// Whether there is room for the texts of values.
pub(crate) fn has_texts_of(values: &[Dynamic]) -> bool {
    is_there(texts_length(values))
}

/// Room for a value as a message, whatever memory that is sent through.
///
/// # Errors
/// `MemoryError` when there is none.
pub(crate) fn for_message(value: &Dynamic) -> Result<(), Failure> {
    let bytes = text_length(value, 0);
    or_memory_error(is_there(bytes), || format!("a message of {bytes} bytes"))
}

fn texts_length(values: &[Dynamic]) -> usize {
    let lengths = values.iter().map(|value| text_length(value, 0));
    lengths.fold(0, usize::saturating_add)
}

/// What a copy of a value takes, in bytes: texts are not copied, lists and dicts are.
fn weight(value: &Dynamic) -> usize {
    let inside = if let Some(items) = value.read_lock::<Array>() {
        items.iter().map(weight).fold(0, usize::saturating_add)
    } else if let Some(entries) = value.read_lock::<Map>() {
        let values = entries
            .values()
            .map(|value| ENTRY.saturating_add(weight(value)));
        values.fold(0, usize::saturating_add)
    } else {
        value.read_lock::<Blob>().map_or(0, |bytes| bytes.len())
    };
    inside.saturating_add(ITEM)
}

/// How long the text of a value is at least.
fn text_length(value: &Dynamic, depth: usize) -> usize {
    if depth > SHOWN {
        return 0;
    }
    let of = |value: &Dynamic| text_length(value, depth + 1).saturating_add(2);
    if let Some(text) = value.read_lock::<ImmutableString>() {
        text.len()
    } else if let Some(items) = value.read_lock::<Array>() {
        items.iter().map(of).fold(0, usize::saturating_add)
    } else if let Some(entries) = value.read_lock::<Map>() {
        let entries = entries
            .iter()
            .map(|(key, value)| of(value).saturating_add(key.len()));
        entries.fold(0, usize::saturating_add)
    } else {
        value.read_lock::<Blob>().map_or(0, |bytes| bytes.len())
    }
}
