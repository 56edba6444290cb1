//! `Object`, which is also `types.SimpleNamespace`: attributes and methods of a script.
//!
//! - [`object`]: the attributes; [`class`]: the members.

mod class;
pub(super) mod object;

use rhai::{Dynamic, Map};

use self::object::Object;
use crate::script::Registry;

/// The value of the global constant `types`.
#[derive(Debug, Clone)]
struct Types;

/// Returns the value of a module that is a file and exports these names.
pub(crate) fn module_with(attributes: Map) -> Dynamic {
    Dynamic::from(Object::named(object::MODULE, attributes))
}

pub(super) fn register(registry: &mut Registry) {
    class::register(registry);
    registry.function("Object", &["attributes?", "/"], class::construct);
    registry.function("delattr", &["object", "name"], class::delete);
    registry.function("vars", &["object", "/"], class::vars);
    registry.namespace("types", Types).function(
        "SimpleNamespace",
        &["attributes?", "/"],
        class::construct,
    );
}
