//! The parts of a Rust value on their way into a message: the items of sequences, the entries of maps.

use std::ops::Range;

use rmp::Marker;
use rmp::encode as pack;
use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use super::super::reader::{self, Token};
use super::misfit::Misfit;
use super::writer::{Reader, Verdict, Writer, length, written};

/// How many parts follow, where that has been written.
enum Announced {
    Count(usize),
    /// Not known beforehand: four bytes at this offset wait for it.
    Later(usize),
}

impl Announced {
    fn begin(
        writer: &mut Writer<'_>,
        count: Option<usize>,
        head: impl FnOnce(&mut Vec<u8>, u32),
        wide: Marker,
    ) -> Result<Self, Misfit> {
        Ok(match count {
            Some(count) => {
                head(writer.out, length(count)?);
                Self::Count(count)
            }
            None => {
                writer.raw(&[wide.to_u8()]);
                let place = writer.out.len();
                writer.raw(&[0; 4]);
                Self::Later(place)
            }
        })
    }

    fn end(&self, writer: &mut Writer<'_>, given: usize) -> Verdict {
        match *self {
            Self::Count(count) if count == given => Ok(()),
            Self::Count(count) => Err(Misfit::new(format!(
                "its Serialize announced {count} items but wrote {given}"
            ))),
            Self::Later(place) => {
                let count = length(given)?.to_be_bytes();
                writer.out[place..place + 4].copy_from_slice(&count);
                Ok(())
            }
        }
    }
}

/// The common part of items and entries: where they are written, and their number.
struct Parts<'w, 'm> {
    writer: &'w mut Writer<'m>,
    announced: Announced,
    given: usize,
    /// The name under which an enum has them.
    variant: Option<&'static str>,
}

impl<'w, 'm> Parts<'w, 'm> {
    fn begin(
        writer: &'w mut Writer<'m>,
        count: Option<usize>,
        variant: Option<&'static str>,
        (head, wide): (impl FnOnce(&mut Vec<u8>, u32), Marker),
    ) -> Result<Self, Misfit> {
        if let Some(name) = variant {
            writer.variant(name)?;
        }
        writer.descend()?;
        let announced = Announced::begin(writer, count, head, wide)?;
        Ok(Self {
            writer,
            announced,
            given: 0,
            variant,
        })
    }

    /// Returns the path of a part's misfit in the value.
    fn outward(&self, misfit: Misfit) -> Misfit {
        match self.variant {
            Some(name) => misfit.in_entry(name),
            None => misfit,
        }
    }

    fn finish(self) -> Verdict {
        self.announced.end(self.writer, self.given)?;
        self.writer.ascend();
        if self.variant.is_some() {
            self.writer.ascend();
        }
        Ok(())
    }
}

/// The items of a sequence or a tuple.
pub(super) struct Items<'w, 'm>(Parts<'w, 'm>);

impl<'w, 'm> Items<'w, 'm> {
    /// `variant` is the name under which an enum has them.
    pub(super) fn begin(
        writer: &'w mut Writer<'m>,
        count: Option<usize>,
        variant: Option<&'static str>,
    ) -> Result<Self, Misfit> {
        let head = |out: &mut Vec<u8>, count| written(pack::write_array_len(out, count));
        Parts::begin(writer, count, variant, (head, Marker::Array32)).map(Self)
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Verdict {
        let index = self.0.given;
        self.0.given += 1;
        let written = self.0.writer.value(value);
        written.map_err(|misfit| self.0.outward(misfit.in_item(index)))
    }

    fn finish(self) -> Verdict {
        self.0.finish()
    }
}

/// The entries of a map or a struct.
pub(super) struct Entries<'w, 'm> {
    parts: Parts<'w, 'm>,
    /// Where the last key lies.
    key: Range<usize>,
}

impl<'w, 'm> Entries<'w, 'm> {
    /// `variant` is the name under which an enum has them.
    pub(super) fn begin(
        writer: &'w mut Writer<'m>,
        count: Option<usize>,
        variant: Option<&'static str>,
    ) -> Result<Self, Misfit> {
        let head = |out: &mut Vec<u8>, count| written(pack::write_map_len(out, count));
        let parts = Parts::begin(writer, count, variant, (head, Marker::Map32))?;
        Ok(Self { parts, key: 0..0 })
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T, key: Option<&str>) -> Verdict {
        self.parts.given += 1;
        let written = self.parts.writer.value(value);
        written.map_err(|misfit| {
            let last = || String::from_utf8_lossy(&self.parts.writer.out[self.key.clone()]);
            self.parts.outward(match key {
                Some(key) => misfit.in_entry(key),
                None => misfit.in_entry(&last()),
            })
        })
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Verdict {
        self.parts.writer.text(key)?;
        self.value(value, Some(key))
    }

    fn finish(self) -> Verdict {
        self.parts.finish()
    }
}

impl SerializeMap for Entries<'_, '_> {
    type Ok = ();
    type Error = Misfit;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Verdict {
        self.key = write_key(key, self.parts.writer)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Verdict {
        self.value(value, None)
    }

    fn end(self) -> Verdict {
        self.finish()
    }
}

/// Writes the key of a map, which is a string in scripts: numbers are written out, as in JSON. Returns the offset of the string, if it is one.
fn write_key<T: Serialize + ?Sized>(
    key: &T,
    writer: &mut Writer<'_>,
) -> Result<Range<usize>, Misfit> {
    let start = writer.out.len();
    let reader = std::mem::replace(&mut writer.reader, Reader::Rust);
    let written = key.serialize(&mut *writer);
    writer.reader = reader;
    written?;
    if writer.is_for_rust() {
        return Ok(start..start);
    }
    let written = writer.out.split_off(start);
    let mut read = reader::Reader::new(&written);
    let text = match read.token()? {
        Token::Text(text) => text.to_string(),
        Token::Int(int) => int.to_string(),
        Token::Unsigned(int) => int.to_string(),
        Token::Bool(flag) => flag.to_string(),
        Token::Extension { .. } => read.char()?.to_string(),
        Token::Unit => return Err(refused("()")),
        Token::Float(_) => return Err(refused("a float")),
        Token::Blob(_) => return Err(refused("a blob")),
        Token::Items(_) => return Err(refused("an array")),
        _ => return Err(refused("a map")),
    };
    writer.text(&text)?;
    let end = writer.out.len();
    Ok(end - text.len()..end)
}

fn refused(found: &str) -> Misfit {
    Misfit::new(format!("map keys must be strings, not {found}"))
}

macro_rules! items {
    ($kind:ident, $item:ident) => {
        impl $kind for Items<'_, '_> {
            type Ok = ();
            type Error = Misfit;

            fn $item<T: Serialize + ?Sized>(&mut self, value: &T) -> Verdict {
                self.item(value)
            }

            fn end(self) -> Verdict {
                self.finish()
            }
        }
    };
}

items!(SerializeSeq, serialize_element);
items!(SerializeTuple, serialize_element);
items!(SerializeTupleStruct, serialize_field);
items!(SerializeTupleVariant, serialize_field);

macro_rules! fields {
    ($kind:ident) => {
        impl $kind for Entries<'_, '_> {
            type Ok = ();
            type Error = Misfit;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Verdict {
                self.field(key, value)
            }

            fn end(self) -> Verdict {
                self.finish()
            }
        }
    };
}

fields!(SerializeStruct);
fields!(SerializeStructVariant);
