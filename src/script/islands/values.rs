//! Scripts' values as compiled code has them.

use rhai::{Array, Dynamic};

use crate::native::code::{Item, Ty};
use crate::native::{List, Value};
use crate::script::interp::Interp;
use crate::script::{limits, memory};

/// Returns the type that a value has in code. Of a list, its first item decides.
pub(super) fn type_of(value: &Dynamic) -> Option<Ty> {
    // Others may change what is shared.
    if value.is_shared() {
        return None;
    }
    if let Some(item) = item_of(value) {
        return Some(item.ty());
    }
    if value.is_unit() {
        return Some(Ty::Unit);
    }
    let items = value.as_array_ref().ok()?;
    let first = items.first()?;
    if let Some(item) = item_of(first) {
        return Some(Ty::List(item));
    }
    let row = first.as_array_ref().ok()?;
    Some(Ty::Rows(item_of(row.first()?)?))
}

/// Returns whether all items of a list are of the type that its first one has.
pub(super) fn is_all(value: &Dynamic, ty: Ty) -> bool {
    let are = |items: &Array, item| items.iter().all(|one| item_of(one) == Some(item));
    match (value.as_array_ref(), ty) {
        (Ok(items), Ty::List(item)) => are(&items, item),
        (Ok(rows), Ty::Rows(item)) => rows
            .iter()
            .all(|row| row.as_array_ref().is_ok_and(|row| are(&row, item))),
        _ => true,
    }
}

/// Returns the type of the number in a variable that others may have too.
pub(super) fn type_of_shared_number(value: &Dynamic) -> Option<Ty> {
    if value.as_int().is_ok() {
        Some(Ty::Int)
    } else if value.as_float().is_ok() {
        Some(Ty::Float)
    } else {
        value.as_bool().ok().map(|_| Ty::Bool)
    }
}

/// Returns what all items of a list are; `None` if there are none, or several kinds.
pub(super) fn item_of_all(items: &Array) -> Option<Item> {
    let first = item_of(items.first()?)?;
    let mut items = items.iter();
    items
        .all(|item| item_of(item) == Some(first))
        .then_some(first)
}

fn item_of(value: &Dynamic) -> Option<Item> {
    if value.is_int() {
        Some(Item::Int)
    } else if value.is_float() {
        Some(Item::Float)
    } else if value.is_bool() {
        Some(Item::Bool)
    } else {
        None
    }
}

/// Returns a number for code; `None` if it is shared, or not of this type.
#[inline]
pub(super) fn number_of(value: &Dynamic, ty: Ty) -> Option<Value> {
    if value.is_shared() {
        return None;
    }
    Some(match ty {
        Ty::Int => Value::Int(value.as_int().ok()?),
        Ty::Float => Value::Float(value.as_float().ok()?),
        Ty::Bool => Value::Bool(value.as_bool().ok()?),
        _ => return None,
    })
}

/// Returns the value for code; `None` if it is not of this type.
pub(super) fn value_of(value: &Dynamic, ty: Ty) -> Option<Value> {
    Some(match ty {
        Ty::Int => Value::Int(value.as_int().ok()?),
        Ty::Float => Value::Float(value.as_float().ok()?),
        Ty::Bool => Value::Bool(value.as_bool().ok()?),
        Ty::Unit => Value::Unit,
        Ty::List(item) => Value::List(list_of(&*value.as_array_ref().ok()?, item)?),
        Ty::Rows(item) => {
            let rows = value.as_array_ref().ok()?;
            let rows = rows
                .iter()
                .map(|row| list_of(&*row.as_array_ref().ok()?, item));
            Value::Rows(item, rows.collect::<Option<_>>()?)
        }
        Ty::Never => return None,
    })
}

