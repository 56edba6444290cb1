//! Reads a Rust value from bytes. The bytes may come from anywhere: the worst they can do is an error.

use rmp::Marker;
use serde::de::value::SeqDeserializer;
use serde::de::{self, Deserialize, Deserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::super::decode::Fault;
use super::super::extension;
use super::super::reader::Reader;
use super::HANDLE;
use super::access::Parts;
use super::misfit::Misfit;
use super::variant::Variant;

/// Reads the value that `bytes` are, all of them.
///
/// # Errors
/// They are no such value.
pub(crate) fn read<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Misfit> {
    let mut source = Source(Reader::new(bytes));
    let value = T::deserialize(&mut source)?;
    source.0.finish()?;
    Ok(value)
}

/// Where the next value is read from.
pub(super) struct Source<'de>(pub(super) Reader<'de>);

/// What the next value is.
pub(super) enum Next<'de> {
    Unit,
    Bool(bool),
    Int(i64),
    Float(f64),
    Char(char),
    Text(&'de str),
    Blob(&'de [u8]),
    Items(usize),
    Entries(usize),
    /// A shared object: its kind and place.
    Handle(&'de [u8]),
    Function,
    Range,
    /// An object by the name of its type.
    Object(&'de str),
}

impl<'de> Source<'de> {
    /// The next value, or the beginning of it.
    pub(super) fn next(&mut self) -> Result<Next<'de>, Misfit> {
        let reader = &mut self.0;
        let marker = reader.marker()?;
        Ok(match marker {
            Marker::Null => Next::Unit,
            Marker::False => Next::Bool(false),
            Marker::True => Next::Bool(true),
            Marker::F64 => Next::Float(f64::from_be_bytes(reader.word()?)),
            Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => {
                Next::Text(reader.string(marker)?)
            }
            Marker::FixArray(count) => Next::Items(count.into()),
            Marker::Array16 => Next::Items(reader.length::<2>()?),
            Marker::Array32 => Next::Items(reader.length::<4>()?),
            Marker::FixMap(count) => Next::Entries(count.into()),
            Marker::Map16 => Next::Entries(reader.length::<2>()?),
            Marker::Map32 => Next::Entries(reader.length::<4>()?),
            Marker::Bin8 => {
                let length = reader.length::<1>()?;
                Next::Blob(reader.take(length)?)
            }
            Marker::Bin16 => {
                let length = reader.length::<2>()?;
                Next::Blob(reader.take(length)?)
            }
            Marker::Bin32 => {
                let length = reader.length::<4>()?;
                Next::Blob(reader.take(length)?)
            }
            Marker::FixExt4 => self.extension(4)?,
            Marker::FixExt16 => self.extension(16)?,
            Marker::Ext8 => {
                let length = reader.length::<1>()?;
                self.extension(length)?
            }
            Marker::Ext32 => {
                let length = reader.length::<4>()?;
                self.extension(length)?
            }
            number => Next::Int(reader.int(number)?),
        })
    }

    fn extension(&mut self, length: usize) -> Result<Next<'de>, Misfit> {
        let reader = &mut self.0;
        let kind = i8::from_be_bytes(reader.word()?);
        let payload = reader.take(length)?;
        Ok(match kind {
            extension::CHAR => {
                let scalar = payload.try_into().map(u32::from_be_bytes);
                let char = scalar.ok().and_then(char::from_u32);
                Next::Char(char.ok_or_else(|| reader.fault(Fault::OutOfRange))?)
            }
            extension::HANDLE => Next::Handle(payload),
            extension::FUNCTION => Next::Function,
            extension::RANGE | extension::INCLUSIVE_RANGE => Next::Range,
            extension::OBJECT => {
                let mut payload = Reader::new(payload);
                let marker = payload.marker()?;
                Next::Object(payload.string(marker)?)
            }
            unknown => return Err(reader.fault(Fault::Extension(unknown)).into()),
        })
    }

    /// A value, whatever it is, of which [`next`](Self::next) has been read.
    fn visit<V: Visitor<'de>>(&mut self, next: Next<'de>, visitor: V) -> Result<V::Value, Misfit> {
        match next {
            Next::Unit => visitor.visit_unit(),
            Next::Bool(flag) => visitor.visit_bool(flag),
            Next::Int(int) => visitor.visit_i64(int),
            Next::Float(float) => visitor.visit_f64(float),
            Next::Char(char) => visitor.visit_char(char),
            Next::Text(text) => visitor.visit_borrowed_str(text),
            Next::Blob(bytes) => visitor.visit_borrowed_bytes(bytes),
            Next::Items(count) => Parts::read(self, count, |parts| visitor.visit_seq(parts)),
            Next::Entries(count) => Parts::read(self, count, |parts| visitor.visit_map(parts)),
            Next::Handle(_) => Err(unexpected("an object shared between processes", &visitor)),
            Next::Function => Err(unexpected("a function", &visitor)),
            Next::Range => Err(unexpected("a range", &visitor)),
            Next::Object(name) => Err(unexpected(&format!("an object of type {name}"), &visitor)),
        }
    }

    /// Passes over the next value.
    fn skip(&mut self) -> Result<(), Misfit> {
        let next = self.next()?;
        let (Next::Items(count) | Next::Entries(count)) = next else {
            return Ok(());
        };
        let each = 1 + usize::from(matches!(next, Next::Entries(_)));
        self.0.descend()?;
        self.0.announce(count)?;
        for _ in 0..count {
            self.0.settle();
            (0..each).try_for_each(|_| self.skip())?;
        }
        self.0.ascend();
        Ok(())
    }
}

fn unexpected(what: &str, wanted: &dyn de::Expected) -> Misfit {
    de::Error::invalid_type(Unexpected::Other(what), wanted)
}

impl<'de> Deserializer<'de> for &mut Source<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let next = self.next()?;
        self.visit(next, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0.peek() {
            Some(Marker::Null) => {
                self.0.marker()?;
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        if name != HANDLE {
            return visitor.visit_newtype_struct(self);
        }
        match self.next()? {
            Next::Handle(payload) => visitor.visit_borrowed_bytes(payload),
            other => self.visit(other, visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.next()? {
            // A script's bytes are numbers to whoever wants those.
            Next::Blob(bytes) => visitor.visit_seq(SeqDeserializer::new(bytes.iter().copied())),
            other => self.visit(other, visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.next()? {
            Next::Text(name) => visitor.visit_enum(Variant { name, value: None }),
            Next::Entries(1) => Parts::read(self, 1, |parts| {
                let name = parts.key()?;
                let source = parts.value();
                visitor
                    .visit_enum(Variant {
                        name,
                        value: Some(source),
                    })
                    .map_err(|misfit| misfit.in_entry(name))
            }),
            other => self.visit(other, visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.skip()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        map struct identifier
    }
}
