//! `iter`, `next`, and the members of what they work on.

use std::any::TypeId;

use rhai::Dynamic;

use super::file::File;
use super::iterator::Iter;
use super::lazy::Lazy;
use crate::script::{Call, Outcome, Registry, raise, raise_bare, type_name};

pub(super) fn register(registry: &mut Registry) {
    registry.function("iter", &["object", "/"], iter);
    registry.function("next", &["iterator", "default?", "/"], next);
    // Whatever returns one.
    let makers = ["iter", "itertools", "collections", "glob", "re"];
    if !makers.iter().any(|maker| registry.can_name(maker)) {
        return;
    }
    registry
        .class::<Iter>("iterator")
        .by_address(Iter::address)
        .withhold(|_: &Iter| Some("an iterator belongs to its process: send list(iterator)"))
        .method("next", &["default?", "/"], |call| {
            let item = call.this::<Iter>().next();
            item.unwrap_or_else(|| end(call, 0))
        })
        .repr(|call| Ok(format!("<{} object>", call.this::<Iter>().name()).into()));
    registry.iterates(TypeId::of::<Iter>(), |_, value| {
        Box::new(value.cast::<Iter>())
    });
}

/// `iter(object)`.
fn iter(call: &mut Call<'_>) -> Outcome {
    let object = call.value(0);
    if object.is::<Iter>() {
        return Ok(object);
    }
    let mut items = Lazy::of(call, object)?;
    let iter = Iter::new(call.interp, "iterator", move || items.next());
    Ok(Dynamic::from(iter))
}

/// `next(iterator, default)`.
fn next(call: &mut Call<'_>) -> Outcome {
    let mut object = call.value(0);
    if let Some(iter) = object.read_lock::<Iter>().map(|iter| iter.clone()) {
        let mut iter = iter;
        return iter.next().unwrap_or_else(|| end(call, 1));
    }
    if let Some(file) = object.read_lock::<File>().map(|file| file.clone()) {
        return match file.next_line()? {
            Some(line) => Ok(line),
            None => end(call, 1),
        };
    }
    // The iterators of pools.
    let is_other = object.is_variant() && type_name(&object) == "Outcomes";
    if is_other {
        return call.method(&mut object, "next", vec![]);
    }
    let text = format!("'{}' object is not an iterator", type_name(&object));
    Err(raise("TypeError", text))
}

/// What is returned at the end: parameter `index`, if it was given.
fn end(call: &mut Call<'_>, index: usize) -> Outcome {
    match call.has(index) {
        true => Ok(call.value(index)),
        false => Err(raise_bare("StopIteration")),
    }
}
