//! Values as they lie in a managed container, and whole contents as plain values and as text.
//!
//! A list or dict that is put in becomes a managed one itself, so that what is done to it later is seen by everybody. Other values
//! are stored as they are, handles included.

use std::sync::Arc;

use rhai::{Array, Dynamic, FnPtr, Map};

use super::depth::{DEEPEST, deeper};
use super::proxy::{Identity, Proxy, Shape};
use super::span::Span;
use super::store::encoded;
use crate::script::{Call, Failure, Interp, Outcome, raise, session_failure, type_name};
use crate::stdlib::multiprocessing::messages;
use crate::stdlib::socket::connection::Socket;
use crate::sync::{Cells, Item, Message, Offset, Splice};
use crate::text::as_string;
use crate::wire;

/// A value ready to be put into a container.
pub(crate) struct Packed {
    /// A value to be stored, with a managed container in place of a plain one, which is kept alive until it is stored.
    pub value: Dynamic,
    bytes: Vec<u8>,
    objects: Vec<Offset>,
}

impl Packed {
    pub(crate) fn at<'a>(&'a self, key: &'a [u8]) -> Item<'a> {
        let value = Message {
            bytes: &self.bytes,
            objects: &self.objects,
        };
        Item { key, value }
    }
}

/// Returns a value for this container.
pub(crate) fn pack(call: &Call<'_>, proxy: &Proxy, value: Dynamic) -> Result<Packed, Failure> {
    if value.is::<Socket>() {
        let text =
            "a socket cannot be kept in a managed object, only sent: through a queue or a pipe";
        return Err(raise("TypeError", text));
    }
    if let Some(bytes) = encoded(&proxy.container, call.interp, &value) {
        return Ok(Packed {
            value,
            bytes: bytes?,
            objects: Vec::new(),
        });
    }
    let value = if value.is_array() || value.is_map() {
        let check = wire::check(&value, "value", call.interp);
        check.map_err(messages::refused)?;
        let here = proxy.container.here();
        let switch = here.and_then(|here| here.switch().transpose());
        let switch = switch.transpose().map_err(session_failure)?;
        promote(call, switch.as_ref(), value)?
    } else {
        value
    };
    let message = wire::encode(&value, "value", call.interp).map_err(messages::refused)?;
    Ok(Packed {
        value,
        bytes: message.bytes,
        objects: message.handles.into_iter().map(Offset).collect(),
    })
}

pub(crate) fn pack_all(
    call: &Call<'_>,
    proxy: &Proxy,
    values: Array,
) -> Result<Vec<Packed>, Failure> {
    values
        .into_iter()
        .map(|value| pack(call, proxy, value))
        .collect()
}

/// Turns plain lists and dicts into managed ones.
fn promote(call: &Call<'_>, switch: Option<&Cells>, value: Dynamic) -> Outcome {
    if value.is_array() {
        let list = Proxy::promoted(call.interp, Shape::List, switch)?;
        extend(call, &list, value.into_array().unwrap_or_default())?;
        return Ok(list.into_value());
    }
    if !value.is_map() {
        return Ok(value);
    }
    let dict = Proxy::promoted(call.interp, Shape::Dict, switch)?;
    let map = value.try_cast::<Map>().unwrap_or_default();
    let entries = map
        .into_iter()
        .map(|(key, value)| (Dynamic::from(key.to_string()), value));
    merge(call, &dict, entries.collect())?;
    Ok(dict.into_value())
}

/// Puts values behind the last one of a list.
pub(crate) fn extend(call: &Call<'_>, list: &Proxy, values: Array) -> Result<(), Failure> {
    let packed = pack_all(call, list, values)?;
    let items: Vec<_> = packed.iter().map(|one| one.at(&[])).collect();
    let store = &list.container;
    match store.splice(call.interp, None, Span::End, &items, |_| ())? {
        Splice::Done(()) => Ok(()),
        Splice::Changed | Splice::Outside => Err("a list has an end".into()),
    }
}

