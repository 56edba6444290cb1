//! `operator`: operators as functions, for `map`, `reduce` and keys of sorting.

use rhai::{Array, Dynamic, Map};

use crate::script::bind::{CALL, Classes, call_as_method, function_of};
use crate::script::exceptions::no_key;
use crate::script::{Call, Handler, Namespace, Outcome, Registry, raise, truth, type_name};
use crate::stdlib::builtins::arithmetic::{by_engine, unsupported};
use crate::stdlib::builtins::compare::equal;
use crate::stdlib::builtins::kind::attribute;
use crate::stdlib::builtins::operators::ORDERS;
use crate::stdlib::builtins::sequence::add;
use crate::stdlib::builtins::slices;
use crate::text::{as_float, as_int, as_string};

/// The value of the global constant `operator`.
#[derive(Debug, Clone)]
struct Operator;

/// Reads items or attributes of what it is called with.
#[derive(Debug, Clone)]
struct Getter {
    names: Array,
    of_attributes: bool,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Getter>("operator.itemgetter")
        .by_parts(
            "operator.itemgetter",
            |_, getter: &Getter| {
                let kind = Dynamic::from(getter.of_attributes);
                Ok(vec![Dynamic::from(getter.names.clone()), kind].into())
            },
            |_, parts| {
                let parts: Result<[Dynamic; 2], _> =
                    parts.into_array().unwrap_or_default().try_into();
                let [names, kind] = parts.map_err(|_| "not names and a kind")?;
                Ok(Getter {
                    names: names.into_array().unwrap_or_default(),
                    of_attributes: kind.as_bool().unwrap_or(false),
                })
            },
        )
        .unlisted(CALL, &["obj", "/"], read);
    let mut operator = registry.namespace("operator", Operator);
    arithmetic(&mut operator);
    comparisons(&mut operator);
    operator
        .function("itemgetter", &["*items", "/"], |call| getter(call, false))
        .function("attrgetter", &["*attrs", "/"], |call| getter(call, true));
}

/// The parameters of functions of two values.
const TWO: &[&str] = &["a", "b", "/"];

