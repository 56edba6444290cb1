//! Reads a Rust value from bytes. The bytes may come from anywhere: the worst they can do is an error.

use rmp::Marker;
use serde::de::value::SeqDeserializer;
use serde::de::{self, Deserialize, Deserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::super::reader::Reader;
use super::HANDLE;
use super::access::Parts;
use super::misfit::Misfit;
use super::source::{Next, Source};
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

impl<'de> Source<'de> {
    /// Returns a value of any type, of which [`next`](Self::next) has been read.
    fn visit<V: Visitor<'de>>(&mut self, next: Next<'de>, visitor: V) -> Result<V::Value, Misfit> {
        match next {
            Next::Unit => visitor.visit_unit(),
            Next::Bool(flag) => visitor.visit_bool(flag),
            Next::Int(int) => visitor.visit_i64(int),
            Next::Unsigned(int) => visitor.visit_u64(int),
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

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.next()? {
            Next::Blob(bytes) => match bytes.try_into().map(i128::from_be_bytes) {
                Ok(int) => visitor.visit_i128(int),
                Err(_) => visitor.visit_borrowed_bytes(bytes),
            },
            other => self.visit(other, visitor),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.next()? {
            Next::Blob(bytes) => match bytes.try_into().map(u128::from_be_bytes) {
                Ok(int) => visitor.visit_u128(int),
                Err(_) => visitor.visit_borrowed_bytes(bytes),
            },
            other => self.visit(other, visitor),
        }
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
            // Bytes that a script has made up.
            Next::Blob(bytes) => Err(de::Error::invalid_type(Unexpected::Bytes(bytes), &visitor)),
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
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct
        map struct identifier
    }
}
