//! The members of `deque`.

use std::any::TypeId;

use rhai::Dynamic;

use super::deque::{Deque, End};
use super::keyed::shown;
use crate::script::{Call, Class, Failure, Outcome, Registry, memory, raise, type_name};
use crate::stdlib::builtins::compare::equal;
use crate::stdlib::builtins::lazy::Lazy;
use crate::stdlib::builtins::slices;
use crate::text::as_int;

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<Deque>("collections.deque");
    class
        .by_parts(
            "collections.deque",
            |_, deque: &Deque| {
                let most = deque.most().map_or(Dynamic::UNIT, as_value);
                Ok(vec![most, deque.items().into()].into())
            },
            |_, parts| {
                let parts: Result<[Dynamic; 2], _> =
                    parts.into_array().unwrap_or_default().try_into();
                let [most, items] = parts.map_err(|_| "not a length and items")?;
                let items = items.into_array().unwrap_or_default();
                let most = as_int(&most).and_then(|most| usize::try_from(most).ok());
                Ok(Deque::new(items, most))
            },
        )
        .index_getter(item)
        .index_setter(set_item)
        .getter("maxlen", |call| {
            Ok(call.this::<Deque>().most().map_or(Dynamic::UNIT, as_value))
        })
        .repr(repr);
    methods(&mut class);
    let this = TypeId::of::<Deque>();
    registry.exactly("len", &[this], &["obj"], |call| {
        let value = call.value(0);
        Ok(as_value(
            value.read_lock::<Deque>().map_or(0, |deque| deque.len()),
        ))
    });
    registry.iterates(this, |_, value| {
        Box::new(value.cast::<Deque>().items().into_iter().map(Ok))
    });
}

fn methods(class: &mut Class<'_>) {
    class
        .method("append", &["x", "/"], |call| push(call, End::Right))
        .method("appendleft", &["x", "/"], |call| push(call, End::Left))
        .method("extend", &["iterable", "/"], |call| {
            extend(call, End::Right)
        })
        .method("extendleft", &["iterable", "/"], |call| {
            extend(call, End::Left)
        })
        .method("pop", &[], |call| pop(call, End::Right))
        .method("popleft", &[], |call| pop(call, End::Left))
        .method("rotate", &["n?", "/"], |call| {
            let steps = call.int_or(0, 1)?;
            call.this::<Deque>().rotate(steps);
            Ok(Dynamic::UNIT)
        })
        .method("clear", &[], |call| {
            let old = call.this::<Deque>().with(std::mem::take);
            drop(old);
            Ok(Dynamic::UNIT)
        })
        .method("copy", &[], |call| {
            let deque: Deque = call.this();
            Ok(Dynamic::from(Deque::new(deque.items(), deque.most())))
        })
        .method("count", &["value", "/"], |call| {
            let (items, value) = (call.this::<Deque>().items(), call.value(0));
            let same = |item: &&Dynamic| equal(call.context, item, &value);
            Ok(as_value(items.iter().filter(same).count()))
        })
        .method("contains", &["value", "/"], |call| {
            let value = call.value(0);
            Ok(place_of(call, &value, 0, usize::MAX).is_some().into())
        })
        .method("index", &["value", "start?", "stop?", "/"], index)
        .method("insert", &["index", "value", "/"], insert)
        .method("remove", &["value", "/"], remove)
        .method("reverse", &[], |call| {
            let reverse = |items: &mut std::collections::VecDeque<Dynamic>| {
                items.make_contiguous().reverse();
            };
            call.this::<Deque>().with(reverse);
            Ok(Dynamic::UNIT)
        });
}

fn as_value(number: usize) -> Dynamic {
    Dynamic::from_int(number as i64)
}

/// `deque(iterable=[], maxlen=None)`
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let most = match call.given(1) {
        None => None,
        Some(most) => {
            let number =
                as_int(&most).ok_or_else(|| raise("TypeError", "an integer is required"))?;
            let text = "maxlen must be non-negative";
            Some(usize::try_from(number).map_err(|_| raise("ValueError", text))?)
        }
    };
    let deque = Deque::new([], most);
    if call.has(0) {
        let items = call.value(0);
        fill(call, &deque, items, End::Right)?;
    }
    Ok(Dynamic::from(deque))
}

fn push(call: &mut Call<'_>, end: End) -> Outcome {
    let (deque, item) = (call.this::<Deque>(), call.value(0));
    make_room(call, &deque)?;
    deque.push(item, end);
    Ok(Dynamic::UNIT)
}

