//! How the values of each type are sent to other processes: as an offset in the session, or as other values.
//!
//! Each class says so when it is registered; the types of the host come from its setups.

use std::any::TypeId;
use std::collections::HashMap;
use std::fmt;

use rhai::{Array, Dynamic, Variant};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::script::values::type_name;
use crate::sync::{Offset, Place, Session, ShmError};
use crate::wire::typed::{self, Records};
use crate::wire::{Encoded, TypeCodec, Unsendable};

type ToPlace = dyn Fn(&Dynamic) -> Option<(u16, Place)> + Send + Sync;
type FromPlace = fn(&Session, u16, Offset) -> Result<Dynamic, ShmError>;
type Withheld = dyn Fn(&Dynamic) -> Option<&'static str> + Send + Sync;
type Address = dyn Fn(&Dynamic) -> Option<usize> + Send + Sync;

/// The codecs of one runtime, by type and by what messages call them.
#[derive(Default)]
pub(crate) struct Codecs {
    places: HashMap<TypeId, Box<ToPlace>>,
    kinds: HashMap<u16, FromPlace>,
    parts: HashMap<TypeId, TypeCodec>,
    names: HashMap<String, TypeCodec>,
    records: Records,
    withheld: HashMap<TypeId, Box<Withheld>>,
    addresses: HashMap<TypeId, Box<Address>>,
}

impl Codecs {
    /// Values of `T` are sent as their offset in the session, under one of these numbers. A value for which `encode` returns
    /// `None` is sent by its parts, if the type has them.
    pub(crate) fn by_place<T: Variant + Clone>(
        &mut self,
        kinds: &[u16],
        encode: fn(&T) -> Option<(u16, Place)>,
        decode: FromPlace,
    ) {
        let encode = move |value: &Dynamic| encode(&*value.read_lock::<T>()?);
        self.places.insert(TypeId::of::<T>(), Box::new(encode));
        self.kinds.extend(kinds.iter().map(|kind| (*kind, decode)));
    }

    /// Values of this type are sent as other values.
    pub(crate) fn by_parts(&mut self, codec: TypeCodec) {
        self.names.insert(codec.name().into(), codec.clone());
        if let Some(rust_name) = codec.rust_name() {
            self.records.insert(rust_name, codec.name().into());
        }
        self.parts.insert(codec.type_id(), codec);
    }

    /// Returns the types of the host that serde writes.
    pub(crate) fn records(&self) -> &Records {
        &self.records
    }

    /// Returns whether values of this type are sent as other values.
    pub(crate) fn sends_by_parts(&self, type_id: TypeId) -> bool {
        self.parts.contains_key(&type_id)
    }

    /// Some values of `T` cannot be sent from this process, for the reason that `why` returns.
    pub(crate) fn withhold<T: Variant + Clone>(&mut self, why: fn(&T) -> Option<&'static str>) {
        let why = move |value: &Dynamic| why(&*value.read_lock::<T>()?);
        self.withheld.insert(TypeId::of::<T>(), Box::new(why));
    }

    /// Two values of `T` are equal when they have the same address in this process.
    pub(crate) fn by_address<T: Variant + Clone>(&mut self, address: fn(&T) -> usize) {
        let address = move |value: &Dynamic| Some(address(&*value.read_lock::<T>()?));
        self.addresses.insert(TypeId::of::<T>(), Box::new(address));
    }

    /// Returns the names that messages use for types that are sent as other values.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// Returns why this value cannot be sent from this process, if it cannot.
    pub(crate) fn refusal(&self, value: &Dynamic) -> Option<&'static str> {
        self.withheld.get(&value.type_id())?(value)
    }

    /// Returns the number of a shared object and its offset in its session.
    pub(crate) fn place_of(&self, value: &Dynamic) -> Option<(u16, Place)> {
        self.places.get(&value.type_id())?(value)
    }

    /// Returns the shared object of that number at an offset of a session.
    ///
    /// # Errors
    /// No type has the number, or something else lies there.
    pub(crate) fn at_place(
        &self,
        session: &Session,
        kind: u16,
        offset: Offset,
    ) -> Result<Dynamic, String> {
        let decode = self.kinds.get(&kind);
        let decode = decode.ok_or_else(|| format!("no handle of kind {kind} is known here"))?;
        decode(session, kind, offset).map_err(|error| error.to_string())
    }

    /// Returns the numbers of shared objects.
    #[cfg(test)]
    pub(crate) fn kinds(&self) -> impl Iterator<Item = u16> {
        self.kinds.keys().copied()
    }

    /// Returns the values that a value is sent as; `None` for a type that is not sent this way. `dry`: without side effects.
    pub(crate) fn parts_of(
        &self,
        value: &Dynamic,
        dry: bool,
    ) -> Option<Result<Encoded, Unsendable>> {
        let codec = self.parts.get(&value.type_id())?;
        let parts = match dry {
            true => codec.check(value),
            false => codec.encode(value),
        };
        Some(parts.map(|plain| Encoded::Object {
            type_name: codec.name().into(),
            plain,
            is_record: codec.rust_name().is_some(),
        }))
    }

    /// Returns the value of the type that messages call `name`, from its parts.
    ///
    /// # Errors
    /// There is no such type, or such a value cannot be made of these parts.
    pub(crate) fn value_of(&self, name: &str, parts: Dynamic) -> Result<Dynamic, String> {
        let codec = self.names.get(name);
        let codec =
            codec.ok_or_else(|| format!("the type {name} is not in any setup of this process"))?;
        codec.decode(parts)
    }

    /// Returns the address of a value of a type that is compared by it.
    pub(crate) fn address_of(&self, value: &Dynamic) -> Option<usize> {
        self.addresses.get(&value.type_id())?(value)
    }
}

impl fmt::Debug for Codecs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codecs")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

/// Returns an object that is sent as a record and one more value.
///
/// # Errors
/// The record is too long.
pub(crate) fn with_record(record: &impl Serialize, value: Dynamic) -> Result<Dynamic, Unsendable> {
    let record = typed::pack(record).map_err(|misfit| Unsendable::Here(misfit.to_string()))?;
    let parts: Array = vec![Dynamic::from_blob(record), value];
    Ok(parts.into())
}

/// Returns a part of a value that is `()` when the value has none.
///
/// # Errors
/// It is of another type.
pub(crate) fn optional<T: Variant + Clone>(part: Dynamic) -> Result<Option<T>, String> {
    if part.is_unit() {
        return Ok(None);
    }
    let wrong = format!("one of its parts is a {}", type_name(&part));
    part.try_cast().map(Some).ok_or(wrong)
}

/// Returns the record and the value that [`with_record`] has put together.
///
/// # Errors
/// They are not such parts.
pub(crate) fn record_and_value<R: DeserializeOwned>(
    parts: Dynamic,
) -> Result<(R, Dynamic), String> {
    let parts = parts.into_array().ok();
    let parts = parts.and_then(|parts| <[Dynamic; 2]>::try_from(parts).ok());
    let [record, value] = parts.ok_or("its parts are missing")?;
    let record = record.into_blob().map_err(|_| "its record is missing")?;
    let record = typed::read(&record).map_err(|misfit| misfit.to_string())?;
    Ok((record, value))
}
