//! Operators, `in` and `[]` of an `Object`, by the methods that Python calls for them: `__add__`, `__lt__`, `__contains__`, `__getitem__`, ….

use std::any::TypeId;

use rhai::{Array, Dynamic, EvalAltResult, FnPtr};

use super::object::Object;
use crate::script::bind::call_as_method;
use crate::script::rhai_texts::NO_SETTER;
use crate::script::{Call, Failure, Outcome, Registry, raise, truth};
use crate::stdlib::builtins::arithmetic::unsupported;
use crate::stdlib::builtins::compare::{equal, no_order};
use crate::stdlib::builtins::iterate::walk;
use crate::text::bounds;

/// Each operator with the method of its left operand, and the one of its right operand.
const OPERATORS: [(&str, &str, &str); 10] = [
    ("+", "__add__", "__radd__"),
    ("-", "__sub__", "__rsub__"),
    ("*", "__mul__", "__rmul__"),
    ("/", "__truediv__", "__rtruediv__"),
    ("%", "__mod__", "__rmod__"),
    ("**", "__pow__", "__rpow__"),
    ("<", "__lt__", "__gt__"),
    ("<=", "__le__", "__ge__"),
    (">", "__gt__", "__lt__"),
    (">=", "__ge__", "__le__"),
];

pub(super) fn register(registry: &mut Registry) {
    let (object, any) = (TypeId::of::<Object>(), TypeId::of::<Dynamic>());
    for (operator, ..) in OPERATORS {
        for pair in [[object, object], [object, any], [any, object]] {
            registry.exactly(operator, &pair, &["a", "b", "/"], operate);
        }
    }
    registry.exactly("contains", &[object, any], &["obj", "item", "/"], contains);
}

/// `a + b`
fn operate(call: &mut Call<'_>) -> Outcome {
    let (mut a, mut b) = (call.value(0), call.value(1));
    let found = OPERATORS.iter().find(|(known, ..)| *known == call.name());
    let (operator, left, right) = found.ok_or("an operator without methods")?;
    if let Some(method) = method_of(&a, left) {
        return call_as_method(call.context, &method, &mut a, vec![b]);
    }
    if let Some(method) = method_of(&b, right) {
        return call_as_method(call.context, &method, &mut b, vec![a]);
    }
    Err(match operator.starts_with(['<', '>']) {
        true => no_order(operator, &a, &b),
        false => unsupported(operator, &a, &b),
    })
}

fn method_of(value: &Dynamic, name: &str) -> Option<FnPtr> {
    let object = value.read_lock::<Object>()?.clone();
    object.function(name)
}

/// `item in object`: without a `__contains__`, whether a loop over the object finds the item.
fn contains(call: &mut Call<'_>) -> Outcome {
    let (mut object, item) = (call.value(0), call.value(1));
    if let Some(method) = method_of(&object, "__contains__") {
        let result = call_as_method(call.context, &method, &mut object, vec![item])?;
        return Ok(truth(&result).into());
    }
    let iterated = object.try_cast::<Object>();
    let iterated = iterated.filter(|object| object.function("__iter__").is_some());
    let Some(object) = iterated else {
        let text = "argument of type 'Object' has neither __contains__ nor __iter__";
        return Err(raise("TypeError", text));
    };
    let items = items(&object)?;
    let is_there = items.iter().any(|found| equal(call.context, found, &item));
    Ok(is_there.into())
}

/// Returns whether the call reads or sets `object["x"]`, not `object.x`; `None` if that is not known. Rhai calls the same native for both,
/// with the place of the bracket or of the dot.
pub(super) fn is_written_as_item(call: &Call<'_>, name: &str) -> Option<bool> {
    let (file, place) = (call.context.call_source()?, call.context.call_position());
    call.interp.program.is_item_at(file, place, name)
}

/// `object[index]`, by the object's `__getitem__`.
pub(super) fn item(
    call: &mut Call<'_>,
    object: &Object,
    method: &FnPtr,
    index: Dynamic,
) -> Outcome {
    let mut this = Dynamic::from(object.clone());
    call_as_method(call.context, method, &mut this, vec![index])
}

/// `object[index] = value`
pub(super) fn set_item(
    call: &mut Call<'_>,
    object: &Object,
    index: Dynamic,
    value: Dynamic,
) -> Outcome {
    if let Some(method) = object.function("__setitem__") {
        let mut this = Dynamic::from(object.clone());
        return call_as_method(call.context, &method, &mut this, vec![index, value]);
    }
    // After `object[index].upper()`, Rhai stores the text again. It takes its own error for "no need to", and raises it for an assignment.
    if object.function("__getitem__").is_some()
        && !(value.is_array() || value.is_map() || value.is_blob())
    {
        let types = format!("Object{NO_SETTER}");
        return Err(EvalAltResult::ErrorIndexingType(types, call.context.call_position()).into());
    }
    let text = "'Object' object does not support item assignment: it has no __setitem__";
    Err(raise("TypeError", text))
}

/// Returns what a loop over an object goes through.
pub(super) fn items(object: &Object) -> Result<Vec<Dynamic>, Failure> {
    let not_iterable = || raise("TypeError", "'Object' object is not iterable");
    let iterate = object.function("__iter__").ok_or_else(not_iterable)?;
    let caller = object.iterates_in().ok_or_else(not_iterable)?;
    let mut this = Dynamic::from(object.clone());
    let result = caller.call(&iterate, Some(&mut this), vec![])?.flatten();
    if let Some((start, stop)) = bounds(&result) {
        let numbers = i128::from(start)..stop;
        let numbers = numbers.filter_map(|number| i64::try_from(number).ok());
        return Ok(numbers.map(Dynamic::from_int).collect());
    }
    result
        .try_cast_result::<Array>()
        .or_else(|other| caller.with_context(|context| walk(context.engine(), other)))
}
