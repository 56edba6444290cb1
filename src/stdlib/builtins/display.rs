//! How values look in `${x}`, in `"a" + x` and to `to_string`: as Python's `str` shows them.
//!
//! Rhai has forms of its own for its types; a function for exactly the same types is found first. One
//! thing cannot be changed: Rhai adds `None` to a string as nothing.

use std::any::TypeId;

use rhai::{Array, Blob, Dynamic, FnPtr, ImmutableString, Map};

use crate::script::{Handler, Registry, memory};
use crate::text;

pub(super) fn register(registry: &mut Registry) {
    let known = [
        TypeId::of::<bool>(),
        TypeId::of::<()>(),
        TypeId::of::<f64>(),
        TypeId::of::<Array>(),
        TypeId::of::<Map>(),
        TypeId::of::<Blob>(),
        TypeId::of::<FnPtr>(),
    ];
    let to_string: Handler = |call| {
        let value = call.value(0);
        Ok(or_too_long(&value, || call.str(&value)))
    };
    let to_debug: Handler = |call| {
        let value = call.value(0);
        Ok(or_too_long(&value, || call.repr(&value)))
    };
    for own in known {
        registry.exactly("to_string", &[own], &["value"], to_string);
        registry.exactly("to_debug", &[own], &["value"], to_debug);
    }
    for text in [TypeId::of::<ImmutableString>(), TypeId::of::<char>()] {
        registry.exactly("to_debug", &[text], &["value"], to_debug);
    }
    // A type without a form of its own is not asked for it again.
    let bare: Handler = |call| {
        let value = call.value(0);
        Ok(text::str_of(&value, &|_| None).into())
    };
    let any = TypeId::of::<Dynamic>();
    registry.exactly("to_string", &[any], &["value"], bare);
    registry.exactly("to_debug", &[any], &["value"], bare);
}

/// Returns a string for which there is enough memory. Not an error: Rhai would replace that by a string of its own, which
/// is as long.
fn or_too_long(value: &Dynamic, shown: impl FnOnce() -> String) -> Dynamic {
    if memory::fits_string_of(value) {
        return shown().into();
    }
    format!("<{} too long to show>", text::type_name(value)).into()
}
