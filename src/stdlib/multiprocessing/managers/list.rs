//! `Manager().list()`.

use std::any::TypeId;
use std::sync::Arc;

use rhai::{Array, Dynamic};

use super::contents::{changes_itself, extend, items, pack_all, update};
use super::members::{self, Collection};
use super::proxy::{self, ListProxy, Proxy, Shape, assigned_to};
use super::span::Span;
use crate::script::{Call, Class, Failure, Interp, Outcome, Registry, raise, type_name};
use crate::stdlib::builtins::compare::{equal, less};
use crate::stdlib::builtins::items_of;
use crate::stdlib::builtins::operators::repeated;
use crate::stdlib::builtins::sequence::key_function;
use crate::stdlib::builtins::slices::{self, Place};
use crate::stdlib::builtins::sorting::sort;
use crate::sync::{Cells, Splice};

pub(crate) fn register(registry: &mut Registry) {
    let class = &mut registry.class::<ListProxy>("ListProxy");
    members::register_collection::<ListProxy>(class);
    class
        .index_getter(get)
        .index_setter(set)
        .method("contains", &["value", "/"], |call| {
            let value = call.value(0);
            Ok(find(call, &value)?.2.is_some().into())
        })
        .method("append", &["object", "/"], |call| {
            let value = call.value(0);
            extend(call, &this(call), vec![value]).map(|()| Dynamic::UNIT)
        })
        .method("extend", &["iterable", "/"], |call| {
            let more = call.value(0);
            let more = items_of(call, more)?;
            extend(call, &this(call), more).map(|()| Dynamic::UNIT)
        })
        .method("insert", &["index", "object", "/"], |call| {
            let (index, value) = (call.int(0)?, call.value(1));
            splice(call, Span::Slice(index, index), vec![value]).map(|_| Dynamic::UNIT)
        })
        .method("pop", &["index?", "/"], pop)
        .method("remove", &["value", "/"], remove)
        .method("index", &["value", "start?", "end?", "/"], index)
        .method("count", &["value", "/"], |call| {
            let value = call.value(0);
            let (_, all) = items(call.interp, &this(call))?;
            let same = |item: &&Dynamic| equal(call.context, item, &value);
            Ok(Dynamic::from_int(all.iter().filter(same).count() as i64))
        })
        .method("sort", &["key?", "reverse?"], sort_items)
        .method("reverse", &[], |call| {
            reorder(call, |_, count| Ok((0..count).rev().collect()))
        })
        .method("update", &["index", "function", "/"], change);
    register_assignments(class);
    members::register_operators::<ListProxy>(registry);
    register_operators(registry);
}

fn register_operators(registry: &mut Registry) {
    let (list, array) = (TypeId::of::<ListProxy>(), TypeId::of::<Array>());
    for pair in [[list, list], [list, array], [array, list]] {
        registry.exactly("+", &pair, &["a", "b", "/"], |call| {
            let (a, b) = (call.value(0), call.value(1));
            let mut all = items_of(call, a)?;
            all.extend(items_of(call, b)?);
            Ok(all.into())
        });
    }
    let int = TypeId::of::<i64>();
    registry.exactly("*", &[list, int], &["list", "count", "/"], |call| {
        let (list, count) = (call.value(0), call.int(1)?);
        let count = usize::try_from(count).unwrap_or(0);
        Ok(repeated(call, &items_of(call, list)?, count)?.into())
    });
}

/// `+=` and `*=`, which change the list itself.
fn register_assignments(class: &mut Class<'_>) {
    class
        .exactly("+=", &[TypeId::of::<Dynamic>()], &["other", "/"], |call| {
            let more = call.value(0);
            let more = items_of(call, more)?;
            extend(call, &this(call), more)?;
            this(call).note_assignment();
            Ok(Dynamic::UNIT)
        })
        .exactly("*=", &[TypeId::of::<i64>()], &["count", "/"], |call| {
            let count = usize::try_from(call.int(0)?).unwrap_or(0);
            let list = this(call);
            loop {
                let (version, all) = items(call.interp, &list)?;
                let new = pack_all(call, &list, repeated(call, &all, count)?)?;
                let new: Vec<_> = new.iter().map(|one| one.at(&[])).collect();
                let store = &list.container;
                let done = store.splice(call.interp, Some(version), Span::ALL, &new, |_| ())?;
                if done != Splice::Changed {
                    list.note_assignment();
                    return Ok(Dynamic::UNIT);
                }
            }
        });
}

