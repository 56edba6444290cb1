//! `Object`, which is also `types.SimpleNamespace`: attributes and methods of a script.
//!
//! - [`object`]: the attributes; [`class`]: the members; [`operators`]: operators and items.

mod class;
pub(super) mod object;
mod operators;

use std::path::Path;

use rhai::{Dynamic, Map};

use self::object::Object;
use crate::script::Registry;

/// The value of the global constant `types`.
#[derive(Debug, Clone)]
struct Types;

/// Returns the value of a module that is this file and exports these names.
pub(crate) fn module_with(file: &str, mut attributes: Map) -> Dynamic {
    let name = Path::new(file).file_stem().unwrap_or_default();
    let name = name.to_string_lossy().into_owned();
    attributes.insert(NAME.into(), name.into());
    attributes.insert(FILE.into(), file.to_string().into());
    Dynamic::from(Object::named(object::MODULE, attributes))
}

/// The attributes that every module which is a file has.
const NAME: &str = "__name__";
const FILE: &str = "__file__";

/// The most names of a module that a message lists.
const NAMES_SHOWN: usize = 8;

/// Returns how a module which is a file is shown; `None` if the object is no such module.
fn shown_module(object: &Object) -> Option<String> {
    let (name, file) = name_and_file(object)?;
    Some(format!("<module '{name}' from '{file}'>"))
}

fn name_and_file(object: &Object) -> Option<(Dynamic, Dynamic)> {
    let is_module = object.class() == object::MODULE;
    is_module.then(|| Some((object.get(NAME)?, object.get(FILE)?)))?
}

/// As [`missing_in`], of any value.
pub(crate) fn missing_in_module(value: &Dynamic, name: &str) -> Option<String> {
    let object = value.read_lock::<Object>()?.clone();
    missing_in(&object, name)
}

/// Returns what to say of a name that a module which is a file does not have; `None` if the object is no such module.
fn missing_in(object: &Object, name: &str) -> Option<String> {
    let (module, file) = name_and_file(object)?;
    let names: Vec<String> = object.with(|attributes| {
        let names = attributes.keys().map(ToString::to_string);
        names.filter(|name| name != NAME && name != FILE).collect()
    });
    let has = match names.as_slice() {
        [] => "exports nothing".into(),
        few if few.len() <= NAMES_SHOWN => format!("has {}", few.join(", ")),
        many => format!("has {}, …", many[..NAMES_SHOWN].join(", ")),
    };
    Some(format!(
        "module '{module}' has no attribute '{name}': {file} {has}"
    ))
}

pub(super) fn register(registry: &mut Registry) {
    class::register(registry);
    operators::register(registry);
    registry.function("Object", &["attributes?", "/"], class::construct);
    registry.function("delattr", &["object", "name"], class::delete);
    registry.function("vars", &["object", "/"], class::vars);
    registry.namespace("types", Types).function(
        "SimpleNamespace",
        &["attributes?", "/"],
        class::construct,
    );
}
