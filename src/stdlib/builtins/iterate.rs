//! Going through what can be gone through: the items of any value, `len`, `range`.

use std::any::TypeId;
use std::ops::{Range, RangeInclusive};
use std::sync::{Arc, OnceLock};

use rhai::{AST, Array, Blob, Dynamic, Engine, EvalAltResult, Map, Position, Scope};

use super::iterator::Iter;
use super::number::not_an_integer;
use super::slices;
use crate::script::bind::{Items, KnownIterators};
use crate::script::steps::Steps;
use crate::script::values::writable;
use crate::script::{Call, Failure, Interp, Outcome, Registry, memory, raise, type_name};
use crate::text::{self, as_int, as_string};

pub(super) fn register(registry: &mut Registry) {
    registry.function("len", &["obj"], len);
    registry.function("range", &["start", "stop?", "step?"], range);
    // Rhai's own form with a step has no string form and no length.
    let int = TypeId::of::<i64>();
    registry.exactly("range", &[int; 3], &["start", "stop", "step"], range);
    registry
        .class::<Steps>("range")
        .repr(|c| Ok(c.this::<Steps>().repr().into()))
        .method("len", &[], |call| {
            Ok(Dynamic::from_int(call.this::<Steps>().len() as i64))
        })
        .method("contains", &["value"], |call| {
            let value = call.int(0)?;
            Ok(call.this::<Steps>().has(value).into())
        })
        .index_getter(|call| {
            let index = call.int(0)?;
            let item = call.this::<Steps>().get(index);
            item.map(Dynamic::from_int)
                .ok_or_else(|| raise("IndexError", "range object index out of range"))
        });
    registry
        .extension::<Range<i64>>("range")
        .index_getter(item_of_range);
    registry
        .extension::<RangeInclusive<i64>>("range")
        .index_getter(item_of_range);
    let members = registry.members();
    members.set_iterator::<Steps>();
    // As Rhai goes through a list, and its items are variables then.
    members.set_iter(TypeId::of::<Array>(), |items| {
        Box::new(items.cast::<Array>().into_iter().map(writable))
    });
    members.set_iter(TypeId::of::<Map>(), |map| {
        let keys: Vec<_> = map.cast::<Map>().into_keys().collect();
        Box::new(keys.into_iter().map(|key| Dynamic::from(key.to_string())))
    });
}

/// `range(start, stop)[index]`.
fn item_of_range(call: &mut Call<'_>) -> Outcome {
    let index = call.int(0)?;
    let range = bounds(call.receiver()).unwrap_or_default();
    let place = slices::at(index, length(&range));
    let item = place.and_then(|place| range.start.checked_add_unsigned(place as u64));
    item.map(Dynamic::from_int)
        .ok_or_else(|| raise("IndexError", "range object index out of range"))
}

/// `range(stop)`, `range(start, stop, step=1)`.
fn range(call: &mut Call<'_>) -> Outcome {
    let first = number(call, 0)?;
    if !call.has(1) {
        return Ok(Dynamic::from(0..first.max(0)));
    }
    let stop = number(call, 1)?;
    match call.given(2) {
        None => Ok(Dynamic::from(first..stop)),
        Some(step) => match as_int(&step) {
            Some(0) => Err(raise("ValueError", "range() arg 3 must not be zero")),
            Some(step) => Ok(Dynamic::from(Steps {
                next: first,
                stop,
                step,
            })),
            None => Err(not_an_integer(&step)),
        },
    }
}

fn number(call: &mut Call<'_>, index: usize) -> Result<i64, Failure> {
    let value = call.value(index);
    as_int(&value).ok_or_else(|| not_an_integer(&value))
}

/// `len(x)`.
fn len(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let count = if let Some(text) = as_string(&value) {
        text.chars().count()
    } else if let Some(items) = value.read_lock::<Array>() {
        items.len()
    } else if let Some(entries) = value.read_lock::<Map>() {
        entries.len()
    } else if let Some(bytes) = value.read_lock::<Blob>() {
        bytes.len()
    } else if let Some(range) = bounds(&value) {
        length(&range)
    } else {
        let found = type_name(&value);
        let text = format!("object of type '{found}' has no len()");
        return Err(raise("TypeError", text));
    };
    Ok(Dynamic::from_int(count as i64))
}

fn length(range: &Range<i64>) -> usize {
    usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(0)
}

/// Returns the numbers of a range that has no step.
pub(super) fn bounds(value: &Dynamic) -> Option<Range<i64>> {
    let (start, stop) = text::bounds(value)?;
    Some(start..i64::try_from(stop).unwrap_or(i64::MAX))
}

/// Returns the numbers of a range, each made when it is needed.
pub(super) fn numbers(value: &Dynamic) -> Option<Box<dyn Iterator<Item = i64> + Send + Sync>> {
    if let Some(range) = bounds(value) {
        return Some(Box::new(range));
    }
    let steps = value.read_lock::<Steps>().map(|steps| *steps)?;
    Some(Box::new(steps))
}