/// Puts entries into a dict, all of them in one step.
pub(crate) fn merge(
    call: &Call<'_>,
    dict: &Proxy,
    entries: Vec<(Dynamic, Dynamic)>,
) -> Result<(), Failure> {
    let mut packed = Vec::with_capacity(entries.len());
    for (name, value) in entries {
        packed.push((key(call, &name)?, pack(call, dict, value)?));
    }
    let items: Vec<_> = packed.iter().map(|(key, value)| value.at(key)).collect();
    if items.is_empty() {
        return Ok(());
    }
    dict.container.set(call.interp, &items)
}

/// Returns a key as bytes, by which keys are compared.
pub(crate) fn key(call: &Call<'_>, value: &Dynamic) -> Result<Vec<u8>, Failure> {
    let plain = plain_key(value)?;
    let message = wire::encode(&plain, "key", call.interp);
    let message = message.map_err(messages::refused)?;
    Ok(message.bytes)
}

/// Returns a value as a key: characters are strings, lists represent tuples.
fn plain_key(value: &Dynamic) -> Outcome {
    if let Some(text) = as_string(value) {
        return Ok(text.into());
    }
    if let Some(items) = value.read_lock::<Array>() {
        let items = items.iter().map(plain_key).collect::<Result<Array, _>>()?;
        return Ok(items.into());
    }
    let plain = value.is_unit() || value.is_bool() || value.is_int() || value.is_float();
    if plain || value.is_blob() {
        return Ok(value.clone());
    }
    let text = format!("unhashable type: '{}'", type_name(value));
    Err(raise("TypeError", text))
}

/// Returns the keys and values of a dict at one moment.
pub(crate) fn entries(
    interp: &Arc<Interp>,
    proxy: &Proxy,
) -> Result<Vec<(Dynamic, Dynamic)>, Failure> {
    let store = &proxy.container;
    let found = store.read(interp, Span::ALL, |entries| {
        entries
            .map(|(key, value)| {
                let key = store.unpack(interp, Message::plain(key))?;
                Ok((key, store.unpack(interp, value)?))
            })
            .collect::<Result<Vec<_>, Failure>>()
    })?;
    found.map_or_else(|| Ok(Vec::new()), |(_, entries)| entries)
}

/// Returns the items of a list at one moment, and the version that was.
pub(crate) fn items(interp: &Arc<Interp>, proxy: &Proxy) -> Result<(u64, Array), Failure> {
    let store = &proxy.container;
    let found = store.read(interp, Span::ALL, |items| {
        items
            .map(|(_, value)| store.unpack(interp, value))
            .collect::<Result<Array, _>>()
    })?;
    match found {
        Some((version, items)) => Ok((version, items?)),
        None => Ok((0, Array::new())),
    }
}

/// Returns a managed value as a plain one, with everything inside it.
pub(crate) fn plain(call: &Call<'_>, value: Dynamic) -> Outcome {
    let Some(proxy) = Proxy::of(&value) else {
        return Ok(value);
    };
    let inner = |value| deeper(|| plain(call, value));
    match proxy.shape() {
        Shape::List => {
            let (_, items) = items(call.interp, &proxy)?;
            let items = items.into_iter().map(inner).collect::<Result<Array, _>>()?;
            Ok(items.into())
        }
        Shape::Dict => {
            let mut map = Map::new();
            for (key, value) in entries(call.interp, &proxy)? {
                map.insert(call.str(&key).into(), inner(value)?);
            }
            Ok(map.into())
        }
        Shape::Namespace | Shape::Value => Ok(value),
    }
}

