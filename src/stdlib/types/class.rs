//! The members of `Object`.

use std::any::TypeId;
use std::cell::RefCell;

use rhai::{Array, Dynamic, EvalAltResult, FnPtr, Map};

use super::object::{MODULE, NAMESPACE, OBJECT, Object};
use super::operators::{is_written_as_item, item, items, set_item};
use super::{missing_in, shown_module};
use crate::script::bind::{attribute_or_method, call_as_method, leave_by};
use crate::script::caller::Caller;
use crate::script::{Call, Failure, Outcome, Registry, raise, truth, type_name};
use crate::stdlib::builtins::sequence::as_function;
use crate::text::{as_int, as_string};

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Object>("Object")
        .by_parts(
            "Object",
            |_, object: &Object| {
                let attributes = object.with(|attributes| attributes.clone());
                let parts: Array = vec![object.class().into(), attributes.into()];
                Ok(parts.into())
            },
            |_, parts| of_parts(parts).ok_or_else(|| "its attributes are not a map".into()),
        )
        .index_getter(attribute)
        .index_setter(set_attribute)
        .attributes(|object, name| object.read_lock::<Object>()?.get(name))
        .context(enter, leave)
        .method("to_string", &[], |call| Ok(str(call)?.into()))
        .method("to_debug", &[], |call| Ok(repr(call)?.into()));
    let pair = [TypeId::of::<Object>(); 2];
    registry.exactly("==", &pair, &["a", "b"], |call| Ok(equal(call)?.into()));
    registry.exactly("!=", &pair, &["a", "b"], |call| Ok((!equal(call)?).into()));
    registry.exactly("len", &[TypeId::of::<Object>()], &["obj"], length);
    take_as_function(registry);
    registry
        .members()
        .set_iter_result(TypeId::of::<Object>(), |object| {
            match items(&object.cast::<Object>()) {
                Ok(items) => Box::new(items.into_iter().map(Ok)),
                Err(error) => Box::new(std::iter::once(Err(error))),
            }
        });
}

/// Lets Rhai's methods of lists take an object with `__call__` for a function.
fn take_as_function(registry: &mut Registry) {
    let params = &["list", "function", "initial?"];
    let types = [
        TypeId::of::<Array>(),
        TypeId::of::<Object>(),
        TypeId::of::<Dynamic>(),
    ];
    for name in ["map", "filter", "some", "all", "find", "find_map"] {
        registry.exactly(name, &types[..2], &params[..2], with_function);
    }
    for name in ["reduce", "reduce_rev"] {
        registry.exactly(name, &types[..2], params, with_function);
        registry.exactly(name, &types, params, with_function);
    }
    let mut list = registry.extension::<Array>("list");
    for name in ["dedup", "drain", "for_each", "retain", "sort", "sort_by"] {
        list.exactly(name, &types[1..2], &["function", "/"], in_place);
    }
    let mut dict = registry.extension::<Map>("dict");
    for name in ["drain", "filter", "retain"] {
        dict.exactly(name, &types[1..2], &["function", "/"], chosen_entries);
    }
}

/// `dict.filter(object)`, `retain` and `drain`: the entries for which the object, called with the key and the value, gives something true.
fn chosen_entries(call: &mut Call<'_>) -> Outcome {
    let object = call.value(0);
    let function = as_function(call, &object)?;
    let (mut chosen, mut others) = (Map::new(), Map::new());
    let entries = call.receiver().flatten_clone().try_cast::<Map>();
    for (key, value) in entries.unwrap_or_default() {
        let args = vec![key.to_string().into(), value.clone()];
        let is_chosen = truth(&call.call(&function, args)?);
        let part = if is_chosen { &mut chosen } else { &mut others };
        part.insert(key, value);
    }
    let (kept, result) = match call.name() {
        "filter" => return Ok(chosen.into()),
        "retain" => (chosen, others),
        _ => (others, chosen),
    };
    *call.writable::<Map>("dict")? = kept;
    Ok(result.into())
}

/// As [`with_function`], for methods that may change what they are called on.
fn in_place(call: &mut Call<'_>) -> Outcome {
    let object = call.value(0);
    let mut function = Dynamic::from(as_function(call, &object)?);
    let (context, name) = (call.context, call.name());
    context.call_native_fn_raw(name, true, &mut [call.receiver(), &mut function])
}

