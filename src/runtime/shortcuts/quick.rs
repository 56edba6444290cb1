//! Natives of Rhai that are called more often than it takes to look them up.

use rhai::{Array, Dynamic, ImmutableString};

/// A native; `None` if it is for values of other types.
pub(super) type Quick = fn(&[&mut Dynamic]) -> Option<Dynamic>;

/// Returns Rhai's native of this name, if it is here.
pub(super) fn quick(name: &str) -> Option<Quick> {
    match name {
        "len" => Some(len),
        _ => None,
    }
}

fn len(args: &[&mut Dynamic]) -> Option<Dynamic> {
    let [value] = args else {
        return None;
    };
    let length = if value.is_string() {
        value.read_lock::<ImmutableString>()?.chars().count()
    } else if value.is_array() {
        value.read_lock::<Array>()?.len()
    } else {
        return None;
    };
    i64::try_from(length).ok().map(Dynamic::from_int)
}
