//! The keys of maps, which are texts in scripts: numbers are written out, as in JSON.

use std::fmt::Display;
use std::ops::Range;

use serde::ser::Impossible;
use serde::{Serialize, Serializer};

use super::misfit::Misfit;
use super::write::Writer;

/// Writes a key; gives the place of its text.
pub(super) struct Key<'w, 'm>(pub(super) &'w mut Writer<'m>);

type Place = Result<Range<usize>, Misfit>;

/// What a key cannot be.
type Never = Impossible<Range<usize>, Misfit>;

impl Key<'_, '_> {
    fn text(self, text: &str) -> Place {
        self.0.text(text)?;
        let end = self.0.out.len();
        Ok(end - text.len()..end)
    }

    fn shown(self, key: impl Display) -> Place {
        self.text(&key.to_string())
    }
}

fn refused<T>(found: &str) -> Result<T, Misfit> {
    Err(Misfit::new(format!(
        "map keys must be strings, not {found}"
    )))
}

macro_rules! written_out {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, key: $type) -> Place {
            self.shown(key)
        })*
    };
}

impl Serializer for Key<'_, '_> {
    type Ok = Range<usize>;
    type Error = Misfit;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    written_out!(
        serialize_bool: bool, serialize_char: char,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128
    );

    fn serialize_str(self, text: &str) -> Place {
        self.text(text)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Place {
        self.text(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, key: &T) -> Place {
        key.serialize(self)
    }

    fn serialize_f32(self, _: f32) -> Place {
        refused("a float")
    }

    fn serialize_f64(self, _: f64) -> Place {
        refused("a float")
    }

    fn serialize_bytes(self, _: &[u8]) -> Place {
        refused("a blob")
    }

    fn serialize_none(self) -> Place {
        refused("()")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, key: &T) -> Place {
        key.serialize(self)
    }

    fn serialize_unit(self) -> Place {
        refused("()")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Place {
        refused("()")
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Place {
        refused("a map")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Never, Misfit> {
        refused("an array")
    }

    fn serialize_tuple(self, _: usize) -> Result<Never, Misfit> {
        refused("an array")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Never, Misfit> {
        refused("an array")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, Misfit> {
        refused("a map")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Never, Misfit> {
        refused("a map")
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Never, Misfit> {
        refused("a map")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, Misfit> {
        refused("a map")
    }
}
