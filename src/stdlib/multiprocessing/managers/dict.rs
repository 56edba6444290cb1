//! `Manager().dict()`.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::Arc;

use rhai::{Array, Dynamic, FnPtr, Map};

use super::contents::{entries, key, merge, pack, update};
use super::members::{self, Collection};
use super::proxy::{self, DictProxy, Proxy, Shape, assigned_to};
use crate::script::exceptions::no_key;
use crate::script::missed;
use crate::script::{Call, Failure, Interp, Outcome, Registry, raise};
use crate::stdlib::builtins::compare::equal;
use crate::stdlib::builtins::items_of;
use crate::stdlib::builtins::sequence::pairs_of;
use crate::sync::{Cells, Message};

pub(crate) fn register(registry: &mut Registry) {
    let class = &mut registry.class::<DictProxy>("DictProxy");
    members::register_collection::<DictProxy>(class);
    class
        .index_getter(|call| {
            let (dict, name) = (this(call), call.value(0));
            get(call, &dict, &name)?.ok_or_else(|| {
                missed::note(call.context, &name);
                no_key(name)
            })
        })
        .index_setter(|call| {
            let (name, value) = (call.value(0), call.value(1));
            if missed::is_part(call.context, &name) {
                return Err(no_key(name));
            }
            let dict = assigned_to::<DictProxy>(call);
            set(call, &dict, &name, value)
        })
        .method("contains", &["key", "/"], |call| {
            let (dict, name) = (this(call), call.value(0));
            let has = dict.container.has(call.interp, &key(call, &name)?)?;
            Ok(has.into())
        })
        .method("get", &["key", "default?", "/"], |call| {
            let (dict, name) = (this(call), call.value(0));
            Ok(get(call, &dict, &name)?.unwrap_or_else(|| call.value(1)))
        })
        .method("setdefault", &["key", "default?", "/"], set_default)
        .method("pop", &["key", "default?", "/"], |call| {
            let name = call.value(0);
            let default = call.has(1).then(|| call.value(1));
            remove(call, &name)?.or(default).ok_or_else(|| no_key(name))
        })
        .method("remove", &["key", "/"], |call| {
            let name = call.value(0);
            remove(call, &name)?.ok_or_else(|| no_key(name))
        })
        .method("popitem", &[], |call| {
            let store = this(call).container;
            let last = store.remove_last(call.interp, |key, value| {
                let key = store.unpack(call.interp, Message::plain(key))?;
                Ok::<_, Failure>(vec![key, store.unpack(call.interp, value)?])
            })?;
            let pair = last.ok_or_else(|| raise("KeyError", "popitem(): dictionary is empty"))?;
            Ok(pair?.into())
        })
        .method("update", &["other", "function?", "default?", "/"], |call| {
            if call.has(1) {
                return change(call);
            }
            let (dict, other) = (this(call), call.value(0));
            let new = pairs(call, other)?;
            merge(call, &dict, new).map(|()| Dynamic::UNIT)
        })
        .method("keys", &[], |call| {
            keys(call.interp, &this(call)).map(Dynamic::from)
        })
        .method("values", &[], |call| {
            let all = entries(call.interp, &this(call))?.into_iter();
            Ok(all.map(|(_, value)| value).collect::<Array>().into())
        })
        .method("items", &[], |call| {
            let all = entries(call.interp, &this(call))?.into_iter();
            let pair = |(key, value)| Dynamic::from(vec![key, value]);
            Ok(all.map(pair).collect::<Array>().into())
        });
    members::register_operators::<DictProxy>(registry);
    register_conversion(registry);
}

/// `dict(managed)`: a plain dict.
fn register_conversion(registry: &mut Registry) {
    registry.exactly(
        "dict",
        &[TypeId::of::<DictProxy>()],
        &["entries", "/"],
        |call| {
            let value = call.value(0);
            let pairs = pairs(call, value)?.into_iter();
            let pairs = pairs.map(|(key, value)| (call.str(&key).into(), value));
            Ok(pairs.collect::<Map>().into())
        },
    );
}

impl Collection for DictProxy {
    type Plain = Map;

