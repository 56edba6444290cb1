//! Types and attributes of values: `type`, `isinstance`, `callable`, `id`, `getattr`.
//!
//! A type is an object that prints as `<class 'int'>` and equals its name, the function of that name and itself:
//! `type(x) == int`, `type(x) == "int"`, `type(x) == type(y)`.

use std::any::TypeId;
use std::hash::{DefaultHasher, Hash, Hasher};

use rhai::{Array, Dynamic, FnPtr, ImmutableString, Map};

use crate::script::bind::{CALL, Classes, attribute_of};
use crate::script::record::Record;
use crate::script::values::type_name_in;
use crate::script::{Call, Exception, Failure, Outcome, Registry, raise, type_name};
use crate::text::{as_string, function_name};

/// The result of `type(x)`.
#[derive(Debug, Clone)]
struct Type(ImmutableString);

pub(super) fn register(registry: &mut Registry) {
    registry.function("type", &["object"], |call| {
        let value = call.value(0);
        Ok(Dynamic::from(Type(kind_of(call, &value).into())))
    });
    registry
        .class::<Type>("type")
        .getter("name", |call| Ok(call.this::<Type>().0.into()))
        .getter("__name__", |call| {
            let Type(name) = call.this();
            let own = name.rsplit('.').next().unwrap_or_default();
            Ok(own.to_string().into())
        })
        .repr(|call| Ok(call.this::<Type>().repr().into()));
    registry
        .extension::<Exception>("Exception")
        .getter("__class__", |call| {
            let exception = call.this::<Exception>();
            Ok(Dynamic::from(Type(exception.kind().into())))
        });
    let own = TypeId::of::<Type>();
    let others = [TypeId::of::<ImmutableString>(), TypeId::of::<FnPtr>()];
    let pairs = others
        .iter()
        .flat_map(|other| [[own, *other], [*other, own]]);
    for pair in pairs.chain([[own, own]]) {
        registry.exactly("==", &pair, &["a", "b"], |call| Ok(same(call).into()));
        registry.exactly("!=", &pair, &["a", "b"], |call| Ok((!same(call)).into()));
    }
    registry.function("isinstance", &["object", "classinfo"], |call| {
        let (value, classes) = (call.value(0), call.value(1));
        let classes = named(call, classes);
        let is_tuple = value.is::<Record>();
        if is_tuple && is_instance("list", None, &classes)? {
            return Ok(Dynamic::TRUE);
        }
        let exception = is_error(&value).then(|| Exception::from_thrown(&value));
        is_instance(&kind_of(call, &value), exception.as_ref(), &classes).map(Dynamic::from)
    });
    registry.function("callable", &["object"], |call| {
        let value = call.value(0);
        Ok(call.callable(&value).is_some().into())
    });
    registry.function("id", &["object"], id);
    register_attributes(registry);
}

impl Type {
    fn repr(&self) -> String {
        format!("<class '{}'>", self.0)
    }
}

/// Returns the name of a value's type; Rhai's own errors have the type Python's would.
fn kind_of(call: &Call<'_>, value: &Dynamic) -> String {
    if is_error(value) {
        Exception::from_thrown(value).kind().to_string()
    } else {
        type_name_in(call.context.engine(), value)
    }
}

/// Returns an exception, or the map that Rhai makes of one of its errors.
fn is_error(value: &Dynamic) -> bool {
    value.is::<Exception>()
        || value
            .read_lock::<Map>()
            .is_some_and(|map| map.contains_key("error") && map.contains_key("message"))
}

/// Returns the class an argument names.
fn class_name(value: &Dynamic) -> Option<ImmutableString> {
    if let Some(kind) = value.read_lock::<Type>() {
        return Some(kind.0.clone());
    }
    if let Some(function) = value.read_lock::<FnPtr>() {
        return Some(function_name(&function).into());
    }
    as_string(value)
}

/// Replaces the classes of our modules, such as `datetime.date`, by their names.
fn named(call: &Call<'_>, classes: Dynamic) -> Dynamic {
    if let Some(all) = classes.read_lock::<Array>() {
        let all = all.iter().map(|class| named(call, class.clone()));
        return all.collect::<Array>().into();
    }
    let is_own = classes.is_variant() && !classes.is_shared();
    let module = is_own
        .then(|| Classes::module(call.interp, &classes))
        .flatten();
    match module.filter(|_| Classes::method(call.interp, &classes, CALL).is_some()) {
        Some(name) => name.replace("::", ".").into(),
        None => classes,
    }
}