fn arithmetic(operator: &mut Namespace<'_>) {
    operator
        .function("add", TWO, |call| {
            let (a, b) = (call.value(0), call.value(1));
            add(call, a, b)
        })
        .function("concat", TWO, |call| {
            let (a, b) = (call.value(0), call.value(1));
            add(call, a, b)
        })
        .function("truediv", TWO, |call| {
            let (a, b) = (call.value(0), call.value(1));
            match (as_float(&a), as_float(&b)) {
                (Some(_), Some(0.0)) => Err(raise("ZeroDivisionError", "division by zero")),
                (Some(x), Some(y)) => Ok((x / y).into()),
                _ => by_engine(call, "/", &a, &b),
            }
        })
        .function("not_", &["obj", "/"], |call| {
            Ok((!truth(&call.value(0))).into())
        })
        .function("truth", &["obj", "/"], |call| {
            Ok(truth(&call.value(0)).into())
        })
        .function("neg", &["obj", "/"], |call| {
            let value = call.value(0);
            by_engine(call, "-", &Dynamic::from_int(0), &value)
        })
        .function("getitem", TWO, |call| {
            let (object, key) = (call.value(0), call.value(1));
            item(call, object, &key)
        });
    let of_engine: [(&'static str, Handler); 5] = [
        ("sub", |call| engine(call, "-")),
        ("mul", |call| engine(call, "*")),
        ("and_", |call| engine(call, "&")),
        ("or_", |call| engine(call, "|")),
        ("xor", |call| engine(call, "^")),
    ];
    for (name, handler) in of_engine {
        operator.function(name, TWO, handler);
    }
}

fn engine(call: &mut Call<'_>, operator: &str) -> Outcome {
    let (a, b) = (call.value(0), call.value(1));
    // Rhai removes what is subtracted from a string.
    if operator == "-" && as_string(&a).is_some() {
        return Err(unsupported(operator, &a, &b));
    }
    let bits = match (a.as_bool(), b.as_bool(), operator) {
        (Ok(a), Ok(b), "&") => Some(a & b),
        (Ok(a), Ok(b), "|") => Some(a | b),
        (Ok(a), Ok(b), "^") => Some(a ^ b),
        _ => None,
    };
    match bits {
        Some(bit) => Ok(bit.into()),
        None => by_engine(call, operator, &a, &b),
    }
}

fn comparisons(operator: &mut Namespace<'_>) {
    let compares: [(&'static str, Handler); 2] = [
        ("eq", |call| {
            let (a, b) = (call.value(0), call.value(1));
            Ok(equal(call.context, &a, &b).into())
        }),
        ("ne", |call| {
            let (a, b) = (call.value(0), call.value(1));
            Ok((!equal(call.context, &a, &b)).into())
        }),
    ];
    let orders = ORDERS.map(|(_, name, handler)| (name, handler));
    for (name, handler) in compares.into_iter().chain(orders) {
        operator.function(name, TWO, handler);
    }
}

/// `itemgetter(*items)`, `attrgetter(*attrs)`
fn getter(call: &mut Call<'_>, of_attributes: bool) -> Outcome {
    let names: Array = call.rest(0);
    if names.is_empty() {
        let text = format!("{} expected 1 argument, got 0", call.name());
        return Err(raise("TypeError", text));
    }
    let getter = Getter {
        names,
        of_attributes,
    };
    function_of(call.interp, &Dynamic::from(getter))
}

fn read(call: &mut Call<'_>) -> Outcome {
    let (getter, object) = (call.this::<Getter>(), call.value(0));
    let mut values = Array::new();
    for name in &getter.names {
        values.push(match getter.of_attributes {
            false => item(call, object.clone(), name)?,
            true => {
                let path = as_string(name).unwrap_or_default();
                let mut value = object.clone();
                for part in path.split('.') {
                    value = attribute(call, &mut value, part).ok_or_else(|| {
                        let found = type_name(&value);
                        let text = format!("'{found}' object has no attribute '{part}'");
                        raise("AttributeError", text)
                    })?;
                }
                value
            }
        });
    }
    Ok(match values.len() {
        1 => values.remove(0),
        _ => values.into(),
    })
}

/// Returns `object[key]`.
fn item(call: &Call<'_>, object: Dynamic, key: &Dynamic) -> Outcome {
    if let (Some(items), Some(index)) = (object.read_lock::<Array>(), as_int(key)) {
        let place = slices::at(index, items.len());
        let item = place.and_then(|place| items.get(place).cloned());
        return item.ok_or_else(|| raise("IndexError", "list index out of range"));
    }
    if let Some(entries) = object.read_lock::<Map>() {
        let name = call.str(key);
        let entry = entries.get(name.as_str()).cloned();
        return entry.ok_or_else(|| no_key(key.clone()));
    }
    if let (Some(text), Some(index)) = (as_string(&object), as_int(key)) {
        let place = slices::at(index, text.chars().count());
        let char = place.and_then(|place| text.chars().nth(place));
        let char = char.map(|char| char.to_string().into());
        return char.ok_or_else(|| raise("IndexError", "string index out of range"));
    }
    let (mut object, mut key) = (object.clone(), key.clone());
    if let Some(own) = Classes::function(call.interp, &object, "__getitem__") {
        return call_as_method(call.context, &own, &mut object, vec![key]);
    }
    let args = &mut [&mut object, &mut key];
    let value = call.context.call_native_fn_raw("index$get$", true, args);
    value.map_err(|error| match *error {
        rhai::EvalAltResult::ErrorFunctionNotFound(..) => {
            let text = format!("'{}' object is not subscriptable", type_name(&object));
            raise("TypeError", text)
        }
        _ => error,
    })
}
