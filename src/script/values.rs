//! Small questions about a script's values: the Python name of its type, its truth, a copy that is not shared.

use rhai::{Array, Blob, Dynamic, Engine, FnPtr, Map, NativeCallContext};

use crate::script::exceptions::Exception;
use crate::script::record::Record;
use crate::{text, wire};

/// The most levels that [`unshare_deeply`] goes down: more than a message can have. A closure may capture the variable that holds it.
const UNSHARED_LEVELS: usize = 200;

/// The most cells that [`unshare_deeply`] copies: where closures capture others twice, the copies double with each level.
const UNSHARED_CELLS: usize = 100_000;

/// Un-shares a value and everything inside it that can be sent: captured variables, items, attributes.
pub(crate) fn unshare_deeply(value: &mut Dynamic) {
    unshare_below(value, 0, &mut 0);
}

fn unshare_below(value: &mut Dynamic, level: usize, cells: &mut usize) {
    if level > UNSHARED_LEVELS || *cells > UNSHARED_CELLS {
        return;
    }
    if value.is_shared() {
        let flat = value.flatten_clone();
        if flat.is_shared() {
            return;
        }
        *cells += 1;
        *value = flat;
    }
    let mut unshare = |value: &mut Dynamic| unshare_below(value, level + 1, cells);
    if let Some(mut items) = value.write_lock::<Array>() {
        items.iter_mut().for_each(&mut unshare);
    } else if let Some(mut entries) = value.write_lock::<Map>() {
        entries.values_mut().for_each(&mut unshare);
    } else if let Some(mut function) = value.write_lock::<FnPtr>() {
        function.iter_curry_mut().for_each(&mut unshare);
    }
}

/// Returns a value as a variable or an item holds it. Rhai marks the value of a constant as read-only, wherever it goes; a copy of it is not.
#[inline]
pub(crate) fn writable(value: Dynamic) -> Dynamic {
    match has_constant(&value) {
        true => value.clone(),
        false => value,
    }
}

/// Returns whether a value or anything in it is read-only.
#[inline]
fn has_constant(value: &Dynamic) -> bool {
    if value.is_shared() {
        return false;
    }
    value.is_read_only() || (value.is_array() || value.is_map()) && has_constant_inside(value)
}

fn has_constant_inside(value: &Dynamic) -> bool {
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().any(has_constant);
    }
    let entries = value.read_lock::<Map>();
    entries.is_some_and(|entries| entries.values().any(has_constant))
}

/// Takes handles (queues, locks, …) out of the cells they share with other variables, in a value and everything
/// inside it; plain data stays shared.
///
/// A thread would otherwise hold the cell's lock while a method of the handle waits.
pub(crate) fn unshare_handles(value: &mut Dynamic) {
    if value.is_shared() {
        let is_handle = value
            .read_lock::<Dynamic>()
            .is_some_and(|inner| inner.is_variant());
        if !is_handle {
            return;
        }
        *value = value.flatten_clone();
    }
    if let Some(mut items) = value.write_lock::<Array>() {
        items.iter_mut().for_each(unshare_handles);
    } else if let Some(mut entries) = value.write_lock::<Map>() {
        entries.values_mut().for_each(unshare_handles);
    } else if let Some(mut function) = value.write_lock::<FnPtr>() {
        function.iter_curry_mut().for_each(unshare_handles);
    }
}

/// As [`text::type_name`]; an exception and a named tuple by their classes.
pub(crate) fn type_name(value: &Dynamic) -> String {
    if let Some(error) = value.read_lock::<Exception>() {
        return error.kind().into();
    }
    match value.read_lock::<Record>() {
        Some(record) => record.class().name.to_string(),
        None => text::type_name(value),
    }
}

/// As [`type_name`]; a type of the host by the name it was registered with.
pub(crate) fn type_name_in(engine: &Engine, value: &Dynamic) -> String {
    if value.is_shared() || !is_foreign(value.type_name()) {
        return type_name(value);
    }
    foreign_name(engine, value.type_name())
}

/// Returns the name that a type of the host was registered with; without one the last part of its Rust name.
pub(crate) fn foreign_name(engine: &Engine, rust_name: &str) -> String {
    match engine.map_type_name(rust_name) {
        name if name == rust_name => wire::bare_type_name(rust_name),
        name => name.into(),
    }
}

/// Returns whether this is a Rust type of the host.
pub(crate) fn is_foreign(rust_name: &str) -> bool {
    const KNOWN: [&str; 5] = ["procscript", "rhai", "std", "core", "alloc"];
    let home = rust_name.split_once("::").map(|(home, _)| home);
    home.is_some_and(|home| !KNOWN.contains(&home) && home.starts_with(char::is_alphabetic))
}

/// Returns whether Python would take the value for true.
pub(crate) fn truth(value: &Dynamic) -> bool {
    if !value.is_shared()
        && value.is_bool()
        && let Ok(flag) = value.as_bool()
    {
        return flag;
    }
    let value = value.flatten_clone();
    if value.is_shared() || value.is_unit() {
        return false;
    }
    if let Ok(flag) = value.as_bool() {
        flag
    } else if let Ok(number) = value.as_int() {
        number != 0
    } else if let Ok(number) = value.as_float() {
        number != 0.0
    } else if let Ok(text) = value.as_immutable_string_ref() {
        !text.is_empty()
    } else if let Some(items) = value.read_lock::<Array>() {
        !items.is_empty()
    } else if let Some(entries) = value.read_lock::<Map>() {
        !entries.is_empty()
    } else if let Some(bytes) = value.read_lock::<Blob>() {
        !bytes.is_empty()
    } else if let Some((start, stop)) = text::bounds(&value) {
        i128::from(start) < stop
    } else {
        true
    }
}

/// Returns the string form of a value of a custom type: its own `to_string`, which a script may have defined.
pub(crate) fn custom_str(value: &Dynamic, context: &NativeCallContext) -> Option<String> {
    let mut value = value.clone();
    let result = context
        .call_fn_raw("to_string", true, true, &mut [&mut value])
        .ok()?;
    result.into_string().ok()
}

/// Returns the form of a value of a custom type inside a list or in `repr`: its own `to_debug`.
fn custom_repr(value: &Dynamic, context: &NativeCallContext) -> Option<String> {
    let mut value = value.clone();
    let result = context
        .call_fn_raw("to_debug", true, true, &mut [&mut value])
        .ok()?;
    result.into_string().ok()
}

/// `str(value)`, with the engine's forms of custom types.
pub(crate) fn str_with(value: &Dynamic, context: &NativeCallContext) -> String {
    let own = is_custom(value).then(|| custom_str(value, context));
    own.flatten()
        .unwrap_or_else(|| text::str_of(value, &|v| custom_repr(v, context)))
}

/// `repr(value)`, with the engine's forms of custom types.
pub(crate) fn repr_with(value: &Dynamic, context: &NativeCallContext) -> String {
    text::repr_of(value, &|v| custom_repr(v, context))
}

/// Returns whether the value is of a type Rhai does not know by itself.
fn is_custom(value: &Dynamic) -> bool {
    !value.is_shared() && value.is_variant() && text::type_name(value) != "range"
}
