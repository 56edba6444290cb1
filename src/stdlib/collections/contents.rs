//! What is in a value of these classes, for those who lay it out in lines.

use rhai::{Array, Dynamic};

use super::counter::ranked;
use super::deque::Deque;
use super::kinds::{Counter, DefaultDict, OrderedDict, table_of};
use super::table::Entry;
use crate::script::{Call, Failure};

/// What is in a value of these classes.
pub(in crate::stdlib) enum Contents {
    /// The largest counts come first.
    Counter(Vec<Entry>),
    /// The function that makes what is missing, and the entries.
    DefaultDict(Dynamic, Vec<Entry>),
    OrderedDict(Vec<Entry>),
    /// The items, and how many there may be.
    Deque(Array, Option<usize>),
}

/// Returns what is in a value; `None` for a value of another class.
///
/// # Errors
/// `TypeError` for counts that have no order.
pub(in crate::stdlib) fn contents(
    call: &Call<'_>,
    value: &Dynamic,
) -> Result<Option<Contents>, Failure> {
    if let Some(Counter(table)) = cloned::<Counter>(value) {
        return Ok(Some(Contents::Counter(ranked(call, &table)?)));
    }
    if let Some(OrderedDict(table)) = cloned::<OrderedDict>(value) {
        return Ok(Some(Contents::OrderedDict(table.entries())));
    }
    if let Some(DefaultDict { table, factory }) = cloned::<DefaultDict>(value) {
        let factory = factory.map_or(Dynamic::UNIT, Dynamic::from);
        return Ok(Some(Contents::DefaultDict(factory, table.entries())));
    }
    let deque = cloned::<Deque>(value);
    Ok(deque.map(|deque| Contents::Deque(deque.items(), deque.most())))
}

/// Returns the address of such a value: two with the same one are the same object.
pub(in crate::stdlib) fn address(value: &Dynamic) -> Option<usize> {
    let deque = || cloned::<Deque>(value).map(|deque| deque.address());
    table_of(value).map(|table| table.address()).or_else(deque)
}

fn cloned<T: rhai::Variant + Clone>(value: &Dynamic) -> Option<T> {
    value.read_lock::<T>().map(|value| value.clone())
}
