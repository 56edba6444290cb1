//! Methods as values: `q.put`, `this.run`, `time.sleep` without brackets, each bound to its object.
//!
//! Such a value is a function of Rhai's with the object as its first argument, so that whatever takes a function takes it too. Its name has a
//! prefix by which another process makes the same.

use std::any::TypeId;
use std::sync::{Arc, Weak};

use rhai::{Array, Dynamic, EvalAltResult, FnPtr, ImmutableString, NativeCallContext, Position};

use super::class_table::Classes;
use super::handler::Handler;
use super::registry::Registry;
use crate::script::Outcome;
use crate::script::call::Call;
use crate::script::exceptions::{Failure, raise, thrown};
use crate::script::interp::Interp;
use crate::script::rhai_names;
use crate::text::{BOUND, function_name, type_name, type_name_of};

/// The object of a bound method, as the first argument of the function that stands for it.
#[derive(Debug, Clone)]
struct Bound {
    receiver: Dynamic,
    name: ImmutableString,
    /// The script's function, if the method is an attribute: `()` for one of ours.
    function: Dynamic,
}

/// Registers the objects of bound methods, which are sent with them.
pub(crate) fn register(registry: &mut Registry) {
    registry.read_members();
    registry.class::<Bound>("method").by_parts(
        "method",
        |_, bound: &Bound| {
            let parts: Array = vec![
                bound.receiver.clone(),
                bound.name.clone().into(),
                bound.function.clone(),
            ];
            Ok(parts.into())
        },
        |_, parts| of_parts(parts).ok_or_else(|| "a method without its object".into()),
    );
    let name: Handler = |call| {
        let function = call.receiver().clone_cast::<FnPtr>();
        Ok(match function.is_anonymous() {
            true => "<lambda>".into(),
            false => function_name(&function).to_string().into(),
        })
    };
    registry
        .extension::<FnPtr>("function")
        .getter("__name__", name)
        .getter("__doc__", |call| {
            let function = call.receiver().clone_cast::<FnPtr>();
            let doc = call.interp.program.comment_of(function_name(&function));
            Ok(doc.map_or(Dynamic::UNIT, Dynamic::from))
        });
}

fn of_parts(parts: Dynamic) -> Option<Bound> {
    let parts: [Dynamic; 3] = parts.into_array().ok()?.try_into().ok()?;
    let [receiver, name, function] = parts;
    let name = name.into_immutable_string().ok()?;
    Some(Bound {
        receiver,
        name,
        function,
    })
}

/// Returns the function whose first argument is the object of a bound method of this name.
pub(crate) fn unbound(interp: &Arc<Interp>, name: &str) -> Result<FnPtr, String> {
    let interp = Arc::downgrade(interp);
    #[allow(deprecated)]
    FnPtr::from_fn(format!("{BOUND}{name}"), move |context, args| {
        run(&interp, &context, args)
    })
    .map_err(|error| error.to_string())
}

/// Returns a method bound to its object. `function` is the script's, if the method is an attribute.
fn bind(
    interp: &Arc<Interp>,
    receiver: &Dynamic,
    name: &str,
    function: Dynamic,
) -> Option<Dynamic> {
    // A function with a name keeps it.
    let own = function
        .read_lock::<FnPtr>()
        .filter(|function| !function.is_anonymous());
    let shown = own.as_ref().map_or(name, |function| function.fn_name());
    let bound = unbound(interp, shown).ok()?;
    drop(own);
    Some(bound_to(bound, receiver, name, function))
}

fn bound_to(mut bound: FnPtr, receiver: &Dynamic, name: &str, function: Dynamic) -> Dynamic {
    bound.add_curry(Dynamic::from(Bound {
        receiver: receiver.clone(),
        name: name.into(),
        function,
    }));
    Dynamic::from(bound)
}

