//! The environment: `os.environ`, `os.getenv`. Scripts read it; it belongs to the process.

use std::any::TypeId;

use rhai::{Array, Dynamic, Map};

use crate::stdlib::bind::{Namespace, Registry};
use crate::stdlib::exceptions::{Exception, raise, throw};
use crate::stdlib::text;

/// `os.environ`: asked anew at each reading.
#[derive(Debug, Clone)]
struct Environ;

pub(super) fn register(os: &mut Namespace<'_>) {
    os.constant("environ", Environ, |_| Ok(Dynamic::from(Environ)))
        .function("getenv", &["key", "default?", "/"], |call| {
            let name = call.string(0)?;
            Ok(variable(&name).unwrap_or_else(|| call.value(1)))
        });
}

pub(super) fn register_class(registry: &mut Registry) {
    registry
        .class::<Environ>("environ")
        .index_getter(|call| {
            let name = call.string(0)?;
            variable(&name).ok_or_else(|| {
                let key = Dynamic::from(name);
                throw(Exception::new("KeyError", vec![key]))
            })
        })
        .index_setter(|_| {
            let text = "the environment belongs to the process; scripts can only read it";
            Err(raise("TypeError", text))
        })
        .method("get", &["key", "default?", "/"], |call| {
            let name = call.string(0)?;
            Ok(variable(&name).unwrap_or_else(|| call.value(1)))
        })
        .method("contains", &["key"], |call| {
            Ok(variable(&call.string(0)?).is_some().into())
        })
        .method("keys", &[], |_| Ok(names().into()))
        .method("values", &[], |_| {
            Ok(all().into_values().collect::<Array>().into())
        })
        .method("items", &[], |_| {
            let pair = |(name, value): (_, Dynamic)| -> Dynamic {
                vec![Dynamic::from(String::from(name)), value].into()
            };
            Ok(all().into_iter().map(pair).collect::<Array>().into())
        })
        .method("copy", &[], |_| Ok(all().into()))
        .method("len", &[], |_| Ok(Dynamic::from_int(all().len() as i64)))
        .method("to_string", &[], |_| {
            let shown = text::repr_of(&Dynamic::from(all()), &|_| None);
            Ok(format!("environ({shown})").into())
        });
    registry
        .globals()
        .set_iter(TypeId::of::<Environ>(), |_| Box::new(names().into_iter()));
}

fn variable(name: &str) -> Option<Dynamic> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return None;
    }
    let value = std::env::var_os(name)?;
    Some(value.to_string_lossy().into_owned().into())
}

fn all() -> Map {
    std::env::vars_os()
        .map(|(name, value)| {
            let value = value.to_string_lossy().into_owned();
            (name.to_string_lossy().as_ref().into(), value.into())
        })
        .collect()
}

fn names() -> Array {
    let names = all().into_keys();
    names
        .map(|name| Dynamic::from(String::from(name)))
        .collect()
}
