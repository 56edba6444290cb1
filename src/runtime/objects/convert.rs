//! Conversion between Rust values and items of queues, through serde, including shared objects.

use std::sync::Arc;

use rhai::{Array, Blob, Dynamic, ImmutableString, Map};
use serde::de::{self, DeserializeOwned, Visitor};
use serde::{Deserializer, Serialize, Serializer, ser};

use super::conversion::Conversion;
use super::home;
use crate::script::interp::Interp;
use crate::script::values::type_name;
use crate::stdlib::multiprocessing::messages::{self, with_encoded, with_messages};
use crate::sync::{self, Offset, Session};
use crate::text::repr_of;
use crate::wire::{self, Message, typed};

/// The name of an item in errors.
const ITEM: &str = "item";

/// Passes `item` to `take` as a message of the session: its bytes in pieces, and the shared objects in it.
pub(super) fn with_message<T: Serialize + ?Sized, R>(
    session: &Session,
    item: &T,
    take: impl FnOnce(&[&[u8]], &[Offset]) -> R,
) -> Result<R, Conversion> {
    let write = |message: &mut _| home::within(session, &[], || typed::write(item, message));
    with_encoded(write, take).map_err(|misfit| unsent(&misfit, ITEM))
}

/// Encodes `item` as a message of the session. Errors call it `name`.
pub(super) fn message<T: Serialize + ?Sized>(
    session: &Session,
    item: &T,
    name: &str,
) -> Result<Message, Conversion> {
    let mut message = Message::default();
    let written = home::within(session, &[], || typed::write(item, &mut message));
    written.map_err(|misfit| unsent(&misfit, name))?;
    Ok(message)
}

fn unsent(misfit: &typed::Misfit, name: &str) -> Conversion {
    Conversion::new(misfit.path(name), misfit.reason().to_string(), None)
}

/// Decodes a message of the session. The error contains the item as a value of scripts.
pub(super) fn read<T: DeserializeOwned>(
    session: &Session,
    interp: &Arc<Interp>,
    message: sync::Message<'_>,
) -> Result<T, Conversion> {
    let decode = || typed::read(message.bytes);
    home::within(session, message.objects, decode).map_err(|misfit| {
        let reason = misfit.reason().to_string();
        let came = match messages::read(interp, message) {
            Ok(value) => (Some(value.clone()), shown(&value)),
            Err(_) => (None, "a value that cannot be read".into()),
        };
        Conversion::new(misfit.path(ITEM), reason, Some(came))
    })
}

/// Returns a Rust value as a value of scripts. Errors call it `name`.
pub(super) fn to_script<T: Serialize + ?Sized>(
    interp: &Arc<Interp>,
    session: &Session,
    value: &T,
    name: &str,
) -> Result<Dynamic, Conversion> {
    let message = message(session, value, name)?;
    let read = |messages: &[sync::Message<'_>]| match messages {
        [message] => messages::read(interp, *message).ok(),
        _ => None,
    };
    with_messages(&[message], read)
        .ok_or_else(|| Conversion::new(name.into(), "it cannot be read back".into(), None))
}

/// Returns a value of a script as a Rust value. Errors call it `name`, and contain it.
pub(super) fn from_script<T: DeserializeOwned>(
    interp: &Arc<Interp>,
    session: &Session,
    value: &Dynamic,
    name: &str,
) -> Result<T, Conversion> {
    let failed = |path: String, reason: String| {
        Conversion::new(path, reason, Some((Some(value.clone()), shown(value))))
    };
    let message = wire::encode(value, name, interp)
        .map_err(|refusal| failed(name.into(), refusal.to_string()))?;
    let objects: Vec<_> = message.handles.iter().copied().map(Offset).collect();
    home::within(session, &objects, || typed::read(&message.bytes))
        .map_err(|misfit| failed(misfit.path(name), misfit.reason().to_string()))
}

/// Returns the shared object in a value of a script.
pub(super) fn object_of<O: rhai::Variant + Clone>(
    value: Dynamic,
    wanted: &str,
) -> Result<O, Conversion> {
    let value = value.flatten();
    if let Some(object) = (!value.is_shared())
        .then(|| value.read_lock::<O>())
        .flatten()
    {
        return Ok(object.clone());
    }
    let (found, text) = (type_name(&value), shown(&value));
    let reason = format!("expected a {wanted}, found a {found}");
    let came = Some((Some(value), text));
    Err(Conversion::new("value".into(), reason, came))
}

