//! The environment: `os.environ`, `os.getenv`. It belongs to the process.

use std::any::TypeId;
use std::io::ErrorKind;

use rhai::{Array, Dynamic, Map};

use crate::script::exceptions::no_key;
use crate::script::{Call, Failure, Interp, Namespace, Outcome, Registry, raise, type_name};
use crate::sys;
use crate::text;

/// `os.environ`: read from the system each time.
#[derive(Debug, Clone)]
struct Environ;

/// Returns whether a value is `os.environ`.
pub(crate) fn is_environ(value: &Dynamic) -> bool {
    value.is::<Environ>()
}

pub(super) fn register(os: &mut Namespace<'_>) {
    os.constant("environ", Environ, |_| Ok(Dynamic::from(Environ)))
        .function("getenv", &["key", "default?", "/"], |call| {
            let name = call.string(0)?;
            Ok(variable(call, &name)?.unwrap_or_else(|| call.value(1)))
        });
}

pub(super) fn register_class(registry: &mut Registry) {
    registry
        .class::<Environ>("environ")
        .index_getter(|call| {
            let name = call.string(0)?;
            variable(call, &name)?.ok_or_else(|| no_key(name.into()))
        })
        .index_setter(|call| {
            let (name, value) = (call.string(0)?, call.value(1));
            let Some(value) = text::as_string(&value) else {
                let found = type_name(&value);
                return Err(raise("TypeError", format!("str expected, not {found}")));
            };
            change(call, &name, Some(&value))
        })
        .method("remove", &["key"], |call| {
            let name = call.string(0)?;
            match variable(call, &name)? {
                Some(_) => change(call, &name, None),
                None => Err(no_key(name.into())),
            }
        })
        .method("get", &["key", "default?", "/"], |call| {
            let name = call.string(0)?;
            Ok(variable(call, &name)?.unwrap_or_else(|| call.value(1)))
        })
        .method("contains", &["key"], |call| {
            let name = call.string(0)?;
            Ok(variable(call, &name)?.is_some().into())
        })
        .method("keys", &[], |call| Ok(names(call.interp)?.into()))
        .method("values", &[], |call| {
            Ok(all(call.interp)?.into_values().collect::<Array>().into())
        })
        .method("items", &[], |call| {
            let pair = |(name, value): (_, Dynamic)| -> Dynamic {
                vec![Dynamic::from(String::from(name)), value].into()
            };
            Ok(all(call.interp)?
                .into_iter()
                .map(pair)
                .collect::<Array>()
                .into())
        })
        .method("copy", &[], |call| Ok(all(call.interp)?.into()))
        .method("len", &[], |call| {
            Ok(Dynamic::from_int(all(call.interp)?.len() as i64))
        })
        .method("to_string", &[], |call| {
            let shown = text::repr_of(&Dynamic::from(all(call.interp)?), &|_| None);
            Ok(format!("environ({shown})").into())
        });
    registry.exactly(
        "dict",
        &[TypeId::of::<Environ>()],
        &["entries", "/"],
        |call| Ok(all(call.interp)?.into()),
    );
    registry.iterates(TypeId::of::<Environ>(), |interp, _| match names(interp) {
        Ok(names) => Box::new(names.into_iter().map(Ok)),
        Err(refused) => Box::new(std::iter::once(Err(refused))),
    });
}

/// Sets or removes a variable.
fn change(call: &Call<'_>, name: &str, value: Option<&str>) -> Outcome {
    call.interp.permissions().change_environment(name)?;
    let (name_of_system, value) = (text::to_os(name), value.map(text::to_os));
    let changed = sys::environment::set(&name_of_system, value.as_deref());
    changed
        .map(Dynamic::from)
        .map_err(|error| match error.kind() {
            ErrorKind::InvalidInput => {
                let text = format!(
                    "{} is no name or no value of a variable",
                    text::quoted(name)
                );
                raise("ValueError", text)
            }
            _ => {
                let text = "the environment can be changed only while the process has one thread: \
                        change it before threads are started";
                raise("RuntimeError", text)
            }
        })
}

/// Returns a variable, if there is one and the script may read it.
fn variable(call: &Call<'_>, name: &str) -> Result<Option<Dynamic>, Failure> {
    let name = text::to_os(name);
    // Permissions know a variable by one string, whichever string has led to it.
    let known = text::from_os(&name);
    call.interp.permissions().variable(&known)?;
    if known.is_empty() || known.contains(['=', '\0']) {
        return Ok(None);
    }
    Ok(std::env::var_os(name).map(|value| text::from_os(value).into()))
}

/// Returns the variables that the script may read.
fn all(interp: &Interp) -> Result<Map, Failure> {
    let guard = interp.permissions();
    guard.environment()?;
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        let name = text::from_os(name);
        guard
            .shows(&name)
            .then(|| (name.into(), text::from_os(value).into()))
    });
    Ok(variables.collect())
}

fn names(interp: &Interp) -> Result<Array, Failure> {
    let names = all(interp)?.into_keys();
    Ok(names
        .map(|name| Dynamic::from(String::from(name)))
        .collect())
}
