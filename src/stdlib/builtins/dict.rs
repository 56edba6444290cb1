//! Python's methods of dicts. Keys are strings, and come in their order.

use rhai::{Array, Dynamic, DynamicWriteLock, Map};

use super::iterate::items;
use crate::script::Outcome;
use crate::script::bind::Registry;
use crate::script::call::Call;
use crate::script::exceptions::{Exception, Failure, raise, throw};

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
            let last = writable(call)?.pop_last();
            let (key, value) =
                last.ok_or_else(|| raise("KeyError", "popitem(): dictionary is empty"))?;
            Ok(vec![Dynamic::from(String::from(key)), value].into())
        })
        .method("setdefault", &["key", "default?", "/"], |call| {
            let (key, default) = (call.string(0)?, call.value(1));
            let mut map = writable(call)?;
            Ok(map.entry(key.as_str().into()).or_insert(default).clone())
        })
        .method("update", &["other", "/"], update)
        .method("copy", &[], |call| Ok(call.this::<Map>().into()));
}

/// The map itself, unless it is a constant.
fn writable<'a>(call: &'a mut Call<'_>) -> Result<DynamicWriteLock<'a, Map>, Failure> {
    let name = call.name();
    let receiver = call.receiver();
    let constant = || raise("TypeError", format!("a constant dict has no {name}()"));
    if receiver.is_read_only() {
        return Err(constant());
    }
    receiver.write_lock::<Map>().ok_or_else(constant)
}

fn entry(call: &mut Call<'_>, key: &str) -> Option<Dynamic> {
    call.receiver().read_lock::<Map>()?.get(key).cloned()
}

/// `pop(key)`, `pop(key, default)`.
fn pop(call: &mut Call<'_>) -> Outcome {
    let key = call.string(0)?;
    let default = call.has(1).then(|| call.value(1));
    let found = writable(call)?.remove(key.as_str());
    found.or(default).ok_or_else(|| {
        let key = Dynamic::from(key);
        throw(Exception::new("KeyError", vec![key]))
    })
}

/// `update(map)`, `update([[key, value], …])`.
fn update(call: &mut Call<'_>) -> Outcome {
    let other = call.value(0);
    let more = match other.read_lock::<Map>() {
        Some(map) => map.clone(),
        None => super::sequence::entries(call, items(call, other.clone())?)?,
    };
    writable(call)?.extend(more);
    Ok(Dynamic::UNIT)
}