/// Writes a shared object as the place it has in the session whose message is written.
pub(super) fn serialize_object<S: Serializer>(
    object: &Dynamic,
    session: &Session,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    struct Place([u8; 10]);
    impl Serialize for Place {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(&self.0)
        }
    }
    let why = match home::current() {
        None => "only a queue of the same runtime can carry it",
        Some(current) if !current.session.is_same(session) => "it belongs to another runtime",
        Some(_) => {
            let place = home::place_of(session, object);
            let (kind, at) = place.ok_or_else(|| ser::Error::custom("it has no place"))?;
            let mut place = [0; 10];
            place[..2].copy_from_slice(&kind.to_be_bytes());
            place[2..].copy_from_slice(&at.offset().0.to_be_bytes());
            return serializer.serialize_newtype_struct(typed::HANDLE, &Place(place));
        }
    };
    Err(ser::Error::custom(why))
}

/// Reads a shared object of the session whose message is read.
pub(super) fn deserialize_object<'de, D: Deserializer<'de>>(
    deserializer: D,
    wanted: &'static str,
) -> Result<Dynamic, D::Error> {
    struct Opening(&'static str);
    impl<'de> Visitor<'de> for Opening {
        type Value = Dynamic;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "a {}", self.0)
        }

        fn visit_bytes<E: de::Error>(self, place: &[u8]) -> Result<Dynamic, E> {
            let current = home::current().ok_or_else(|| {
                E::custom(format!("a {} can only be received from a queue", self.0))
            })?;
            let (kind, offset) = place
                .split_at_checked(2)
                .ok_or_else(|| E::custom("it is not a shared object"))?;
            let kind = kind.try_into().map(u16::from_be_bytes).map_err(E::custom)?;
            let offset = offset
                .try_into()
                .map(u64::from_be_bytes)
                .map_err(E::custom)?;
            let offset = Offset(offset);
            if !current.objects.contains(&offset) {
                return Err(E::custom(messages::UNLISTED));
            }
            home::at_place(&current.session, kind, offset).map_err(E::custom)
        }
    }
    deserializer.deserialize_newtype_struct(typed::HANDLE, Opening(wanted))
}

/// Makes a shared object a value of scripts and, through serde, an item of queues.
macro_rules! impl_conversions {
    ($object:ident $(<$item:ident>)?) => {
        impl$(<$item>)? From<$object$(<$item>)?> for rhai::Dynamic {
            fn from(object: $object$(<$item>)?) -> Self {
                object.to_dynamic()
            }
        }

        impl$(<$item>)? serde::Serialize for $object$(<$item>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                convert::serialize_object(&self.to_dynamic(), self.session(), serializer)
            }
        }

        impl<'de $(, $item)?> serde::Deserialize<'de> for $object$(<$item>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = stringify!($object);
                let object = convert::deserialize_object(deserializer, name)?;
                Self::from_dynamic(object).map_err(|why| serde::de::Error::custom(why.reason()))
            }
        }
    };
}
pub(super) use impl_conversions;

/// The longest string, in characters, and the most items and entries that an error shows.
const TEXT_SHOWN: usize = 60;
const ITEMS_SHOWN: usize = 6;

/// The `repr` of a value, shortened, with its type.
fn shown(value: &Dynamic) -> String {
    let text = repr_of(&shortened(value, 3), &|_| None);
    format!("a {}: {text}", type_name(value))
}

fn shortened(value: &Dynamic, depth: usize) -> Dynamic {
    let value = value.flatten_clone();
    if value.is_shared() {
        return "…".into();
    }
    if let Some(text) = value.read_lock::<ImmutableString>() {
        let mut chars = text.chars();
        let start: String = chars.by_ref().take(TEXT_SHOWN).collect();
        return match chars.next() {
            None => text.clone().into(),
            Some(_) => format!("{start}…").into(),
        };
    }
    if let Some(bytes) = value.read_lock::<Blob>() {
        return Dynamic::from_blob(bytes[..bytes.len().min(TEXT_SHOWN / 3)].to_vec());
    }
    if let Some(items) = value.read_lock::<Array>() {
        let more = (items.len() > ITEMS_SHOWN).then(|| Dynamic::from("…"));
        let items = items.iter().take(if depth == 0 { 0 } else { ITEMS_SHOWN });
        let items = items.map(|item| shortened(item, depth.saturating_sub(1)));
        return items.chain(more).collect::<Array>().into();
    }
    if let Some(entries) = value.read_lock::<Map>() {
        let more = entries.len() > ITEMS_SHOWN;
        let entries = entries
            .iter()
            .take(if depth == 0 { 0 } else { ITEMS_SHOWN });
        let mut entries: Map = entries
            .map(|(key, item)| (key.clone(), shortened(item, depth.saturating_sub(1))))
            .collect();
        if more {
            entries.insert("…".into(), "…".into());
        }
        return entries.into();
    }
    value
}