/// Calls the method of a list with the function that an object is.
fn with_function(call: &mut Call<'_>) -> Outcome {
    let (list, object) = (call.value(0), call.value(1));
    let function = as_function(call, &object)?;
    let mut args = vec![list, function.into()];
    args.extend(call.has(2).then(|| call.value(2)));
    let mut args: Vec<&mut Dynamic> = args.iter_mut().collect();
    call.context
        .call_native_fn_raw(call.name(), true, &mut args)
}

fn of_parts(parts: Dynamic) -> Option<Object> {
    let [class, attributes] = <[Dynamic; 2]>::try_from(parts.into_array().ok()?).ok()?;
    let class = class.into_string().ok()?;
    let class = [OBJECT, NAMESPACE, MODULE]
        .into_iter()
        .find(|known| *known == class);
    Some(Object::named(class?, attributes.try_cast::<Map>()?))
}

/// `Object(attributes)`
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let Some(given) = call.given(0) else {
        return Ok(Dynamic::from(Object::new(Map::new())));
    };
    let attributes = given
        .try_cast_result::<Map>()
        .map_err(|found| call.mismatch(0, "a map", &found))?;
    let object = Object::new(attributes);
    note_iteration(call, &object)?;
    Ok(Dynamic::from(object))
}

fn attribute(call: &mut Call<'_>) -> Outcome {
    let (object, index) = (call.this::<Object>(), call.value(0));
    let Some(name) = as_string(&index) else {
        let Some(method) = object.function("__getitem__") else {
            let text = "'Object' object is not subscriptable: it has no __getitem__";
            return Err(raise("TypeError", text));
        };
        return item(call, &object, &method, index);
    };
    let (found, method) = object.with(|attributes| {
        let get = |name: &str| attributes.get(name).cloned();
        (get(&name), get("__getitem__"))
    });
    if let Some(method) = method.and_then(|method| method.try_cast::<FnPtr>()) {
        // In a text that is evaluated, there is nothing else to go by.
        let is_item = is_written_as_item(call, &name)
            .unwrap_or_else(|| found.is_none() && !name.starts_with("__"));
        if is_item {
            return item(call, &object, &method, index);
        }
    }
    if found.is_none()
        && let Some(text) = missing_in(&object, &name)
    {
        return Err(raise("AttributeError", text));
    }
    attribute_or_method(call, object.class(), &name, found)
}

fn missing(name: &str) -> Failure {
    let text = format!("'Object' object has no attribute '{name}'");
    raise("AttributeError", text)
}

fn set_attribute(call: &mut Call<'_>) -> Outcome {
    let (object, index, value) = (call.this::<Object>(), call.value(0), call.value(1));
    let has = |method: &str| object.function(method).is_some();
    let Some(name) = as_string(&index) else {
        return set_item(call, &object, index, value);
    };
    if (has("__getitem__") || has("__setitem__")) && is_written_as_item(call, &name) == Some(true) {
        return set_item(call, &object, index, value);
    }
    // What the attribute was is dropped when nothing is locked: it may be an object too.
    let old = object.with(|attributes| attributes.insert(name.as_str().into(), value));
    drop(old);
    if name == "__iter__" {
        note_iteration(call, &object)?;
    }
    Ok(Dynamic::UNIT)
}

fn note_iteration(call: &Call<'_>, object: &Object) -> Result<(), Failure> {
    if object.function("__iter__").is_some() {
        object.iterate_in(Caller::of(call.interp, call.context)?);
    }
    Ok(())
}

/// `delattr(object, name)`
pub(super) fn delete(call: &mut Call<'_>) -> Outcome {
    let (mut object, name) = (call.value(0), call.string(1)?);
    let found = type_name(&object);
    if let Some(object) = object.read_lock::<Object>().map(|object| object.clone()) {
        let old = object.with(|attributes| attributes.remove(name.as_str()));
        return old.map(|_| Dynamic::UNIT).ok_or_else(|| missing(&name));
    }
    let mut key = Dynamic::from(name.clone());
    let args = &mut [&mut object, &mut key];
    let result = call.context.call_native_fn_raw("__delattr__", true, args);
    result.map_err(|error| match *error {
        EvalAltResult::ErrorFunctionNotFound(..) => {
            let text = format!("attributes of a '{found}' object cannot be deleted");
            raise("AttributeError", text)
        }
        _ => error,
    })
}

