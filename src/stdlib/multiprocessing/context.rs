//! How scripts choose the start method: `set_start_method` for all children, `get_context` for some.

use std::any::TypeId;

use rhai::{Array, Dynamic};

use super::module::{Context, Multiprocessing};
use super::start_method::StartMethod;
use super::start_method::StartMethods;
use crate::script::codecs::Codecs;
use crate::script::{Call, Failure, Namespace, Outcome, Registry, raise};
use crate::text::as_string;
use crate::wire::TypeCodec;

/// Returns the context on which a function of the module was called: `ctx.Process(…)`.
pub(super) fn of(call: &Call<'_>) -> Option<Context> {
    call.this_if::<Multiprocessing>()?.context
}

/// Registers the functions among those of `multiprocessing`.
pub(super) fn register(module: &mut Namespace<'_>) {
    module
        .global("get_start_method", &["allow_none?"], |call| {
            let context = of(call).map(Context::name);
            let current = || StartMethods::of(call.interp).current().name();
            Ok(context.unwrap_or_else(current).into())
        })
        .global("set_start_method", &["method", "force?"], set_start_method)
        .global("get_all_start_methods", &[], |call| {
            let methods = &StartMethods::of(call.interp);
            Ok(StartMethod::ALL
                .iter()
                .filter(|method| methods.offers(**method))
                .map(|m| Dynamic::from(m.name()))
                .collect::<Array>()
                .into())
        })
        .global("get_context", &["method?"], get_context);
}

/// Registers how a context is shown, and how it is sent.
pub(super) fn register_class(registry: &mut Registry) {
    let receiver = [TypeId::of::<Multiprocessing>()];
    for name in ["to_string", "to_debug"] {
        registry.exactly(name, &receiver, &["module"], |call| {
            let module = call.value(0);
            let context = module.read_lock::<Multiprocessing>();
            let context = context.and_then(|module| module.context);
            Ok(context.map_or_else(
                || "multiprocessing".into(),
                |context| {
                    let prefix = context.prefix();
                    format!("<multiprocessing.context.{prefix}Context object>").into()
                },
            ))
        });
    }
    send(registry.codecs());
}

/// Sends a context by its name, and the module itself without one.
fn send(codecs: &mut Codecs) {
    let encode = |value: &Dynamic| {
        let module = value.read_lock::<Multiprocessing>();
        let context = module.and_then(|module| module.context);
        Ok(context.map_or(Dynamic::UNIT, |context| context.name().into()))
    };
    let decode = |name: Dynamic| {
        let context = match as_string(&name) {
            None => None,
            Some(name) => Some(Context::named(&name).ok_or("a context without its method")?),
        };
        Ok(Dynamic::from(Multiprocessing { context }))
    };
    let own = TypeId::of::<Multiprocessing>();
    codecs.by_parts(TypeCodec::of("context", own, encode, decode));
}

fn set_start_method(call: &mut Call<'_>) -> Outcome {
    if of(call).is_some() {
        let text = "cannot set start method of concrete context";
        return Err(raise("ValueError", text));
    }
    let name = call.string(0)?;
    let method = find(&name)?.method();
    if !StartMethods::of(call.interp).offers(method) {
        let text = "the start method 'fork' would copy the program this script is embedded in; children are started by 'spawn'";
        return Err(raise("RuntimeError", text));
    }
    let force = call.bool_or(1, false);
    if StartMethods::of(call.interp).fix(method, force) {
        Ok(Dynamic::UNIT)
    } else {
        Err(raise("RuntimeError", "context has already been set"))
    }
}

/// `get_context(method=None)`: the module with that start method; without one, as it is.
fn get_context(call: &mut Call<'_>) -> Outcome {
    let context = match call.given(0) {
        None => of(call),
        Some(name) => Some(find(&call.str(&name))?),
    };
    Ok(Dynamic::from(Multiprocessing { context }))
}

/// # Errors
/// `ValueError` for an unknown name.
fn find(name: &str) -> Result<Context, Failure> {
    let text = || format!("cannot find context for '{name}'");
    Context::named(name).ok_or_else(|| raise("ValueError", text()))
}
