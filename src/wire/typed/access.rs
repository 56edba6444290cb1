//! The parts of a Rust value on their way out of a message: the items of arrays, the entries of maps, and their keys.

use rmp::Marker;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::super::reader::Reader;
use super::misfit::Misfit;

/// The rest of an array or a map.
pub(super) struct Parts<'s, 'de> {
    reader: &'s mut Reader<'de>,
    count: usize,
    left: usize,
    /// The last key.
    key: &'de str,
}

impl<'s, 'de> Parts<'s, 'de> {
    /// Has `read` read the `count` parts that follow, all of them.
    pub(super) fn read<T>(
        reader: &'s mut Reader<'de>,
        count: usize,
        read: impl FnOnce(&mut Self) -> Result<T, Misfit>,
    ) -> Result<T, Misfit> {
        reader.descend()?;
        reader.announce(count)?;
        let mut parts = Self {
            reader,
            count,
            left: count,
            key: "",
        };
        let value = read(&mut parts)?;
        if parts.left > 0 {
            let wanted = count - parts.left;
            return Err(Misfit::new(format!(
                "expected {wanted} items, found {count}"
            )));
        }
        parts.reader.ascend();
        Ok(value)
    }

    fn step(&mut self) -> bool {
        let more = self.left > 0;
        if more {
            self.left -= 1;
            self.reader.settle();
        }
        more
    }

    /// Returns the key of the next entry.
    pub(super) fn key(&mut self) -> Result<&'de str, Misfit> {
        self.step();
        self.key = self.reader.string()?;
        Ok(self.key)
    }

    /// Returns the source of the entry's value.
    pub(super) fn value(&mut self) -> &mut Reader<'de> {
        self.reader
    }
}

impl<'de> SeqAccess<'de> for &mut Parts<'_, 'de> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        let index = self.count - self.left;
        if !self.step() {
            return Ok(None);
        }
        let value = seed.deserialize(&mut *self.reader);
        value.map(Some).map_err(|misfit| misfit.in_item(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'de> MapAccess<'de> for &mut Parts<'_, 'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misfit> {
        if self.left == 0 {
            return Ok(None);
        }
        use Marker::{FixStr, Str8, Str16, Str32};
        let is_text = |marker| matches!(marker, FixStr(_) | Str8 | Str16 | Str32);
        if !self.reader.peek().is_some_and(is_text) {
            self.step();
            return seed.deserialize(&mut *self.reader).map(Some);
        }
        let key = self.key()?;
        seed.deserialize(Key(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let key = self.key;
        seed.deserialize(&mut *self.reader)
            .map_err(|misfit| misfit.in_entry(key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// A key, which is a text; a number is read from it where one is wanted.
struct Key<'de>(&'de str);

impl<'de> Key<'de> {
    fn number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if let Ok(int) = self.0.parse::<i64>() {
            visitor.visit_i64(int)
        } else if let Ok(int) = self.0.parse::<u64>() {
            visitor.visit_u64(int)
        } else {
            visitor.visit_borrowed_str(self.0)
        }
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            self.number(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0.parse() {
            Ok(flag) => visitor.visit_bool(flag),
            Err(_) => visitor.visit_borrowed_str(self.0),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_enum(de::value::BorrowedStrDeserializer::new(self.0))
    }

    numbers!(
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    );

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