fn run(interp: &Weak<Interp>, context: &NativeCallContext, args: &mut [&mut Dynamic]) -> Outcome {
    // Called as an attribute of another object, it has that before its own.
    let at = args.iter().take(2).position(|arg| arg.is::<Bound>());
    let at = at.ok_or("a method without its object")?;
    let bound = args[at].clone_cast::<Bound>();
    let rest = args[at + 1..].iter_mut();
    let mut rest: Vec<Dynamic> = rest.map(|arg| std::mem::take(&mut **arg)).collect();
    let mut receiver = bound.receiver;
    if let Some(function) = bound.function.try_cast::<FnPtr>() {
        return function.call_raw(context, Some(&mut receiver), rest);
    }
    let interp = interp.upgrade().ok_or("the runtime has ended")?;
    if let Some((class, _)) = class_of(&interp, &receiver) {
        return run_of_class(context, (class, &bound.name), &mut rest);
    }
    if let Some(function) = Classes::function(&interp, &receiver, &bound.name) {
        return call_as_method(context, &function, &mut receiver, rest);
    }
    let mut all: Vec<&mut Dynamic> = std::iter::once(&mut receiver)
        .chain(rest.iter_mut())
        .collect();
    context.call_fn_raw(&*bound.name, true, true, &mut all)
}

/// Returns whether a function is bound to an object.
pub(crate) fn is_bound(function: &FnPtr) -> bool {
    function.fn_name().starts_with(BOUND)
}

/// Calls a function that is an attribute of an object, as its method unless it is bound to another.
///
/// # Errors
/// Those of the function.
pub(crate) fn call_as_method(
    context: &NativeCallContext,
    function: &FnPtr,
    this: &mut Dynamic,
    args: Vec<Dynamic>,
) -> Outcome {
    let this = (!is_bound(function)).then_some(this);
    function.call_raw(context, this, args)
}

/// Returns the function that a call of a value calls: that of an object is its `__call__`. Other values are returned as they are.
pub(crate) fn callee(interp: &Arc<Interp>, value: Dynamic) -> Dynamic {
    let bound = match Classes::function(interp, &value, CALL) {
        Some(own) if is_bound(&own) => Some(own.into()),
        Some(own) => bind(interp, &value, CALL, own.into()),
        // A class of ours, such as `datetime.date`.
        None if value.is_variant() && Classes::method(interp, &value, CALL).is_some() => {
            function_of(interp, &value).ok()
        }
        None => None,
    };
    bound.unwrap_or(value)
}

impl Call<'_> {
    /// Returns what is called when a value is: a function itself, of an object its `__call__`.
    pub(crate) fn callable(&self, value: &Dynamic) -> Option<FnPtr> {
        callee(self.interp, value.flatten_clone()).try_cast::<FnPtr>()
    }
}

/// Returns an attribute that a script has set, as `object.name` reads it: a function that may use `this` is bound to the object.
fn read_attribute(call: &Call<'_>, receiver: &Dynamic, name: &str, value: Dynamic) -> Dynamic {
    let program = &call.interp.program;
    let is_method = value
        .read_lock::<FnPtr>()
        .is_some_and(|function| !is_bound(&function) && program.may_use_this(function.fn_name()));
    if !is_method {
        return value;
    }
    bind(call.interp, receiver, name, value.clone()).unwrap_or(value)
}

/// Returns the attribute or the method of a value, as `object.name` reads it, whatever items it has.
pub(crate) fn attribute_of(call: &Call<'_>, object: &Dynamic, name: &str) -> Option<Dynamic> {
    match Classes::attribute(call.interp, object, name) {
        Some(value) => Some(read_attribute(call, object, name, value)),
        None => method_of(call, object, name),
    }
}

/// `object.name`: the attribute that was `found`, or else the method of that name, bound to the object.
pub(crate) fn attribute_or_method(
    call: &mut Call<'_>,
    class: &str,
    name: &str,
    found: Option<Dynamic>,
) -> Outcome {
    let receiver = call.receiver().clone();
    if let Some(value) = found {
        return Ok(read_attribute(call, &receiver, name, value));
    }
    method_of(call, &receiver, name).ok_or_else(|| no_attribute(call, class, name))
}

/// `object.name`, where no property has that name: the method, bound to the object.
pub(crate) fn member(call: &mut Call<'_>) -> Outcome {
    let index = call.value(0);
    let receiver = call.receiver().clone();
    if let Some((class, type_id)) = class_of(call.interp, &receiver)
        && let Some(name) = crate::text::as_string(&index).filter(|name| !name.starts_with('_'))
    {
        let is_there = Classes::method_of_type(call.interp, type_id, &name).is_some()
            || rhai_names::may_have(type_id, &name);
        let method = is_there.then(|| bind(call.interp, &receiver, &name, Dynamic::UNIT));
        return method.flatten().ok_or_else(|| {
            let text = format!("type object '{class}' has no attribute '{name}'");
            raise("AttributeError", text)
        });
    }
    if !Classes::has(call.interp, &receiver) {
        return Err(not_indexed(call, &receiver, &index));
    }
    let class = || type_name_of(call.context.engine().map_type_name(receiver.type_name()));
    let Some(name) = crate::text::as_string(&index) else {
        let text = format!("'{}' object is not subscriptable", class());
        return Err(raise("TypeError", text));
    };
    // `throw queue.Empty;`
    if let Some(exception) = thrown(&name) {
        return Ok(Dynamic::from(exception));
    }
    method_of(call, &receiver, &name).ok_or_else(|| no_attribute(call, &class(), &name))
}

