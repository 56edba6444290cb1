//! Reads a Rust value from bytes. The bytes may come from anywhere: the worst they can do is an error.

use rmp::Marker;
use serde::de::value::{BorrowedStrDeserializer, SeqDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, Unexpected, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::super::codec::Codec;
use super::super::fault::Fault;
use super::super::reader::{Reader, Token};
use super::super::{decode, extension};
use super::HANDLE;
use super::access::Parts;
use super::misfit::Misfit;
use super::whole;

/// Reads the value that `bytes` are, all of them.
///
/// # Errors
/// They are no such value.
pub(crate) fn read<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Misfit> {
    let mut reader = Reader::new(bytes);
    let value = T::deserialize(&mut reader)?;
    reader.finish()?;
    Ok(value)
}

/// Like [`read`], for a value that may have values of scripts in it, which `codec` reads.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_with<'de, T: Deserialize<'de>>(
    bytes: &'de [u8],
    codec: &'de dyn Codec,
) -> Result<T, Misfit> {
    let mut reader = Reader::new(bytes);
    reader.codec = Some(codec);
    let value = T::deserialize(&mut reader)?;
    reader.finish()?;
    Ok(value)
}

/// Reads a value of any type, of which `token` has been read.
fn visit<'de, V: Visitor<'de>>(
    reader: &mut Reader<'de>,
    token: Token<'de>,
    visitor: V,
) -> Result<V::Value, Misfit> {
    match token {
        Token::Unit => visitor.visit_unit(),
        Token::Bool(flag) => visitor.visit_bool(flag),
        Token::Int(int) => visitor.visit_i64(int),
        Token::Unsigned(int) => visitor.visit_u64(int),
        Token::Float(float) => visitor.visit_f64(float),
        Token::Text(text) => visitor.visit_borrowed_str(text),
        Token::Blob(bytes) => visitor.visit_borrowed_bytes(bytes),
        Token::Items(count) => Parts::read(reader, count, |parts| visitor.visit_seq(parts)),
        Token::Entries(count) => Parts::read(reader, count, |parts| visitor.visit_map(parts)),
        Token::Extension {
            kind: extension::CHAR,
            length: 4,
        } => visitor.visit_char(reader.char()?),
        Token::Extension { kind, length } => {
            let name = described(reader, kind, length)?;
            Err(Misfit::invalid_type(Unexpected::Other(&name), &visitor))
        }
    }
}

/// Returns the bytes of the record that is next, if one is.
fn record<'de>(reader: &mut Reader<'de>) -> Result<Option<Reader<'de>>, Misfit> {
    if !reader.is_extension(extension::RECORD) {
        return Ok(None);
    }
    let Token::Extension { length, .. } = reader.token()? else {
        return Ok(None);
    };
    let payload = reader.take(length)?;
    let mut record = reader.inside(payload)?;
    record.string()?;
    match record.token()? {
        Token::Blob(bytes) => Ok(Some(record.inside(bytes)?)),
        _ => Err(Misfit::new("it is not a record")),
    }
}

/// Reads from the record that is next, if one is.
macro_rules! in_record {
    ($reader:ident, $inner:ident => $read:expr) => {
        if let Some(mut record) = record($reader)? {
            let $inner = &mut record;
            let value = $read?;
            record.finish()?;
            return Ok(value);
        }
    };
}

/// Describes an extension from which no Rust value can be read.
fn described(reader: &mut Reader<'_>, kind: i8, length: usize) -> Result<String, Misfit> {
    let payload = reader.take(length)?;
    Ok(match kind {
        extension::CHAR => "a char".into(),
        extension::HANDLE => "an object shared between processes".into(),
        extension::FUNCTION => "a function".into(),
        extension::RANGE | extension::INCLUSIVE_RANGE => "a range".into(),
        extension::OBJECT | extension::RECORD => {
            let name = Reader::new(payload).string()?;
            format!("an object of type {name}")
        }
        unknown => return Err(reader.fault(Fault::Extension(unknown)).into()),
    })
}

