//! Operators, `in` and `[]` of an `Object`, by the methods that Python calls for them: `__add__`, `__lt__`, `__contains__`, `__getitem__`, ….

use std::any::TypeId;

use rhai::Dynamic;

use super::object::Object;
use crate::script::bind::call_as_method;
use crate::script::{Call, Failure, Outcome, Registry, raise, truth, type_name};

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
    let (a, b) = (type_name(&a), type_name(&b));
    let text = match operator.starts_with(['<', '>']) {
        true => format!("'{operator}' not supported between instances of '{a}' and '{b}'"),
        false => format!("unsupported operand type(s) for {operator}: '{a}' and '{b}'"),
    };
    Err(raise("TypeError", text))
}

fn method_of(value: &Dynamic, name: &str) -> Option<rhai::FnPtr> {
    let object = value.read_lock::<Object>()?.clone();
    object.function(name)
}

/// `item in object`
fn contains(call: &mut Call<'_>) -> Outcome {
    let (mut object, item) = (call.value(0), call.value(1));
    let Some(method) = method_of(&object, "__contains__") else {
        let text = "argument of type 'Object' has no __contains__ method";
        return Err(raise("TypeError", text));
    };
    let result = call_as_method(call.context, &method, &mut object, vec![item])?;
    Ok(truth(&result).into())
}

/// `object[index]`, where no attribute has that name; `None` without a `__getitem__`.
pub(super) fn item(call: &mut Call<'_>, object: &Object, index: Dynamic) -> Option<Outcome> {
    let method = object.function("__getitem__")?;
    let mut this = Dynamic::from(object.clone());
    Some(call_as_method(
        call.context,
        &method,
        &mut this,
        vec![index],
    ))
}

/// `object[index] = value`, for an index that is not the name of an attribute.
pub(super) fn set_item(
    call: &mut Call<'_>,
    object: &Object,
    index: Dynamic,
    value: Dynamic,
) -> Result<(), Failure> {
    let Some(method) = object.function("__setitem__") else {
        let text = "'Object' object does not support item assignment: it has no __setitem__";
        return Err(raise("TypeError", text));
    };
    let mut this = Dynamic::from(object.clone());
    call_as_method(call.context, &method, &mut this, vec![index, value]).map(drop)
}