impl Collection for ListProxy {
    type Plain = Array;

    fn same(call: &mut Call<'_>) -> Result<bool, Failure> {
        let (a, b) = (call.value(0), call.value(1));
        if Proxy::is_same(&a, &b) {
            return Ok(true);
        }
        let (a, b) = (items_of(call, a)?, items_of(call, b)?);
        let mut pairs = a.iter().zip(&b);
        Ok(a.len() == b.len() && pairs.all(|(a, b)| equal(call.context, a, b)))
    }

    fn each(interp: &Arc<Interp>, list: &Proxy) -> Result<Array, Failure> {
        items(interp, list).map(|(_, items)| items)
    }
}

fn this(call: &Call<'_>) -> Proxy {
    proxy::this::<ListProxy>(call)
}

/// `Manager().list(items)`.
pub(crate) fn construct(call: &mut Call<'_>, switch: &Cells) -> Outcome {
    let list = Proxy::create(call.interp, Shape::List, switch)?;
    if call.has(0) {
        let more = call.value(0);
        let more = items_of(call, more)?;
        extend(call, &list, more)?;
    }
    Ok(list.into_value())
}

/// Returns the items that are meant; `None` where there are none.
fn read(call: &Call<'_>, span: Span) -> Result<Option<Array>, Failure> {
    let store = this(call).container;
    let found = store.read(call.interp, span, |items| {
        let values = items.map(|(_, value)| store.unpack(call.interp, value));
        values.collect::<Result<Array, _>>()
    })?;
    found.map(|(_, items)| items).transpose()
}

fn no_such(index: &Dynamic, what: &str) -> Failure {
    match slices::place(index, 0) {
        Place::NoIndex => {
            let found = type_name(index);
            let text = format!("list indices must be integers or slices, not {found}");
            raise("TypeError", text)
        }
        _ => raise("IndexError", what),
    }
}

fn get(call: &mut Call<'_>) -> Outcome {
    let index = call.value(0);
    if let Ok(at) = index.as_int() {
        let found = read(call, Span::At(at))?.and_then(|mut items| items.pop());
        let found = found.map(|value| this(call).read_at(&at.to_le_bytes(), value));
        return found.ok_or_else(|| no_such(&index, "list index out of range"));
    }
    let found = match Span::of_range(&index) {
        Some(span) => read(call, span)?,
        None => None,
    };
    found
        .map(Dynamic::from)
        .ok_or_else(|| no_such(&index, "list index out of range"))
}

fn set(call: &mut Call<'_>) -> Outcome {
    let (index, value) = (call.value(0), call.value(1));
    let outside = "list assignment index out of range";
    if let Ok(at) = index.as_int() {
        let list = assigned_to::<ListProxy>(call);
        if !list.is_write_back(&at.to_le_bytes(), &value) {
            let done = splice(call, Span::At(at), vec![value])?;
            done.ok_or_else(|| no_such(&index, outside))?;
        }
        list.note_assignment();
        return Ok(Dynamic::UNIT);
    }
    let new = items_of(call, value)?;
    let done = match Span::of_range(&index) {
        Some(span) => splice(call, span, new)?,
        None => None,
    };
    done.map(|_| Dynamic::UNIT)
        .ok_or_else(|| no_such(&index, outside))
}

/// Replaces items by others and returns the old ones; `None` where there are none.
fn splice(call: &Call<'_>, span: Span, new: Array) -> Result<Option<Array>, Failure> {
    let list = this(call);
    let packed = pack_all(call, &list, new)?;
    let new: Vec<_> = packed.iter().map(|one| one.at(&[])).collect();
    let store = &list.container;
    let done = store.splice(call.interp, None, span, &new, |old| {
        old.map(|value| store.unpack(call.interp, value))
            .collect::<Result<Array, _>>()
    })?;
    match done {
        Splice::Done(old) => old.map(Some),
        Splice::Changed | Splice::Outside => Ok(None),
    }
}

