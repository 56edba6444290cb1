//! The value of an enum: a string, or a map with the name as its only key.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor};

use super::misfit::Misfit;
use super::source::Source;

/// A variant by name, and where its value is read from if it has one.
pub(super) struct Variant<'s, 'de> {
    pub(super) name: &'de str,
    pub(super) value: Option<&'s mut Source<'de>>,
}

impl<'s, 'de> Variant<'s, 'de> {
    fn value(self) -> Result<&'s mut Source<'de>, Misfit> {
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
            Some(source) => de::Deserialize::deserialize(source),
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
