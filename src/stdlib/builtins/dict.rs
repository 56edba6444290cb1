//! Python's methods of dicts. Keys are strings, and come in their order.

use rhai::{Array, Dynamic, Map};

use super::iterate::items;
use crate::script::exceptions::no_key;
use crate::script::{Call, Outcome, Registry, raise};

pub(super) fn register(registry: &mut Registry) {
    registry
        .extension::<Map>("dict")
        .method("get", &["key", "default?", "/"], |call| {
            let key = call.string(0)?;
            let found = entry(call, &key);
            Ok(found.unwrap_or_else(|| call.value(1)))
        })
        .method("items", &[], |call| {
            let map: Map = call.this();
            let pair = |(key, value): (_, Dynamic)| -> Dynamic {
                vec![Dynamic::from(String::from(key)), value].into()
            };
            Ok(map.into_iter().map(pair).collect::<Array>().into())
        })
        .method("pop", &["key", "default?", "/"], pop)
        .method("popitem", &[], |call| {
            let last = call.writable::<Map>("dict")?.pop_last();
            let (key, value) =
                last.ok_or_else(|| raise("KeyError", "popitem(): dictionary is empty"))?;
            Ok(vec![Dynamic::from(String::from(key)), value].into())
        })
        .method("setdefault", &["key", "default?", "/"], |call| {
            let (key, default) = (call.string(0)?, call.value(1));
            let mut map = call.writable::<Map>("dict")?;
            Ok(map.entry(key.as_str().into()).or_insert(default).clone())
        })
        .method("update", &["other", "/"], update)
        .method("copy", &[], |call| Ok(call.this::<Map>().into()));
}

fn entry(call: &mut Call<'_>, key: &str) -> Option<Dynamic> {
    call.receiver().read_lock::<Map>()?.get(key).cloned()
}

/// `pop(key)`, `pop(key, default)`.
fn pop(call: &mut Call<'_>) -> Outcome {
    let key = call.string(0)?;
    let default = call.has(1).then(|| call.value(1));
    let found = call.writable::<Map>("dict")?.remove(key.as_str());
    found.or(default).ok_or_else(|| no_key(key.into()))
}

/// `update(map)`, `update([[key, value], …])`.
fn update(call: &mut Call<'_>) -> Outcome {
    let other = call.value(0);
    let more = match other.read_lock::<Map>() {
        Some(map) => map.clone(),
        None => super::sequence::entries(call, items(call, other.clone())?)?,
    };
    call.writable::<Map>("dict")?.extend(more);
    Ok(Dynamic::UNIT)
}