/// `pop(index=-1)`.
fn pop(call: &mut Call<'_>) -> Outcome {
    let index = call.int_or(0, -1)?;
    let removed = splice(call, Span::At(index), Array::new())?;
    removed.and_then(|mut items| items.pop()).ok_or_else(|| {
        let length = this(call).container.len(call.interp);
        let empty = length.is_ok_and(|length| length == 0);
        let text = if empty {
            "pop from empty list"
        } else {
            "pop index out of range"
        };
        raise("IndexError", text)
    })
}

/// Returns the version and the items of a list, and the index of the first that equals `value`.
fn find(call: &Call<'_>, value: &Dynamic) -> Result<(u64, Array, Option<usize>), Failure> {
    let (version, all) = items(call.interp, &this(call))?;
    let place = all.iter().position(|item| equal(call.context, item, value));
    Ok((version, all, place))
}

/// `remove(value)` removes the first item equal to it, and looks again when the list is changed meanwhile.
fn remove(call: &mut Call<'_>) -> Outcome {
    let (list, value) = (this(call), call.value(0));
    loop {
        let (version, _, place) = find(call, &value)?;
        let Some(place) = place else {
            return Err(raise("ValueError", "list.remove(x): x not in list"));
        };
        let (store, span) = (&list.container, Span::At(place as i64));
        if store.splice(call.interp, Some(version), span, &[], |_| ())? != Splice::Changed {
            return Ok(Dynamic::UNIT);
        }
    }
}

/// `index(value, start=0, end=len)`.
fn index(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let (_, all) = items(call.interp, &this(call))?;
    let (start, end) = (call.int_or(1, 0)?, call.int_or(2, i64::MAX)?);
    let mut places = slices::slice(start, end, all.len());
    match places.find(|place| equal(call.context, &all[*place], &value)) {
        Some(place) => Ok(Dynamic::from_int(place as i64)),
        None => {
            let text = format!("{} is not in list", call.repr(&value));
            Err(raise("ValueError", text))
        }
    }
}

/// Puts the items into the order that `order` returns, and tries again when the list is changed meanwhile.
fn reorder(
    call: &Call<'_>,
    order: impl Fn(Array, usize) -> Result<Vec<usize>, Failure>,
) -> Outcome {
    let list = this(call);
    loop {
        let (version, all) = items(call.interp, &list)?;
        let count = all.len();
        let (order, itself) = list.container.watch(|| order(all, count));
        let order = order?;
        if itself {
            return Err(changes_itself(call));
        }
        if list.container.reorder(call.interp, version, &order)? {
            return Ok(Dynamic::UNIT);
        }
    }
}

/// `sort(key=None, reverse=False)`: stable.
fn sort_items(call: &mut Call<'_>) -> Outcome {
    let key = key_function(call, 0)?;
    let reverse = call.bool_or(1, false);
    let call = &*call;
    reorder(call, |all, _| {
        let mut keyed = Vec::with_capacity(all.len());
        for (place, item) in all.into_iter().enumerate() {
            let by = match &key {
                Some(key) => call.call(key, vec![item])?,
                None => item,
            };
            keyed.push((by, place));
        }
        sort(&mut keyed, reverse, |a, b| less(call.context, &a.0, &b.0))?;
        Ok(keyed.into_iter().map(|(_, place)| place).collect())
    })
}

/// `update(index, function)` replaces an item by the result of the function, in one step.
fn change(call: &mut Call<'_>) -> Outcome {
    let (list, index, function) = (this(call), call.int(0)?, call.function(1)?);
    let (store, span) = (&list.container, Span::At(index));
    let outside = || raise("IndexError", "list index out of range");
    let read = || {
        let found = store.read(call.interp, span, |items| {
            let (_, item) = items.next()?;
            let both = || Ok((Some(item.bytes.to_vec()), store.unpack(call.interp, item)?));
            Some(both())
        })?;
        found.and_then(|(_, item)| item).ok_or_else(outside)?
    };
    update(call, &list, &function, read, |expected, packed| {
        let expected = expected.unwrap_or_default();
        store.exchange_at(call.interp, span, expected, &packed.at(&[]))
    })
}