fn same(call: &mut Call<'_>) -> bool {
    let (a, b) = (call.value(0), call.value(1));
    match (class_name(&a), class_name(&b)) {
        (Some(a), Some(b)) => canonical(&a) == canonical(&b),
        _ => false,
    }
}

/// Arrays represent tuples too.
fn canonical(name: &str) -> &str {
    match name {
        "tuple" => "list",
        "None" => "NoneType",
        other => other,
    }
}

fn is_instance(
    kind: &str,
    exception: Option<&Exception>,
    classes: &Dynamic,
) -> Result<bool, Failure> {
    if let Some(classes) = classes.read_lock::<Array>() {
        for class in classes.iter() {
            if is_instance(kind, exception, class)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let Some(class) = class_name(classes) else {
        let text = "isinstance() arg 2 must be a type, a tuple of types, or a union";
        return Err(raise("TypeError", text));
    };
    let class = canonical(&class);
    Ok(match class {
        "object" => true,
        // In Python a bool is an int.
        "int" => matches!(kind, "int" | "bool"),
        "datetime.date" => matches!(kind, "datetime.date" | "datetime.datetime"),
        _ => kind == class || exception.is_some_and(|exception| exception.is_instance(class)),
    })
}

/// `id(x)`: a number that equal values share. Scripts copy values, so an address means nothing.
fn id(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let mut hasher = DefaultHasher::new();
    (type_name(&value), call.repr(&value)).hash(&mut hasher);
    Ok(Dynamic::from_int((hasher.finish() >> 1).cast_signed()))
}

fn register_attributes(registry: &mut Registry) {
    registry.function("hasattr", &["object", "name"], |call| {
        let (mut object, name) = (call.value(0), call.string(1)?);
        Ok(attribute(call, &mut object, &name).is_some().into())
    });
    registry.function("getattr", &["object", "name", "default?", "/"], |call| {
        let (mut object, name) = (call.value(0), call.string(1)?);
        match attribute(call, &mut object, &name) {
            Some(value) => Ok(value),
            None if call.has(2) => Ok(call.value(2)),
            None => {
                let found = type_name(&object);
                let text = format!("'{found}' object has no attribute '{name}'");
                Err(raise("AttributeError", text))
            }
        }
    });
    registry.function("setattr", &["object", "name", "value"], set_attribute);
}

/// Returns the attribute, if the object has it.
pub(in crate::stdlib) fn attribute(
    call: &Call<'_>,
    object: &mut Dynamic,
    name: &str,
) -> Option<Dynamic> {
    if let Some(map) = object.read_lock::<Map>() {
        return map.get(name).cloned();
    }
    let getter = format!("get${name}");
    let property = call
        .context
        .call_native_fn_raw(&getter, true, &mut [object]);
    property.ok().or_else(|| {
        if Classes::function(call.interp, object, "__getitem__").is_some() {
            return attribute_of(call, object, name);
        }
        let mut name = Dynamic::from(name.to_string());
        let mut args = [object, &mut name];
        let found = object_indexer(call, "index$get$", &mut args);
        found.ok()
    })
}

fn object_indexer(call: &Call<'_>, name: &str, args: &mut [&mut Dynamic]) -> Outcome {
    call.context.call_native_fn_raw(name, true, args)
}

/// `setattr(object, name, value)`, for objects that are shared by reference.
fn set_attribute(call: &mut Call<'_>) -> Outcome {
    let (mut object, name, value) = (call.value(0), call.string(1)?, call.value(2));
    let kind = type_name(&object);
    if !object.is_variant() {
        let text = format!("setattr() would change a copy of the {kind}: write `x.{name} = …`");
        return Err(raise("TypeError", text));
    }
    let (mut first, mut second) = (value.clone(), value);
    let setter = format!("set${name}");
    let property = call
        .context
        .call_native_fn_raw(&setter, true, &mut [&mut object, &mut first]);
    if let Err(error) = property {
        if !matches!(
            *error,
            rhai::EvalAltResult::ErrorDotExpr(..) | rhai::EvalAltResult::ErrorFunctionNotFound(..)
        ) {
            return Err(error);
        }
        let mut name_value = Dynamic::from(name.clone());
        let mut args = [&mut object, &mut name_value, &mut second];
        let _ = object_indexer(call, "index$set$", &mut args).map_err(|error| match *error {
            rhai::EvalAltResult::ErrorIndexingType(..) => {
                let text = format!("'{kind}' object has no attribute '{name}'");
                raise("AttributeError", text)
            }
            _ => error,
        })?;
    }
    Ok(Dynamic::UNIT)
}