/// `vars(object)`
pub(super) fn vars(call: &mut Call<'_>) -> Outcome {
    let object = call.value(0);
    if object.is_map() {
        return Ok(object);
    }
    let found = object.try_cast::<Object>();
    let attributes = found.map(|object| object.with(|attributes| attributes.clone()));
    attributes.map(Dynamic::from).ok_or_else(|| {
        let text = "vars() argument must have __dict__ attribute";
        raise("TypeError", text)
    })
}

fn method(call: &mut Call<'_>, name: &str, args: Vec<Dynamic>) -> Option<Outcome> {
    let function = call.this::<Object>().function(name)?;
    Some(run(call, &function, args))
}

fn run(call: &mut Call<'_>, function: &FnPtr, args: Vec<Dynamic>) -> Outcome {
    let mut this = call.receiver().clone();
    call_as_method(call.context, function, &mut this, args)
}

fn enter(call: &mut Call<'_>) -> Outcome {
    let has_exit = call.this::<Object>().function("__exit__").is_some();
    let entered = has_exit
        .then(|| method(call, "__enter__", vec![]))
        .flatten();
    entered.unwrap_or_else(|| {
        let text = "'Object' object does not support the context manager protocol";
        Err(raise("TypeError", text))
    })
}

fn leave(call: &mut Call<'_>) -> Outcome {
    let problem = call.rest(0);
    let Some(exit) = call.this::<Object>().function("__exit__") else {
        return Ok(Dynamic::UNIT);
    };
    let mut this = call.receiver().clone();
    leave_by(call.interp, call.context, &exit, &mut this, problem).map(Dynamic::from)
}

fn equal(call: &mut Call<'_>) -> Result<bool, Failure> {
    let (a, b) = (call.value(0), call.value(1));
    let (Some(one), Some(other)) = (a.read_lock::<Object>(), b.read_lock::<Object>()) else {
        return Ok(false);
    };
    let (one, other) = (one.clone(), other.clone());
    match one.function("__eq__") {
        Some(eq) => {
            let mut this = Dynamic::from(one);
            let other = Dynamic::from(other);
            let result = eq.call_raw(call.context, Some(&mut this), vec![other])?;
            Ok(truth(&result))
        }
        None => Ok(one.address() == other.address()),
    }
}

fn length(call: &mut Call<'_>) -> Outcome {
    let object = call.value(0);
    let len = object
        .read_lock::<Object>()
        .and_then(|object| object.function("__len__"));
    let Some(len) = len else {
        return Err(raise("TypeError", "object of type 'Object' has no len()"));
    };
    let mut this = object;
    let result = call_as_method(call.context, &len, &mut this, vec![])?;
    match as_int(&result) {
        Some(length) if length >= 0 => Ok(result),
        Some(_) => Err(raise("ValueError", "__len__() should return >= 0")),
        None => {
            let found = type_name(&result);
            let text = format!("'{found}' object cannot be interpreted as an integer");
            Err(raise("TypeError", text))
        }
    }
}

fn str(call: &mut Call<'_>) -> Result<String, Failure> {
    match method(call, "__str__", vec![]) {
        Some(result) => text_of("__str__", &result?),
        None => repr(call),
    }
}

fn text_of(name: &str, result: &Dynamic) -> Result<String, Failure> {
    as_string(result).map(Into::into).ok_or_else(|| {
        let found = type_name(result);
        raise(
            "TypeError",
            format!("{name} returned non-string (type {found})"),
        )
    })
}

thread_local! {
    /// The objects whose attributes are being shown: one of them may be among its own.
    static SHOWN: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// The most objects that are shown inside one another.
const LEVELS_SHOWN: usize = 50;

fn repr(call: &mut Call<'_>) -> Result<String, Failure> {
    if let Some(result) = method(call, "__repr__", vec![]) {
        return text_of("__repr__", &result?);
    }
    let object: Object = call.this();
    if let Some(text) = shown_module(&object) {
        return Ok(text);
    }
    let address = object.address();
    let is_inside =
        SHOWN.with_borrow(|shown| shown.contains(&address) || shown.len() >= LEVELS_SHOWN);
    if is_inside {
        return Ok(format!("{}(...)", object.class()));
    }
    let attributes = object.with(|attributes| attributes.clone());
    SHOWN.with_borrow_mut(|shown| shown.push(address));
    let values = attributes.iter().filter(|(_, value)| !value.is_fnptr());
    let values = values.map(|(name, value)| format!("{name}={}", call.repr(value)));
    let values = values.collect::<Vec<_>>().join(", ");
    let text = format!("{}({values})", object.class());
    SHOWN.with_borrow_mut(Vec::pop);
    Ok(text)
}