/// Returns a list for code; `None` if it has items of another type.
pub(super) fn list_of(items: &Array, item: Item) -> Option<List> {
    /// All items, in memory of the right size.
    fn all<T>(items: &Array, get: impl Fn(&Dynamic) -> Option<T>) -> Option<Vec<T>> {
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            all.push(get(item)?);
        }
        Some(all)
    }
    Some(match item {
        Item::Int => List::Ints(all(items, |item| item.as_int().ok())?),
        Item::Float => List::Floats(all(items, |item| item.as_float().ok())?),
        Item::Bool => List::Bools(all(items, |item| item.as_bool().ok())?),
    })
}

/// Gives a variable the value that code has given it. A list keeps its memory.
pub(super) fn write_back(value: Value, variable: &mut Dynamic) {
    let Some(mut items) = variable.write_lock::<Array>() else {
        *variable = dynamic_of(value);
        return;
    };
    match value {
        Value::List(list) => overwrite(list, &mut items),
        Value::Rows(_, rows) => {
            items.truncate(rows.len());
            let mut rows = rows.into_iter();
            for (item, row) in items.iter_mut().zip(&mut rows) {
                if item.is_shared() || !item.is_array() {
                    *item = Dynamic::from_array(array_of(row));
                } else if let Some(mut items) = item.write_lock::<Array>() {
                    overwrite(row, &mut items);
                }
            }
            items.extend(rows.map(|row| Dynamic::from_array(array_of(row))));
        }
        other => {
            drop(items);
            *variable = dynamic_of(other);
        }
    }
}

fn overwrite(list: List, items: &mut Array) {
    fn all<T>(list: Vec<T>, items: &mut Array, new: impl Fn(T) -> Dynamic) {
        items.truncate(list.len());
        let mut list = list.into_iter();
        for (item, value) in items.iter_mut().zip(&mut list) {
            *item = new(value);
        }
        items.extend(list.map(new));
    }
    match list {
        List::Ints(list) => all(list, items, Dynamic::from_int),
        List::Floats(list) => all(list, items, Dynamic::from_float),
        List::Bools(list) => all(list, items, Dynamic::from_bool),
    }
}

/// Returns a value of code for the script.
pub(super) fn dynamic_of(value: Value) -> Dynamic {
    match value {
        Value::Int(number) => Dynamic::from_int(number),
        Value::Float(number) => Dynamic::from_float(number),
        Value::Bool(truth) => Dynamic::from_bool(truth),
        Value::Unit => Dynamic::UNIT,
        Value::List(list) => Dynamic::from_array(array_of(list)),
        Value::Rows(_, rows) => {
            let rows = rows
                .into_iter()
                .map(|row| Dynamic::from_array(array_of(row)));
            Dynamic::from_array(rows.collect())
        }
    }
}

fn array_of(list: List) -> Array {
    match list {
        List::Ints(items) => items.into_iter().map(Dynamic::from_int).collect(),
        List::Floats(items) => items.into_iter().map(Dynamic::from_float).collect(),
        List::Bools(items) => items.into_iter().map(Dynamic::from_bool).collect(),
    }
}

/// Returns how many items or rows a list has; 0 of another value.
pub(super) fn length(value: &Dynamic) -> usize {
    value.read_lock::<Array>().map_or(0, |items| items.len())
}

/// Returns how many items a value of this type has: those of a list, or of its rows.
pub(super) fn items_in(value: &Dynamic, ty: Ty) -> usize {
    match (ty, value.read_lock::<Array>()) {
        (Ty::Rows(_), Some(rows)) => rows.len() + rows.iter().map(length).sum::<usize>(),
        _ => length(value),
    }
}

/// Returns whether the script may use a value as it is: where it may not, the interpreter says why.
pub(super) fn is_within_limits(interp: &Interp, value: &Dynamic) -> bool {
    let limits = &interp.settings.limits;
    !value.is_array() || limits.check(value).is_ok() && memory::to_grow(value).is_ok()
}

/// Returns whether a list may have this number of items.
pub(super) fn may_have(interp: &Interp, items: usize) -> bool {
    let limit = interp.settings.limits.of_array_items();
    limits::within(limit, items, limits::LIST).is_ok() && memory::has_space_for_items(items)
}
