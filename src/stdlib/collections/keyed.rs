//! The members that `Counter`, `defaultdict` and `OrderedDict` have in common: those of a dict.

use std::any::TypeId;
use std::cell::RefCell;

use rhai::{Array, Dynamic, Map};

use super::key::Key;
use super::kinds::{Keyed, mapping};
use super::table::{Entry, Table};
use crate::script::bind::Class;
use crate::script::exceptions::no_key;
use crate::script::missed;
use crate::script::{Call, Failure, Outcome, Registry, memory, raise};
use crate::stdlib::builtins::compare::equal;
use crate::stdlib::builtins::items_of;
use crate::stdlib::builtins::sequence::pairs_of;

/// Adds the methods that have the same meaning for all.
pub(super) fn members<T: Keyed>(class: &mut Class<'_>) {
    class
        .index_setter(|call| {
            let (key, value) = (call.value(0), call.value(1));
            if missed::is_part(call.context, &key) {
                return Err(no_key(key));
            }
            table::<T>(call).set(Key::of(&key)?, key, value);
            Ok(Dynamic::UNIT)
        })
        .method("get", &["key", "default?", "/"], |call| {
            let key = key(call)?;
            Ok(table::<T>(call).get(&key).unwrap_or_else(|| call.value(1)))
        })
        .method("contains", &["key", "/"], |call| {
            let key = key(call)?;
            let table = table::<T>(call);
            Ok(table.with(|entries| entries.contains_key(&key)).into())
        })
        .method("keys", &[], |call| Ok(table::<T>(call).keys().into()))
        .method("values", &[], |call| {
            let entries = table::<T>(call).entries().into_iter();
            Ok(entries.map(|entry| entry.1).collect::<Array>().into())
        })
        .method("items", &[], |call| Ok(table::<T>(call).pairs()))
        .method("pop", &["key", "default?", "/"], pop::<T>)
        .method("remove", &["key", "/"], pop::<T>)
        .method("setdefault", &["key", "default?", "/"], |call| {
            let (shown, default) = (call.value(0), call.value(1));
            let known = Key::of(&shown)?;
            Ok(table::<T>(call).with(|entries| {
                let entry = entries.entry(known).or_insert((shown, default));
                entry.1.clone()
            }))
        })
        .method("clear", &[], |call| {
            let old = table::<T>(call).with(std::mem::take);
            drop(old);
            Ok(Dynamic::UNIT)
        })
        .method("copy", &[], |call| {
            let this: T = call.this();
            let copy = this.table().copy();
            Ok(Dynamic::from(this.with_table(copy)))
        });
}

/// Adds what is not a method: `len`, `dict`, iteration.
pub(super) fn functions<T: Keyed>(registry: &mut Registry) {
    let this = TypeId::of::<T>();
    registry.exactly("len", &[this], &["obj"], |call| {
        let value = call.value(0);
        let length = value.read_lock::<T>().map_or(0, |this| this.table().len());
        Ok(Dynamic::from_int(length as i64))
    });
    registry.exactly("dict", &[this], &["entries"], |call| {
        let value = call.value(0);
        let entries = value.read_lock::<T>().map(|this| this.table().entries());
        let entries = entries.unwrap_or_default().into_iter();
        let entries = entries.map(|(key, value)| (call.str(&key).into(), value));
        Ok(entries.collect::<Map>().into())
    });
    registry.iterates(this, |_, value| {
        let keys = value.cast::<T>().table().keys();
        Box::new(keys.into_iter().map(Ok))
    });
}

/// Returns the table of the receiver.
pub(super) fn table<T: Keyed>(call: &Call<'_>) -> Table {
    call.this::<T>().table().clone()
}

/// Parameter 0 as a key.
fn key(call: &mut Call<'_>) -> Result<Key, Failure> {
    Key::of(&call.value(0))
}

/// `pop(key, default)`, `remove(key)`.
fn pop<T: Keyed>(call: &mut Call<'_>) -> Outcome {
    let shown = call.value(0);
    match table::<T>(call).remove(&Key::of(&shown)?) {
        Some(value) => Ok(value),
        None if call.has(1) => Ok(call.value(1)),
        None => Err(no_key(shown)),
    }
}

/// Returns the entries of a dict of any class, or of a list of pairs.
///
/// # Errors
/// `TypeError` or `ValueError` for anything else.
pub(super) fn entries_of(call: &Call<'_>, value: Dynamic) -> Result<Vec<Entry>, Failure> {
    if let Some(entries) = mapping(&value) {
        return Ok(entries);
    }
    pairs_of(call, items_of(call, value)?)
}

/// Returns whether two dicts have the same entries, in any order.
pub(super) fn same_entries(call: &Call<'_>, a: &Table, b: &Table) -> bool {
    if a.address() == b.address() {
        return true;
    }
    let (a, b) = (
        a.with(|entries| entries.clone()),
        b.with(|entries| entries.clone()),
    );
    let same = |(key, (_, value)): (&Key, &Entry)| {
        let other = b.get(key);
        other.is_some_and(|(_, other)| equal(call.context, value, other))
    };
    a.len() == b.len() && a.iter().all(same)
}

thread_local! {
    /// What is being shown: it may be inside itself.
    static SHOWN: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// The most objects that are shown inside one another.
const LEVELS_SHOWN: usize = 50;

/// Returns what `repr` prints of the inside of an object; `...` where it is inside itself.
pub(super) fn shown(
    address: usize,
    inside: impl FnOnce() -> Result<String, Failure>,
) -> Result<String, Failure> {
    let is_inside =
        SHOWN.with_borrow(|shown| shown.contains(&address) || shown.len() >= LEVELS_SHOWN);
    if is_inside {
        return Ok("...".into());
    }
    SHOWN.with_borrow_mut(|shown| shown.push(address));
    let text = inside();
    SHOWN.with_borrow_mut(Vec::pop);
    text
}

/// Returns entries as `repr` prints them: `{'a': 1}`.
///
/// # Errors
/// `MemoryError`.
pub(super) fn shown_entries(call: &Call<'_>, entries: &[Entry]) -> Result<String, Failure> {
    let mut out = String::from("{");
    for (key, value) in entries {
        let comma = if out.len() > 1 { ", " } else { "" };
        let entry = format!("{comma}{}: {}", call.repr(key), call.repr(value));
        memory::for_longer(call, &out, entry.len() + 1)?;
        out.push_str(&entry);
    }
    out.push('}');
    Ok(out)
}

/// Returns the error for `popitem` of an empty dict.
pub(super) fn nothing_to_pop() -> Failure {
    raise("KeyError", "dictionary is empty")
}
