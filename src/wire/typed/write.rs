//! Writes a Rust value as bytes, straight from the value into the buffer.

use rmp::Marker;
use rmp::encode as pack;
use serde::{Serialize, Serializer};

use super::super::encode::Message;
use super::super::{MAX_DEPTH, extension};
use super::HANDLE;
use super::misfit::Misfit;
use super::parts::{Entries, Items};

/// Writes `value` into a message used before: its contents are replaced, its memory is kept.
///
/// # Errors
/// A part of the value has no form as a script's value. The message is not to be used then.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T, message: &mut Message) -> Result<(), Misfit> {
    message.bytes.clear();
    message.handles.clear();
    message.parts.clear();
    value.serialize(&mut Writer {
        out: &mut message.bytes,
        handles: &mut message.handles,
        depth: 0,
    })
}

pub(super) struct Writer<'m> {
    pub(super) out: &'m mut Vec<u8>,
    handles: &'m mut Vec<u64>,
    depth: usize,
}

pub(super) type Verdict = Result<(), Misfit>;

impl Writer<'_> {
    pub(super) fn text(&mut self, text: &str) -> Verdict {
        written(pack::write_str_len(self.out, length(text.len())?));
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn int(&mut self, int: impl TryInto<i64> + Copy + std::fmt::Display) -> Verdict {
        let Ok(fitting) = int.try_into() else {
            let text = format!("{int} does not fit in a script's signed 64-bit integer");
            return Err(Misfit::new(text));
        };
        written(pack::write_sint(self.out, fitting));
        Ok(())
    }

    /// Makes a shared object of the blob that was written at `start`.
    fn handle_from(&mut self, start: usize) -> Verdict {
        const BLOB: [u8; 2] = [Marker::Bin8.to_u8(), extension::HANDLE_LEN as u8];
        let written_blob = self.out.split_off(start);
        let payload = written_blob.strip_prefix(&BLOB).unwrap_or_default();
        let [_, _, offset @ ..] = payload else {
            return Err(Misfit::new("it is not a shared object"));
        };
        let offset =
            <[u8; 8]>::try_from(offset).map_err(|_| Misfit::new("it is not a shared object"))?;
        self.handles.push(u64::from_be_bytes(offset));
        let (length, kind) = (extension::HANDLE_LEN, extension::HANDLE);
        written(pack::write_ext_meta(self.out, length, kind));
        self.raw(payload);
        Ok(())
    }

    /// One level down; [`ascend`](Self::ascend) when its end has been written.
    pub(super) fn descend(&mut self) -> Verdict {
        if self.depth == MAX_DEPTH {
            return Err(Misfit::new(format!(
                "it is nested more than {MAX_DEPTH} levels deep"
            )));
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn ascend(&mut self) {
        self.depth -= 1;
    }

    /// The beginning of `{name: …}`, the value of an enum that is more than a name.
    pub(super) fn variant(&mut self, name: &str) -> Verdict {
        self.descend()?;
        written(pack::write_map_len(self.out, 1));
        self.text(name)
    }
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

    fn serialize_i8(self, int: i8) -> Verdict {
        self.int(int)
    }

    fn serialize_i16(self, int: i16) -> Verdict {
        self.int(int)
    }

    fn serialize_i32(self, int: i32) -> Verdict {
        self.int(int)
    }

    fn serialize_i64(self, int: i64) -> Verdict {
        self.int(int)
    }

    fn serialize_i128(self, int: i128) -> Verdict {
        self.int(int)
    }

    fn serialize_u8(self, int: u8) -> Verdict {
        self.int(int)
    }

    fn serialize_u16(self, int: u16) -> Verdict {
        self.int(int)
    }

    fn serialize_u32(self, int: u32) -> Verdict {
        self.int(int)
    }

    fn serialize_u64(self, int: u64) -> Verdict {
        self.int(int)
    }

    fn serialize_u128(self, int: u128) -> Verdict {
        self.int(int)
    }

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
        written(pack::write_bin_len(self.out, length(bytes.len())?));
        self.raw(bytes);
        Ok(())
    }

    fn serialize_none(self) -> Verdict {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Verdict {
        value.serialize(self)
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
            return value.serialize(self);
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
        let verdict = value.serialize(&mut *self);
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

/// A length as MessagePack writes it.
pub(super) fn length(length: usize) -> Result<u32, Misfit> {
    u32::try_from(length).map_err(|_| Misfit::new("it is too long (4 GiB or more)"))
}

pub(super) fn written<T, E: std::fmt::Debug>(outcome: Result<T, E>) {
    outcome.expect("writing to memory does not fail");
}
