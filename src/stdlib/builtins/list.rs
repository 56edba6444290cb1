//! Python's methods of lists.
//!
//! They change the list in place, as Rhai's own do.

use std::any::TypeId;

use rhai::{Array, Dynamic};

use super::compare::equal;
use super::iterate::items;
use super::sequence::key_function;
use super::slices;
use super::sorting::in_order;
use super::string::range;
use crate::script::{Call, Outcome, Registry, memory, raise};

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.extension::<Array>("list");
    class
        .method("append", &["object"], append)
        .method("extend", &["iterable"], |call| {
            let value = call.value(0);
            let more = items(call, value)?;
            let found = call.writable::<Array>("list")?.len();
            memory::for_items(call, found.saturating_add(more.len()))?;
            change(call, |list| list.extend(more))
        })
        .method("remove", &["value"], remove)
        .method("pop", &["index?"], pop)
        .method("index", &["value", "start?", "end?"], index)
        .method("count", &["value"], |call| {
            let (list, value) = (call.this::<Array>(), call.value(0));
            let same = |item: &&Dynamic| equal(call.context, item, &value);
            Ok(Dynamic::from_int(list.iter().filter(same).count() as i64))
        })
        .method("sort", &["key?", "reverse?"], sort)
        .method("copy", &[], |call| Ok(call.this::<Array>().into()));
    // Rhai has other meanings for these: `append` joins two lists, `remove` takes an index.
    class
        .exactly("append", &[TypeId::of::<Array>()], &["object", "/"], append)
        .exactly("remove", &[TypeId::of::<i64>()], &["value"], remove);
}

/// Does something to the list itself.
fn change(call: &mut Call<'_>, action: impl FnOnce(&mut Array)) -> Outcome {
    action(&mut *call.writable::<Array>("list")?);
    Ok(Dynamic::UNIT)
}

fn append(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let found = call.writable::<Array>("list")?.len();
    memory::for_items(call, found + 1)?;
    change(call, |list| list.push(value))
}

/// `remove(value)`: the first item equal to it.
fn remove(call: &mut Call<'_>) -> Outcome {
    let (list, value) = (call.this::<Array>(), call.value(0));
    let same = |item: &Dynamic| equal(call.context, item, &value);
    match list.iter().position(same) {
        Some(place) => change(call, |list| {
            drop(list.remove(place));
        }),
        None => Err(raise("ValueError", "list.remove(x): x not in list")),
    }
}

/// `pop(index=-1)`.
fn pop(call: &mut Call<'_>) -> Outcome {
    let index = call.int_or(0, -1)?;
    let mut list = call.writable::<Array>("list")?;
    if list.is_empty() {
        return Err(raise("IndexError", "pop from empty list"));
    }
    match slices::at(index, list.len()) {
        Some(place) => Ok(list.remove(place)),
        None => Err(raise("IndexError", "pop index out of range")),
    }
}

/// `index(value, start=0, end=len)`.
fn index(call: &mut Call<'_>) -> Outcome {
    let (list, value) = (call.this::<Array>(), call.value(0));
    let (start, end) = range(call, 1, list.len())?;
    let mut places = (start..end).filter(|place| equal(call.context, &list[*place], &value));
    match places.next() {
        Some(place) => Ok(Dynamic::from_int(place as i64)),
        None => {
            let text = format!("{} is not in list", call.repr(&value));
            Err(raise("ValueError", text))
        }
    }
}

/// `sort(key=None, reverse=False)`; a function alone is a comparison, which is Rhai's form.
fn sort(call: &mut Call<'_>) -> Outcome {
    let list: Array = call.this();
    let key = key_function(call, 0)?;
    let reverse = call.bool_or(1, false);
    let sorted = in_order(call, list, key.as_ref(), reverse)?;
    change(call, |items| *items = sorted)
}
