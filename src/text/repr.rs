//! `str(value)` and `repr(value)`.

use rhai::{Array, Blob, Dynamic, FnPtr, Map};

use super::quote::{quoted, quoted_bytes};
use super::values::{as_string, bounds, function_name, unshared};
use super::{Custom, float};
use crate::wire::bare_type_name;

/// Levels of nesting shown; what lies deeper shows as `...`, and so does what contains itself.
const MAX_DEPTH: usize = 100;

/// Python's `str(value)`: strings as they are, everything else as [`repr_of`] shows it.
///
/// `custom` is asked for values of custom types; without an answer they show as `<TypeName>`. A captured variable
/// that is locked at this moment shows as `<busy>`.
pub(crate) fn str_of(value: &Dynamic, custom: Custom<'_>) -> String {
    let value = unshared(value);
    match as_string(&value) {
        Some(text) => text.into(),
        None => shown(&value, custom, 0),
    }
}

/// Python's `repr(value)`: how a literal of the value would look, `'a'`, `[1, 2.0, None]`, `{'k': True}`, `b'x'`.
///
/// Ranges show as `range(start, stop)`, functions as `<function name>`, closures as `<function <lambda>>`.
/// `custom` and locked variables are treated as in [`str_of`].
pub(crate) fn repr_of(value: &Dynamic, custom: Custom<'_>) -> String {
    shown(&unshared(value), custom, 0)
}

fn shown(value: &Dynamic, custom: Custom<'_>, depth: usize) -> String {
    let value = unshared(value);
    if value.is_shared() {
        return "<busy>".into();
    }
    if let Some(text) = as_string(&value) {
        quoted(&text)
    } else if let Ok(int) = value.as_int() {
        int.to_string()
    } else if let Ok(float) = value.as_float() {
        signed_repr(float)
    } else if let Ok(flag) = value.as_bool() {
        if flag { "True".into() } else { "False".into() }
    } else if value.is_unit() {
        "None".into()
    } else if let Some(array) = value.read_lock::<Array>() {
        let items = array.iter().map(|item| nested(item, custom, depth));
        enclosed("[", items, "]")
    } else if let Some(map) = value.read_lock::<Map>() {
        let items = map
            .iter()
            .map(|(key, item)| format!("{}: {}", quoted(key), nested(item, custom, depth)));
        enclosed("{", items, "}")
    } else if let Some(blob) = value.read_lock::<Blob>() {
        quoted_bytes(&blob)
    } else if let Some(function) = value.read_lock::<FnPtr>() {
        function_shown(&function)
    } else if let Some((start, stop)) = bounds(&value) {
        format!("range({start}, {stop})")
    } else {
        custom_shown(&value, custom)
    }
}

fn nested(value: &Dynamic, custom: Custom<'_>, depth: usize) -> String {
    if depth >= MAX_DEPTH {
        return "...".into();
    }
    shown(value, custom, depth + 1)
}

fn enclosed(open: &str, items: impl Iterator<Item = String>, close: &str) -> String {
    let mut out = open.to_owned();
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        out.push_str(&item);
    }
    out.push_str(close);
    out
}

fn signed_repr(value: f64) -> String {
    let sign = if value.is_sign_negative() && !value.is_nan() {
        "-"
    } else {
        ""
    };
    format!("{sign}{}", float::repr(value.abs(), false))
}

fn function_shown(function: &FnPtr) -> String {
    match function.is_anonymous() {
        true => "<function <lambda>>".into(),
        false => format!("<function {}>", function_name(function)),
    }
}

fn custom_shown(value: &Dynamic, custom: Custom<'_>) -> String {
    if let Some(text) = custom(value) {
        return text;
    }
    match value.type_name() {
        // Numbers that come from a host: Rhai shows their digits.
        "decimal" | "u8" | "u16" | "u32" | "u64" | "u128" | "i8" | "i16" | "i32" | "i128"
        | "f32" => value.to_string(),
        other => format!("<{}>", bare_type_name(other)),
    }
}