/// Passes over the next value.
fn skip(reader: &mut Reader<'_>) -> Result<(), Misfit> {
    let (count, each) = match reader.token()? {
        Token::Items(count) => (count, 1),
        Token::Entries(count) => (count, 2),
        Token::Extension { kind, length } => return described(reader, kind, length).map(drop),
        _ => return Ok(()),
    };
    reader.descend()?;
    reader.announce(count)?;
    for _ in 0..count {
        reader.settle();
        (0..each).try_for_each(|_| skip(reader))?;
    }
    reader.ascend();
    Ok(())
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if let Some(codec) = self.codec.filter(|_| whole::is_dynamic::<V::Value>()) {
            let value = whole::of_dynamic(decode::next(self, codec)?);
            return value.ok_or_else(|| Misfit::new("it is not a value of scripts"));
        }
        in_record!(self, inner => inner.deserialize_any(visitor));
        let token = self.token()?;
        visit(self, token, visitor)
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        in_record!(self, inner => inner.deserialize_i128(visitor));
        match self.token()? {
            Token::Blob(bytes) => match bytes.try_into().map(i128::from_be_bytes) {
                Ok(int) => visitor.visit_i128(int),
                Err(_) => visitor.visit_borrowed_bytes(bytes),
            },
            other => visit(self, other, visitor),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        in_record!(self, inner => inner.deserialize_u128(visitor));
        match self.token()? {
            Token::Blob(bytes) => match bytes.try_into().map(u128::from_be_bytes) {
                Ok(int) => visitor.visit_u128(int),
                Err(_) => visitor.visit_borrowed_bytes(bytes),
            },
            other => visit(self, other, visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        in_record!(self, inner => inner.deserialize_option(visitor));
        match self.peek() {
            Some(Marker::Null) => {
                self.marker()?;
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
            in_record!(self, inner => inner.deserialize_newtype_struct(name, visitor));
            return visitor.visit_newtype_struct(self);
        }
        match self.token()? {
            Token::Extension {
                kind: extension::HANDLE,
                length,
            } => visitor.visit_borrowed_bytes(self.take(length)?),
            // Bytes that a script has made up.
            Token::Blob(bytes) => Err(Misfit::invalid_type(Unexpected::Bytes(bytes), &visitor)),
            other => visit(self, other, visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        in_record!(self, inner => inner.deserialize_seq(visitor));
        match self.token()? {
            // A script's bytes are numbers to whoever wants those.
            Token::Blob(bytes) => visitor.visit_seq(SeqDeserializer::new(bytes.iter().copied())),
            other => visit(self, other, visitor),
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
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        in_record!(self, inner => inner.deserialize_enum(name, variants, visitor));
        match self.token()? {
            Token::Text(name) => visitor.visit_enum(Variant { name, value: None }),
            Token::Entries(1) => Parts::read(self, 1, |parts| {
                let name = parts.key()?;
                let value = Some(parts.value());
                visitor
                    .visit_enum(Variant { name, value })
                    .map_err(|misfit| misfit.in_entry(name))
            }),
            other => visit(self, other, visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        skip(self)?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct
        map struct identifier
    }
}

/// A variant by name, and the source of its value if it has one: a string, or a map with the name as its only key.
struct Variant<'s, 'de> {
    name: &'de str,
    value: Option<&'s mut Reader<'de>>,
}

impl<'s, 'de> Variant<'s, 'de> {
    fn value(self) -> Result<&'s mut Reader<'de>, Misfit> {
        let name = self.name;
        self.value.ok_or_else(|| {
            Misfit::new(format!(
                "the variant '{name}' has a value: write #{{{name}: …}}"
            ))
        })
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Misfit;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Misfit> {
        let name = BorrowedStrDeserializer::<Misfit>::new(self.name);
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Misfit;

    fn unit_variant(self) -> Result<(), Misfit> {
        match self.value {
            None => Ok(()),
            Some(reader) => Deserialize::deserialize(reader),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Misfit> {
        seed.deserialize(self.value()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        self.value()?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.value()?.deserialize_map(visitor)
    }
}