/// Returns the items of any value that can be gone through: of a string its letters, of a dict its keys.
pub(in crate::stdlib) fn items(call: &Call<'_>, value: Dynamic) -> Result<Array, Failure> {
    if let Some(text) = as_string(&value) {
        return collect(call, text.chars().count(), text.chars().map(letter));
    }
    if value.is_array() {
        return Ok(value.into_array().unwrap_or_default());
    }
    if let Some(entries) = value.read_lock::<Map>() {
        return Ok(entries.keys().map(|key| key.to_string().into()).collect());
    }
    if let Some(bytes) = value.read_lock::<Blob>() {
        let numbers = bytes.iter().map(|byte| Dynamic::from_int((*byte).into()));
        return collect(call, bytes.len(), numbers);
    }
    if let Some(range) = bounds(&value) {
        return collect(call, length(&range), range.map(Dynamic::from_int));
    }
    if let Some(steps) = value.read_lock::<Steps>() {
        return collect(call, steps.len(), steps.map(Dynamic::from_int));
    }
    if let Some(iter) = value.read_lock::<Iter>().map(|iter| iter.clone()) {
        let mut all = Array::new();
        for item in iter {
            call.check_interrupts()?;
            memory::for_one_more(call, &all)?;
            all.push(item?);
        }
        return Ok(all);
    }
    walk(call.context.engine(), value)
}

fn letter(char: char) -> Dynamic {
    char.to_string().into()
}

/// Returns the items of any value that can be iterated, each made when it is needed. Those of a type that only the engine can iterate are
/// made at once.
///
/// # Errors
/// `TypeError` for a value that cannot be iterated.
pub(super) fn lazily(
    interp: &Arc<Interp>,
    known: &KnownIterators,
    value: &Dynamic,
) -> Result<Items, Failure> {
    if let Some(items) = known.items(interp, value) {
        return Ok(items);
    }
    if let Some(text) = as_string(value) {
        let letters: Vec<char> = text.chars().collect();
        return Ok(Box::new(letters.into_iter().map(|char| Ok(letter(char)))));
    }
    if let Some(entries) = value.read_lock::<Map>() {
        let keys: Vec<_> = entries
            .keys()
            .map(|key| Dynamic::from(key.to_string()))
            .collect();
        return Ok(Box::new(keys.into_iter().map(Ok)));
    }
    if let Some(bytes) = value.read_lock::<Blob>() {
        let bytes = bytes.clone().into_iter();
        return Ok(Box::new(
            bytes.map(|byte| Ok(Dynamic::from_int(byte.into()))),
        ));
    }
    if let Some(numbers) = numbers(value) {
        return Ok(Box::new(
            numbers.map(|number| Ok(Dynamic::from_int(number))),
        ));
    }
    let items = match value.read_lock::<Array>() {
        Some(items) => items.clone(),
        None => {
            let engine = interp.engine();
            let engine = engine.ok_or_else(|| raise("RuntimeError", "the engine has ended"))?;
            walk(&engine, value.clone())?
        }
    };
    Ok(Box::new(items.into_iter().map(Ok)))
}

/// Returns the number of items of a value, if that is known without iterating over it.
pub(in crate::stdlib) fn known_length(value: &Dynamic) -> Option<usize> {
    if let Some(text) = as_string(value) {
        return Some(text.chars().count());
    }
    if let Some(range) = bounds(value) {
        return Some(length(&range));
    }
    let items = value.read_lock::<Array>().map(|items| items.len());
    let entries = || value.read_lock::<Map>().map(|entries| entries.len());
    let bytes = || value.read_lock::<Blob>().map(|bytes| bytes.len());
    let steps = || value.read_lock::<Steps>().map(|steps| steps.len());
    items.or_else(entries).or_else(bytes).or_else(steps)
}

/// As many items as the script wished for.
fn collect(
    call: &Call<'_>,
    count: usize,
    items: impl Iterator<Item = Dynamic>,
) -> Result<Array, Failure> {
    memory::for_items(call, count)?;
    let mut all = Array::with_capacity(count);
    for item in items {
        call.check_interrupts()?;
        all.push(item);
    }
    Ok(all)
}

/// Returns the items of a value whose type only the engine can iterate.
pub(in crate::stdlib) fn walk(engine: &Engine, value: Dynamic) -> Result<Array, Failure> {
    static LOOP: OnceLock<Option<AST>> = OnceLock::new();
    // Without a name: an engine has only the functions that its program names.
    const TEXT: &str = "let all = []; for item in whole { all += [item]; } all";
    let found = type_name(&value);
    let ast = LOOP.get_or_init(|| rhai::Engine::new_raw().compile(TEXT).ok());
    let ast = ast.as_ref().ok_or("the loop is no Rhai")?;
    let mut scope = Scope::new();
    scope.push_dynamic("whole", value);
    let all = engine.eval_ast_with_scope::<Array>(&mut scope, ast);
    all.map_err(|mut error| match *error {
        EvalAltResult::ErrorFor(_) => {
            raise("TypeError", format!("'{found}' object is not iterable"))
        }
        _ => {
            // The position in this loop means nothing to the script.
            error.set_position(Position::NONE);
            error
        }
    })
}
