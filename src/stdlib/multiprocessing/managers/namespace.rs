//! `Manager().Namespace()`: attributes shared by all processes.

use rhai::Dynamic;

use super::contents::merge;
use super::dict::{change_key, get, pairs, remove_from, set};
use super::members::register_class;
use super::proxy::{self, NamespaceProxy, Proxy, Shape, assigned_to};
use crate::script::{Call, Outcome, Registry, raise};
use crate::sync::Cells;

pub(crate) fn register(registry: &mut Registry) {
    let class = &mut registry.class::<NamespaceProxy>("NamespaceProxy");
    register_class::<NamespaceProxy>(class);
    class
        .index_getter(|call| {
            let (namespace, name) = (this(call), call.string(0)?);
            let found = get(call, &namespace, &name.clone().into())?;
            found.ok_or_else(|| {
                let text = format!("'Namespace' object has no attribute '{name}'");
                raise("AttributeError", text)
            })
        })
        .index_setter(|call| {
            let (name, value) = (call.string(0)?, call.value(1));
            let namespace = assigned_to::<NamespaceProxy>(call);
            set(call, &namespace, &name.into(), value)
        })
        .unlisted("__delattr__", &["name"], |call| {
            let name = call.string(0)?;
            let removed = remove_from(call, &this(call), &name.clone().into())?;
            removed.map(|_| Dynamic::UNIT).ok_or_else(|| {
                let text = format!("'Namespace' object has no attribute '{name}'");
                raise("AttributeError", text)
            })
        })
        .method("update", &["name", "function", "default?", "/"], |call| {
            let (namespace, name) = (this(call), call.string(0)?);
            let (function, default) = (call.function(1)?, call.value(2));
            change_key(call, &namespace, &name.into(), &function, &default)
        });
}

fn this(call: &Call<'_>) -> Proxy {
    proxy::this::<NamespaceProxy>(call)
}

/// `Manager().Namespace(attributes)`.
pub(crate) fn construct(call: &mut Call<'_>, switch: &Cells) -> Outcome {
    let namespace = Proxy::create(call.interp, Shape::Namespace, switch)?;
    if call.has(0) {
        let attributes: Dynamic = call.value(0);
        let attributes = pairs(call, attributes)?;
        merge(call, &namespace, attributes)?;
    }
    Ok(namespace.into_value())
}