/// Returns the class that a function makes values of, and their type: `str`. A function of the script is none.
fn class_of(interp: &Interp, function: &Dynamic) -> Option<(&'static str, TypeId)> {
    let function = function.read_lock::<FnPtr>()?;
    let (class, type_id) = rhai_names::CLASSES
        .iter()
        .find(|(class, _)| *class == function.fn_name())?;
    let is_native = function.curry().is_empty() && interp.program.function(class).is_none();
    is_native.then(|| (*class, type_id()))
}

/// Calls `str.lower`, with the value that it is to be the method of as the first argument.
fn run_of_class(
    context: &NativeCallContext,
    (class, name): (&str, &str),
    args: &mut [Dynamic],
) -> Outcome {
    let Some(found) = args.first().map(type_name) else {
        let text = format!("unbound method {class}.{name}() needs an argument");
        return Err(raise("TypeError", text));
    };
    if found != class {
        let text = format!(
            "descriptor '{name}' for '{class}' objects doesn't apply to a '{found}' object"
        );
        return Err(raise("TypeError", text));
    }
    let mut args: Vec<&mut Dynamic> = args.iter_mut().collect();
    // Never a function of the script that has the same name.
    context.call_native_fn_raw(name, true, &mut args)
}

/// Returns Rhai's error for a value without items, by which it knows that it has to look elsewhere.
fn not_indexed(call: &Call<'_>, receiver: &Dynamic, index: &Dynamic) -> Failure {
    let name = |value: &Dynamic| call.context.engine().map_type_name(value.type_name());
    let types = format!("{} [{}]", name(receiver), name(index));
    EvalAltResult::ErrorIndexingType(types, call.context.call_position()).into()
}

/// Returns the error for an attribute that is not there. Rhai gives the place of the dot before it.
pub(crate) fn no_attribute(call: &Call<'_>, class: &str, name: &str) -> Failure {
    let text = format!("'{class}' object has no attribute '{name}'");
    let mut error = raise("AttributeError", text);
    let dot = call.context.call_position();
    if let (Some(line), Some(column)) = (dot.line(), dot.position())
        && let (Ok(line), Ok(column)) = (u16::try_from(line), u16::try_from(column + 1))
    {
        error.set_position(Position::new(line, column));
    }
    error
}

/// The method of a class whose values are called as functions: every program has it.
pub(crate) const CALL: &str = "__call__";

/// The method that formats a value: every program has it.
pub(crate) const FORMAT: &str = "__format__";

/// Returns a function that calls an object.
///
/// # Errors
/// None that a script can cause.
pub(crate) fn function_of(interp: &Arc<Interp>, object: &Dynamic) -> Outcome {
    bind(interp, object, CALL, Dynamic::UNIT).ok_or_else(|| "an object cannot be called".into())
}

/// As [`function_of`], under a name of its own, which `__name__` returns and which it is shown by.
///
/// # Errors
/// None that a script can cause.
pub(crate) fn function_named(interp: &Arc<Interp>, object: &Dynamic, name: &str) -> Outcome {
    match unbound(interp, name) {
        Ok(bound) => Ok(bound_to(bound, object, CALL, Dynamic::UNIT)),
        // Not the name of a function, as that of a closure.
        Err(_) => function_of(interp, object),
    }
}

/// Returns the object that a function calls, if it is one of [`function_of`].
pub(crate) fn called_object(function: &FnPtr) -> Option<Dynamic> {
    let first = function.curry().first()?.read_lock::<Bound>()?;
    (first.name == CALL).then(|| first.receiver.clone())
}

/// Returns the method of a value as a value.
pub(crate) fn method_of(call: &Call<'_>, receiver: &Dynamic, name: &str) -> Option<Dynamic> {
    let name = Classes::method(call.interp, receiver, name)?;
    bind(call.interp, receiver, name, Dynamic::UNIT)
}
