//! Writes a Rust value as bytes, straight from the value into the buffer.

use rmp::encode as pack;
use serde::{Serialize, Serializer};

use super::super::encode::Message;
use super::super::extension;
use super::HANDLE;
use super::misfit::Misfit;
use super::parts::{Entries, Items};
use super::writer::{Known, Reader, Verdict, Writer, written};

/// Writes `value` into a message used before: its contents are replaced, its memory is kept.
///
/// # Errors
/// A part of the value has no form as a script's value. The message is not to be used then.
pub(crate) fn write<T: Serialize + ?Sized>(
    value: &T,
    message: &mut Message,
    known: Known<'_>,
) -> Result<(), Misfit> {
    message.bytes.clear();
    message.handles.clear();
    message.parts.clear();
    append(value, message, known)
}

/// Writes `value` behind the messages that were written before.
///
/// # Errors
/// As [`write()`].
pub(crate) fn append<T: Serialize + ?Sized>(
    value: &T,
    message: &mut Message,
    known: Known<'_>,
) -> Result<(), Misfit> {
    let mut writer = Writer {
        out: &mut message.bytes,
        reader: Reader::Script {
            handles: &mut message.handles,
            parts: &mut message.parts,
            known,
        },
        depth: 0,
    };
    writer.value(value)
}

/// Returns the bytes of a value that only Rust reads: integers may have 128 bits, and keys of maps any type.
///
/// # Errors
/// The value is nested too deeply, too long, or holds a shared object.
pub(crate) fn pack<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Misfit> {
    let mut bytes = Vec::new();
    let mut writer = Writer {
        out: &mut bytes,
        reader: Reader::Rust,
        depth: 0,
    };
    writer.value(value)?;
    Ok(bytes)
}

macro_rules! ints {
    ($($method:ident: $int:ty),*) => {
        $(fn $method(self, int: $int) -> Verdict {
            self.int(int, int.to_be_bytes())
        })*
    };
}

impl<'w, 'm> Serializer for &'w mut Writer<'m> {
    type Ok = ();
    type Error = Misfit;
    type SerializeSeq = Items<'w, 'm>;
    type SerializeTuple = Items<'w, 'm>;
    type SerializeTupleStruct = Items<'w, 'm>;
    type SerializeTupleVariant = Items<'w, 'm>;
    type SerializeMap = Entries<'w, 'm>;
    type SerializeStruct = Entries<'w, 'm>;
    type SerializeStructVariant = Entries<'w, 'm>;

    fn serialize_bool(self, flag: bool) -> Verdict {
        written(pack::write_bool(self.out, flag));
        Ok(())
    }

    ints!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128
    );

    fn serialize_f32(self, float: f32) -> Verdict {
        self.serialize_f64(float.into())
    }

    fn serialize_f64(self, float: f64) -> Verdict {
        written(pack::write_f64(self.out, float));
        Ok(())
    }

    fn serialize_char(self, char: char) -> Verdict {
        written(pack::write_ext_meta(self.out, 4, extension::CHAR));
        self.raw(&u32::from(char).to_be_bytes());
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Verdict {
        self.text(text)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Verdict {
        self.bytes(bytes)
    }

    fn serialize_none(self) -> Verdict {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Verdict {
        self.value(value)
    }

    fn serialize_unit(self) -> Verdict {
        written(pack::write_nil(self.out));
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Verdict {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Verdict {
        self.text(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Verdict {
        if name != HANDLE {
            return self.value(value);
        }
        let start = self.out.len();
        value.serialize(&mut *self)?;
        self.handle_from(start)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Verdict {
        self.variant(name)?;
        let verdict = self.value(value);
        self.ascend();
        verdict.map_err(|misfit| misfit.in_entry(name))
    }

    fn serialize_seq(self, count: Option<usize>) -> Result<Items<'w, 'm>, Misfit> {
        Items::begin(self, count, None)
    }

    fn serialize_tuple(self, count: usize) -> Result<Items<'w, 'm>, Misfit> {
        Items::begin(self, Some(count), None)
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        count: usize,
    ) -> Result<Items<'w, 'm>, Misfit> {
        Items::begin(self, Some(count), None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        count: usize,
    ) -> Result<Items<'w, 'm>, Misfit> {
        Items::begin(self, Some(count), Some(name))
    }

    fn serialize_map(self, count: Option<usize>) -> Result<Entries<'w, 'm>, Misfit> {
        Entries::begin(self, count, None)
    }

    fn serialize_struct(self, _: &'static str, count: usize) -> Result<Entries<'w, 'm>, Misfit> {
        Entries::begin(self, Some(count), None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        count: usize,
    ) -> Result<Entries<'w, 'm>, Misfit> {
        Entries::begin(self, Some(count), Some(name))
    }
}