/// Memory for one more item.
fn make_room(call: &Call<'_>, deque: &Deque) -> Result<(), Failure> {
    let (length, capacity) = deque.with(|items| (items.len(), items.capacity()));
    match length < capacity {
        true => memory::for_items(call, length + 1),
        false => memory::for_items(call, length.saturating_mul(2).max(1)),
    }
}

fn extend(call: &mut Call<'_>, end: End) -> Outcome {
    let (deque, items) = (call.this::<Deque>(), call.value(0));
    fill(call, &deque, items, end)?;
    Ok(Dynamic::UNIT)
}

fn fill(call: &Call<'_>, deque: &Deque, items: Dynamic, end: End) -> Result<(), Failure> {
    let mut items = Lazy::of(call, items)?;
    while let Some(item) = items.next() {
        call.check_interrupts()?;
        let item = item?;
        make_room(call, deque)?;
        deque.push(item, end);
    }
    Ok(())
}

fn pop(call: &mut Call<'_>, end: End) -> Outcome {
    let item = call.this::<Deque>().pop(end);
    item.ok_or_else(|| raise("IndexError", "pop from an empty deque"))
}

fn no_item() -> Failure {
    raise("IndexError", "deque index out of range")
}

fn no_index(index: &Dynamic) -> Failure {
    let found = type_name(index);
    let text = format!("sequence index must be integer, not '{found}'");
    raise("TypeError", text)
}

/// `d[i]`
fn item(call: &mut Call<'_>) -> Outcome {
    let index = call.value(0);
    if let Some(name) = crate::text::as_string(&index) {
        let receiver = call.receiver().clone();
        let method = crate::script::bind::method_of(call, &receiver, &name);
        return method
            .ok_or_else(|| crate::script::bind::no_attribute(call, "collections.deque", &name));
    }
    let index = as_int(&index).ok_or_else(|| no_index(&index))?;
    let item = call.this::<Deque>().with(|items| {
        let place = slices::at(index, items.len())?;
        items.get(place).cloned()
    });
    item.ok_or_else(no_item)
}

/// `d[i] = value`
fn set_item(call: &mut Call<'_>) -> Outcome {
    let (index, value) = (call.value(0), call.value(1));
    let index = as_int(&index).ok_or_else(|| no_index(&index))?;
    let old = call.this::<Deque>().with(|items| {
        let place = slices::at(index, items.len())?;
        Some(std::mem::replace(items.get_mut(place)?, value))
    });
    old.map(|_| Dynamic::UNIT).ok_or_else(no_item)
}

/// Returns the place of the first item equal to a value.
fn place_of(call: &Call<'_>, value: &Dynamic, from: usize, until: usize) -> Option<usize> {
    let items = call.this::<Deque>().items();
    let mut places = items.iter().enumerate().take(until).skip(from);
    let found = places.find(|(_, item)| equal(call.context, item, value));
    found.map(|(place, _)| place)
}

fn index(call: &mut Call<'_>) -> Outcome {
    let (value, start) = (call.value(0), call.int_or(1, 0)?);
    let stop = call.int_or(2, i64::MAX)?;
    let length = call.this::<Deque>().len();
    let (start, stop) = (slices::bound(start, length), slices::bound(stop, length));
    let place = place_of(call, &value, start, stop);
    place.map(as_value).ok_or_else(|| not_there(call, &value))
}

fn insert(call: &mut Call<'_>) -> Outcome {
    let (deque, index, value) = (call.this::<Deque>(), call.int(0)?, call.value(1));
    make_room(call, &deque)?;
    let most = deque.most();
    let inserted = deque.with(|items| {
        let length = items.len();
        if most.is_some_and(|most| length >= most) {
            return false;
        }
        items.insert(slices::bound(index, length), value);
        true
    });
    let text = "deque already at its maximum size";
    match inserted {
        true => Ok(Dynamic::UNIT),
        false => Err(raise("IndexError", text)),
    }
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let place = place_of(call, &value, 0, usize::MAX);
    let removed = place.and_then(|place| call.this::<Deque>().with(|items| items.remove(place)));
    removed
        .map(|_| Dynamic::UNIT)
        .ok_or_else(|| not_there(call, &value))
}

fn not_there(call: &Call<'_>, value: &Dynamic) -> Failure {
    let text = format!("{} is not in deque", call.repr(value));
    raise("ValueError", text)
}

fn repr(call: &mut Call<'_>) -> Outcome {
    let deque: Deque = call.this();
    let inside = shown(deque.address(), || Ok(call.repr(&deque.items().into())))?;
    if inside == "..." {
        return Ok("[...]".into());
    }
    let most = deque
        .most()
        .map_or_else(String::new, |most| format!(", maxlen={most}"));
    Ok(format!("deque({inside}{most})").into())
}