/// Returns the contents of a container, as Python would write them. `outer` are the containers around it. Writing never
/// fails: a container inside itself, or too deep, is left out.
pub(crate) fn text(
    call: &Call<'_>,
    proxy: &Proxy,
    outer: &mut Vec<Identity>,
) -> Result<String, Failure> {
    let (begin, end) = match proxy.shape() {
        Shape::List => ("[", "]"),
        Shape::Dict => ("{", "}"),
        Shape::Namespace => ("Namespace(", ")"),
        Shape::Value => ("Value(", ")"),
    };
    if outer.len() > DEEPEST || outer.contains(&proxy.identity()) {
        return Ok(format!("{begin}...{end}"));
    }
    outer.push(proxy.identity());
    let mut parts = Vec::new();
    match proxy.shape() {
        Shape::List => {
            for item in items(call.interp, proxy)?.1 {
                parts.push(inner_text(call, &item, outer)?);
            }
        }
        Shape::Value => {
            let (_, mut both) = items(call.interp, proxy)?;
            both.reverse();
            for item in both {
                parts.push(inner_text(call, &item, outer)?);
            }
        }
        Shape::Dict => {
            for (key, value) in entries(call.interp, proxy)? {
                parts.push(format!(
                    "{}: {}",
                    call.repr(&key),
                    inner_text(call, &value, outer)?
                ));
            }
        }
        Shape::Namespace => {
            for (name, value) in entries(call.interp, proxy)? {
                parts.push(format!(
                    "{}={}",
                    call.str(&name),
                    inner_text(call, &value, outer)?
                ));
            }
            parts.sort();
        }
    }
    outer.pop();
    Ok(format!("{begin}{}{end}", parts.join(", ")))
}

fn inner_text(
    call: &Call<'_>,
    value: &Dynamic,
    outer: &mut Vec<Identity>,
) -> Result<String, Failure> {
    match Proxy::of(value) {
        Some(proxy) if matches!(proxy.shape(), Shape::List | Shape::Dict) => {
            text(call, &proxy, outer)
        }
        _ => Ok(call.repr(value)),
    }
}

/// Replaces one value by the result of a function, and tries again if the value is changed meanwhile. Returns the new value.
///
/// `read` returns the present value with its bytes; `write` stores the new one if the bytes are still the same.
pub(crate) fn update(
    call: &Call<'_>,
    proxy: &Proxy,
    function: &FnPtr,
    read: impl Fn() -> Result<(Option<Vec<u8>>, Dynamic), Failure>,
    write: impl Fn(Option<&[u8]>, &Packed) -> Result<bool, Failure>,
) -> Outcome {
    let mut lost = Lost::default();
    loop {
        let (bytes, old) = read()?;
        // The old value is kept until the end, so that nothing else can reuse its bytes.
        let work = || call.call(function, vec![old.clone()]);
        let (new, itself) = proxy.container.watch(work);
        let packed = pack(call, proxy, new?)?;
        if write(bytes.as_deref(), &packed)? {
            return Ok(packed.value);
        }
        lost.count(call, itself)?;
    }
}

/// How often a change is tried again because the container was changed meanwhile.
#[derive(Default)]
struct Lost {
    all: u32,
    to_itself: u32,
}

impl Lost {
    /// Far more than are lost to others that change a value as fast as they can.
    const MOST: u32 = 1_000_000;
    /// The function may change something else in the container while others change the value.
    const MOST_TO_ITSELF: u32 = 16;

    fn count(&mut self, call: &Call<'_>, itself: bool) -> Result<(), Failure> {
        self.all += 1;
        self.to_itself = if itself { self.to_itself + 1 } else { 0 };
        if self.to_itself >= Self::MOST_TO_ITSELF {
            return Err(changes_itself(call));
        }
        if self.all >= Self::MOST {
            let (name, most) = (call.name(), Self::MOST);
            let text = format!("the container was changed during {name}() {most} times");
            return Err(raise("RuntimeError", text));
        }
        Ok(())
    }
}

/// Returns the error of a function that changes the container whose new value it computes.
pub(crate) fn changes_itself(call: &Call<'_>) -> Failure {
    let name = call.name();
    let text = format!("the container was changed during {name}() by the function given to it");
    raise("RuntimeError", text)
}
