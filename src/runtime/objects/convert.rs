//! Conversion between Rust values and items of queues, through serde, including shared objects.

use std::sync::Arc;

use rhai::Dynamic;
use serde::de::{self, DeserializeOwned, Visitor};
use serde::{Deserializer, Serialize, Serializer, ser};

use super::conversion::Conversion;
use super::home;
use super::shown::shown;
use crate::script::interp::Interp;
use crate::script::values::type_name;
use crate::stdlib::multiprocessing::messages::{self, Listed, with_encoded, with_messages};
use crate::sync::{self, Offset, Session};
use crate::wire::typed::{self, Known, Records};
use crate::wire::{self, Message, with_article};

/// The name of an item in errors.
const ITEM: &str = "item";

/// Passes `item` to `take` as a message of the session: its bytes in pieces, and the shared objects in it.
pub(super) fn with_message<T: Serialize + ?Sized, R>(
    (session, interp): (&Session, &Arc<Interp>),
    item: &T,
    take: impl FnOnce(&[&[u8]], &[Offset]) -> R,
) -> Result<R, Conversion> {
    with_encoded(
        |message| write(interp, Some(session), item, ITEM, message),
        take,
    )
}

/// Passes `items` to `take` as messages of the session.
pub(super) fn with_batch<T: Serialize, R>(
    (session, interp): (&Session, &Arc<Interp>),
    items: &[T],
    take: impl FnOnce(&[sync::Message<'_>]) -> R,
) -> Result<R, Conversion> {
    let codecs = interp.codecs().map_err(|why| unsent("items".into(), why))?;
    let known = known(interp, codecs.records());
    // One after the other, in the same memory.
    let mut all = Message::default();
    let mut ends = Vec::with_capacity(items.len());
    home::within(Some(session), &[], || {
        items.iter().enumerate().try_for_each(|(index, item)| {
            let written = typed::append(item, &mut all, known);
            ends.push((all.bytes.len(), all.handles.len()));
            let name = || format!("items[{index}]");
            written.map_err(|misfit| unsent(misfit.path(&name()), misfit.reason().into()))
        })
    })?;
    let objects: Vec<_> = all.handles.iter().copied().map(Offset).collect();
    let (mut bytes, mut objects) = (all.bytes.as_slice(), objects.as_slice());
    let mut done = (0, 0);
    let messages = ends.iter().map(|end| {
        let message = sync::Message {
            bytes: bytes.split_off(..end.0 - done.0).unwrap_or_default(),
            objects: objects.split_off(..end.1 - done.1).unwrap_or_default(),
        };
        done = *end;
        message
    });
    Ok(take(&messages.collect::<Vec<_>>()))
}

/// Writes a value into a message.
fn write<T: Serialize + ?Sized>(
    interp: &Arc<Interp>,
    session: Option<&Session>,
    item: &T,
    name: &str,
    message: &mut Message,
) -> Result<(), Conversion> {
    let codecs = interp.codecs().map_err(|why| unsent(name.into(), why))?;
    let known = known(interp, codecs.records());
    let written = home::within(session, &[], || typed::write(item, message, known));
    written.map_err(|misfit| unsent(misfit.path(name), misfit.reason().into()))
}

fn known<'m>(interp: &'m Arc<Interp>, records: &'m Records) -> Known<'m> {
    Known {
        codec: interp,
        records: Some(records).filter(|records| !records.is_empty()),
    }
}

fn unsent(path: String, reason: String) -> Conversion {
    Conversion::new(path, reason, None)
}

/// Decodes a message of the session. The error contains the item as a value of scripts.
pub(super) fn read<T: DeserializeOwned + 'static>(
    session: &Session,
    interp: &Arc<Interp>,
    message: sync::Message<'_>,
) -> Result<T, Conversion> {
    if wire::is_object(message.bytes)
        && let Ok(value) = messages::read(interp, message)
        && let Some(value) = value.try_cast()
    {
        return Ok(value);
    }
    let objects = message.objects;
    let codec = Listed { interp, objects };
    let decode = || typed::read_with(message.bytes, &codec);
    home::within(Some(session), message.objects, decode).map_err(|misfit| {
        let reason = misfit.reason().to_string();
        let came = match messages::read(interp, message) {
            Ok(value) => (Some(value.clone()), shown(&value)),
            Err(_) => (None, "a value that cannot be read".into()),
        };
        Conversion::new(misfit.path(ITEM), reason, Some(came))
    })
}

/// Returns a Rust value as a value of scripts. Errors call it `name`.
pub(in crate::runtime) fn to_script<T: Serialize + ?Sized>(
    interp: &Arc<Interp>,
    session: Option<&Session>,
    value: &T,
    name: &str,
) -> Result<Dynamic, Conversion> {
    let mut message = Message::default();
    write(interp, session, value, name, &mut message)?;
    let read = |messages: &[sync::Message<'_>]| match messages {
        [message] => messages::read(interp, *message).ok(),
        _ => None,
    };
    with_messages(&[message], read)
        .ok_or_else(|| unsent(name.into(), "it cannot be read back".into()))
}

/// Returns a value of a script as a Rust value. Errors call it `name`, and contain it.
pub(in crate::runtime) fn from_script<T: DeserializeOwned>(
    interp: &Arc<Interp>,
    session: Option<&Session>,
    value: Dynamic,
    name: &str,
) -> Result<T, Conversion> {
    let failed = |path: String, reason: String| {
        Conversion::new(path, reason, Some((Some(value.clone()), shown(&value))))
    };
    let message = wire::encode(&value, name, interp)
        .map_err(|refusal| failed(refusal.path.clone(), refusal.why()))?;
    let objects: Vec<_> = message.handles.iter().copied().map(Offset).collect();
    home::within(session, &objects, || {
        typed::read_with(&message.bytes, interp)
    })
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
    let (wanted, found) = (with_article(wanted), with_article(&found));
    let reason = format!("expected {wanted}, found {found}");
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
        Some(current) if !current.is_in(session) => "it belongs to another runtime",
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
            f.write_str(&with_article(self.0))
        }

        fn visit_bytes<E: de::Error>(self, place: &[u8]) -> Result<Dynamic, E> {
            let current = home::current().ok_or_else(|| {
                E::custom(format!(
                    "{} can only be received from a queue",
                    with_article(self.0)
                ))
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
            let session = current.session;
            let session = session.filter(|_| current.objects.contains(&offset));
            let session = session.ok_or_else(|| E::custom(messages::UNLISTED))?;
            home::at_place(&session, kind, offset).map_err(E::custom)
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
