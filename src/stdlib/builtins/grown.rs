//! Rhai's own functions that make a value of any size, with a check for memory first: `blob`, `pad`. And those that put a value into
//! another, where that of a constant is none any more: `push`, `insert`, `set`.

use std::any::TypeId;

use rhai::{Array, Blob, Dynamic, DynamicWriteLock, EvalAltResult, ImmutableString, Map, Variant};

use super::slices;
use crate::script::{Call, Class, Failure, Outcome, Registry, memory, raise};
use crate::text::as_string;

pub(super) fn register(registry: &mut Registry) {
    let (int, any) = (TypeId::of::<i64>(), TypeId::of::<Dynamic>());
    registry.exactly("blob", &[int], &["len", "value?"], blob);
    registry.exactly("blob", &[int, int], &["len", "value?"], blob);
    pad(registry.extension::<Array>("list"), any, pad_list);
    pad(registry.extension::<Blob>("bytes"), int, pad_bytes);
    let string = TypeId::of::<ImmutableString>();
    let mut list = registry.extension::<Array>("list");
    list.exactly("push", &[any], &["item", "/"], push)
        .exactly("insert", &[int, any], &["index", "item", "/"], insert)
        .exactly("set", &[int, any], &["index", "value", "/"], set_item);
    let mut dict = registry.extension::<Map>("dict");
    dict.exactly("set", &[string, any], &["key", "value", "/"], set_entry);
    for filler in [TypeId::of::<char>(), TypeId::of::<ImmutableString>()] {
        pad(
            registry.extension::<ImmutableString>("str"),
            filler,
            pad_text,
        );
    }
}

fn pad(mut class: Class<'_>, filler: TypeId, handler: crate::script::Handler) {
    let types = [TypeId::of::<i64>(), filler];
    class.exactly("pad", &types, &["len", "value", "/"], handler);
}

/// `blob(len, value=0)`.
fn blob(call: &mut Call<'_>) -> Outcome {
    let length = usize::try_from(call.int(0)?).unwrap_or(0);
    let byte = low_byte(call.int_or(1, 0)?);
    memory::for_bytes(call, length)?;
    Ok(Dynamic::from_blob(vec![byte; length]))
}

/// Rhai takes the lowest eight bits.
fn low_byte(number: i64) -> u8 {
    number.to_le_bytes()[0]
}

/// Returns the requested length.
fn wanted(call: &mut Call<'_>) -> Result<usize, Failure> {
    Ok(usize::try_from(call.int(0)?).unwrap_or(0))
}

fn constant() -> Failure {
    raise("TypeError", "a constant cannot be padded")
}

/// `list.pad(len, item)`.
fn pad_list(call: &mut Call<'_>) -> Outcome {
    let (length, item) = (wanted(call)?, call.value(1));
    let found = call
        .receiver()
        .read_lock::<Array>()
        .map_or(0, |list| list.len());
    let missing = length.saturating_sub(found);
    memory::for_items(call, length)?;
    memory::for_copies(call, &item, missing)?;
    let mut more = Array::with_capacity(missing);
    for _ in 0..missing {
        call.check_interrupts()?;
        more.push(item.clone());
    }
    let mut list = call.receiver().write_lock::<Array>().ok_or_else(constant)?;
    list.append(&mut more);
    Ok(Dynamic::UNIT)
}

/// Returns the receiver. Of a constant, Rhai's own error.
fn changing<'c, T: Variant + Clone>(
    call: &'c mut Call<'_>,
) -> Result<DynamicWriteLock<'c, T>, Failure> {
    let (name, at) = (call.name().to_string(), call.context.call_position());
    let error = || EvalAltResult::ErrorNonPureMethodCallOnConstant(name, at);
    let receiver = call.receiver();
    let value = match receiver.is_read_only() {
        true => None,
        false => receiver.write_lock::<T>(),
    };
    value.ok_or_else(|| error().into())
}

/// `list.push(item)`.
fn push(call: &mut Call<'_>) -> Outcome {
    let item = call.value(0);
    changing::<Array>(call)?.push(item);
    Ok(Dynamic::UNIT)
}

/// `list.insert(index, item)`: beyond an end, at that end.
fn insert(call: &mut Call<'_>) -> Outcome {
    let (index, item) = (call.int(0)?, call.value(1));
    let mut list = changing::<Array>(call)?;
    let found = list.len();
    list.insert(slices::bound(index, found), item);
    Ok(Dynamic::UNIT)
}

/// `list.set(index, value)`: beyond the end, nothing; before the beginning, the first item.
fn set_item(call: &mut Call<'_>) -> Outcome {
    let (index, value) = (call.int(0)?, call.value(1));
    let mut list = changing::<Array>(call)?;
    let from_end = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
    let place = match index {
        0.. => from_end,
        _ => list.len().saturating_sub(from_end),
    };
    if let Some(item) = list.get_mut(place) {
        *item = value;
    }
    Ok(Dynamic::UNIT)
}

/// `dict.set(key, value)`.
fn set_entry(call: &mut Call<'_>) -> Outcome {
    let (key, value) = (call.string(0)?, call.value(1));
    let mut entries = changing::<Map>(call)?;
    entries.insert(key.as_str().into(), value);
    Ok(Dynamic::UNIT)
}

/// `bytes.pad(len, value)`.
fn pad_bytes(call: &mut Call<'_>) -> Outcome {
    let (length, byte) = (wanted(call)?, low_byte(call.int(1)?));
    memory::for_bytes(call, length)?;
    let mut bytes = call.receiver().write_lock::<Blob>().ok_or_else(constant)?;
    if bytes.len() < length {
        bytes.resize(length, byte);
    }
    Ok(Dynamic::UNIT)
}

/// `string.pad(len, filler)`: as often as fits, the last time in part.
fn pad_text(call: &mut Call<'_>) -> Outcome {
    let (length, filler) = (wanted(call)?, call.string(1)?);
    let text = as_string(call.receiver()).unwrap_or_default();
    let missing = length.saturating_sub(text.chars().count());
    let longest = filler.chars().map(char::len_utf8).max().unwrap_or(0);
    let bytes = missing.saturating_mul(longest);
    memory::for_string(call, bytes.saturating_add(text.len()))?;
    let mut padded = String::from(text.as_str());
    padded.extend(filler.chars().cycle().take(missing));
    let mut text = call
        .receiver()
        .write_lock::<ImmutableString>()
        .ok_or_else(constant)?;
    *text = padded.into();
    Ok(Dynamic::UNIT)
}