    fn same(call: &mut Call<'_>) -> Result<bool, Failure> {
        let (a, b) = (call.value(0), call.value(1));
        if Proxy::is_same(&a, &b) {
            return Ok(true);
        }
        let (a, b) = (pairs(call, a)?, pairs(call, b)?);
        if a.len() != b.len() {
            return Ok(false);
        }
        let mut others = HashMap::new();
        for (name, value) in b {
            others.insert(key(call, &name)?, value);
        }
        for (name, value) in a {
            let other = others.get(&key(call, &name)?);
            if !other.is_some_and(|other| equal(call.context, &value, other)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn each(interp: &Arc<Interp>, dict: &Proxy) -> Result<Array, Failure> {
        keys(interp, dict)
    }
}

fn this(call: &Call<'_>) -> Proxy {
    proxy::this::<DictProxy>(call)
}

/// `Manager().dict(entries)`.
pub(crate) fn construct(call: &mut Call<'_>, switch: &Cells) -> Outcome {
    let dict = Proxy::create(call.interp, Shape::Dict, switch)?;
    if call.has(0) {
        let other = call.value(0);
        let new = pairs(call, other)?;
        merge(call, &dict, new)?;
    }
    Ok(dict.into_value())
}

/// Returns the entries for a new dict, from another dict or a list of pairs.
pub(crate) fn pairs(call: &Call<'_>, value: Dynamic) -> Result<Vec<(Dynamic, Dynamic)>, Failure> {
    if let Some(proxy) = Proxy::of(&value).filter(|proxy| proxy.shape() == Shape::Dict) {
        return entries(call.interp, &proxy);
    }
    if let Some(map) = value.read_lock::<Map>() {
        let entries = map
            .iter()
            .map(|(key, value)| (Dynamic::from(key.to_string()), value.clone()));
        return Ok(entries.collect());
    }
    pairs_of(call, items_of(call, value)?)
}

/// Returns the value of a key, if it has one.
pub(crate) fn get(
    call: &Call<'_>,
    dict: &Proxy,
    name: &Dynamic,
) -> Result<Option<Dynamic>, Failure> {
    let key = key(call, name)?;
    let store = &dict.container;
    let found = store.get(call.interp, &key, |value| store.unpack(call.interp, value))?;
    Ok(found.transpose()?.map(|value| dict.read_at(&key, value)))
}

/// `d[key] = value`.
pub(crate) fn set(call: &Call<'_>, dict: &Proxy, name: &Dynamic, value: Dynamic) -> Outcome {
    let key = key(call, name)?;
    if !dict.is_write_back(&key, &value) {
        let packed = pack(call, dict, value)?;
        dict.container.set(call.interp, &[packed.at(&key)])?;
    }
    dict.note_assignment();
    Ok(Dynamic::UNIT)
}

fn remove(call: &Call<'_>, name: &Dynamic) -> Result<Option<Dynamic>, Failure> {
    remove_from(call, &this(call), name)
}

/// Removes an entry of a dict or an attribute of a namespace, and returns its value if there was one.
pub(super) fn remove_from(
    call: &Call<'_>,
    from: &Proxy,
    name: &Dynamic,
) -> Result<Option<Dynamic>, Failure> {
    let key = key(call, name)?;
    let store = &from.container;
    let removed = store.remove(call.interp, &key, |value| store.unpack(call.interp, value))?;
    removed.transpose()
}

fn set_default(call: &mut Call<'_>) -> Outcome {
    let (dict, name, default) = (this(call), call.value(0), call.value(1));
    let (key, packed) = (key(call, &name)?, pack(call, &dict, default)?);
    let store = &dict.container;
    let found = store.set_default(call.interp, &packed.at(&key), |value| {
        store.unpack(call.interp, value)
    })?;
    found
        .unwrap_or(Ok(Dynamic::UNIT))
        .map(|value| dict.read_at(&key, value))
}

/// `update(key, function, default=None)` replaces the value by the result of the function, in one step.
fn change(call: &mut Call<'_>) -> Outcome {
    let (dict, name, function) = (this(call), call.value(0), call.function(1)?);
    let default = call.value(2);
    change_key(call, &dict, &name, &function, &default)
}

/// Replaces the value of a key by the result of a function, which gets `default` when the key has no value.
pub(crate) fn change_key(
    call: &Call<'_>,
    dict: &Proxy,
    name: &Dynamic,
    function: &FnPtr,
    default: &Dynamic,
) -> Outcome {
    let key = key(call, name)?;
    let read = || {
        let store = &dict.container;
        let found = store.get(call.interp, &key, |value| {
            Ok((value.bytes.to_vec(), store.unpack(call.interp, value)?))
        });
        match found? {
            Some(found) => found.map(|(bytes, value)| (Some(bytes), value)),
            None => Ok((None, default.clone())),
        }
    };
    update(call, dict, function, read, |expected, packed| {
        dict.container
            .exchange(call.interp, expected, &packed.at(&key))
    })
}

fn keys(interp: &Arc<Interp>, dict: &Proxy) -> Result<Array, Failure> {
    let all = entries(interp, dict)?.into_iter();
    Ok(all.map(|(key, _)| key).collect())
}
