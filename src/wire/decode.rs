//! Reads a value from bytes. The bytes may come from anywhere: the worst they can do is an error.

use rhai::{Array, Dynamic, Map};
use rmp::Marker;

use super::codec::{Codec, Encoded};
use super::extension;
use super::fault::{DecodeError, Fault};
use super::reader::Reader;

/// Reads the value that `bytes` are, all of them.
///
/// # Errors
///
/// The bytes are not one whole value, or name something that `codec` does not know here. Then [`Codec::decode`] may
/// have been called for some of the handles inside, and the values it returned have been dropped.
pub(crate) fn decode(bytes: &[u8], codec: &dyn Codec) -> Result<Dynamic, DecodeError> {
    let mut values = Values::new(bytes, codec);
    let value = values.next()?;
    values.finish()?;
    Ok(value)
}

/// The values of a [`Sequence`](super::Sequence), in their order.
pub(crate) struct Values<'a>(Decoder<'a>);

impl<'a> Values<'a> {
    pub(crate) fn new(bytes: &'a [u8], codec: &'a dyn Codec) -> Self {
        let reader = Reader::new(bytes);
        Self(Decoder { reader, codec })
    }

    /// Returns the next value.
    ///
    /// # Errors
    /// As [`decode`].
    pub(crate) fn next(&mut self) -> Result<Dynamic, DecodeError> {
        self.0.value()
    }

    /// Returns the next values, one for each name.
    ///
    /// # Errors
    /// As [`decode`].
    pub(crate) fn named(&mut self, names: Vec<String>) -> Result<Map, DecodeError> {
        let named = names.into_iter();
        named.map(|name| Ok((name.into(), self.next()?))).collect()
    }

    /// Checks that every value has been read.
    ///
    /// # Errors
    /// More bytes follow.
    pub(crate) fn finish(&self) -> Result<(), DecodeError> {
        self.0.reader.finish()
    }
}

struct Decoder<'a> {
    reader: Reader<'a>,
    codec: &'a dyn Codec,
}

type Outcome = Result<Dynamic, DecodeError>;

impl Decoder<'_> {
    fn value(&mut self) -> Outcome {
        let reader = &mut self.reader;
        let marker = reader.marker()?;
        match marker {
            Marker::Null => Ok(Dynamic::UNIT),
            Marker::False => Ok(Dynamic::FALSE),
            Marker::True => Ok(Dynamic::TRUE),
            Marker::F64 => Ok(Dynamic::from_float(f64::from_be_bytes(reader.word()?))),
            Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => {
                Ok(reader.string(marker)?.into())
            }
            Marker::FixArray(length) => self.array(length.into()),
            Marker::Array16 => reader.length::<2>().and_then(|length| self.array(length)),
            Marker::Array32 => reader.length::<4>().and_then(|length| self.array(length)),
            Marker::FixMap(length) => self.map(length.into()),
            Marker::Map16 => reader.length::<2>().and_then(|length| self.map(length)),
            Marker::Map32 => reader.length::<4>().and_then(|length| self.map(length)),
            Marker::Bin8 => reader.length::<1>().and_then(|length| self.blob(length)),
            Marker::Bin16 => reader.length::<2>().and_then(|length| self.blob(length)),
            Marker::Bin32 => reader.length::<4>().and_then(|length| self.blob(length)),
            Marker::FixExt4 => self.extension(4),
            Marker::FixExt16 => self.extension(16),
            Marker::Ext8 => reader
                .length::<1>()
                .and_then(|length| self.extension(length)),
            Marker::Ext32 => reader
                .length::<4>()
                .and_then(|length| self.extension(length)),
            number => reader.int(number).map(Dynamic::from_int),
        }
    }

    fn blob(&mut self, length: usize) -> Outcome {
        Ok(Dynamic::from_blob(self.reader.take(length)?.to_vec()))
    }

    fn array(&mut self, length: usize) -> Outcome {
        self.nested(|decoder| decoder.items(length).map(Dynamic::from_array))
    }

    fn items(&mut self, length: usize) -> Result<Array, DecodeError> {
        self.reader.announce(length)?;
        let mut items = Array::with_capacity(length);
        for _ in 0..length {
            self.reader.settle();
            items.push(self.value()?);
        }
        Ok(items)
    }

    fn map(&mut self, length: usize) -> Outcome {
        self.nested(|decoder| {
            decoder.reader.announce(length)?;
            let mut map = Map::new();
            for _ in 0..length {
                decoder.reader.settle();
                let marker = decoder.reader.marker()?;
                let key = decoder.reader.string(marker)?.into();
                if map.insert(key, decoder.value()?).is_some() {
                    return Err(decoder.reader.fault(Fault::DuplicateKey));
                }
            }
            Ok(Dynamic::from_map(map))
        })
    }

    fn extension(&mut self, length: usize) -> Outcome {
        let kind = i8::from_be_bytes(self.reader.word()?);
        match (kind, length) {
            (extension::CHAR, 4) => {
                let scalar = u32::from_be_bytes(self.reader.word()?);
                let char =
                    char::from_u32(scalar).ok_or_else(|| self.reader.fault(Fault::OutOfRange))?;
                Ok(Dynamic::from_char(char))
            }
            (extension::RANGE, 16) => {
                let (start, end) = self.bounds()?;
                Ok(Dynamic::from(start..end))
            }
            (extension::INCLUSIVE_RANGE, 16) => {
                let (start, end) = self.bounds()?;
                Ok(Dynamic::from(start..=end))
            }
            (extension::HANDLE, 10) => {
                let kind = u16::from_be_bytes(self.reader.word()?);
                let offset = u64::from_be_bytes(self.reader.word()?);
                self.decode(Encoded::Handle { kind, offset })
            }
            (extension::FUNCTION, _) => self.payload(length, Self::function),
            (extension::OBJECT, _) => self.payload(length, Self::object),
            (unknown, _) => Err(self.reader.fault(Fault::Extension(unknown))),
        }
    }

    fn bounds(&mut self) -> Result<(i64, i64), DecodeError> {
        let start = i64::from_be_bytes(self.reader.word()?);
        let end = i64::from_be_bytes(self.reader.word()?);
        Ok((start, end))
    }

    fn function(&mut self) -> Outcome {
        let marker = self.reader.marker()?;
        let name = self.reader.string(marker)?.to_owned();
        let length = match self.reader.marker()? {
            Marker::FixArray(length) => length.into(),
            Marker::Array16 => self.reader.length::<2>()?,
            Marker::Array32 => self.reader.length::<4>()?,
            other => return Err(self.reader.fault(Fault::Marker(other.to_u8()))),
        };
        let captured = self.items(length)?;
        let mut function = self
            .codec
            .function(&name)
            .map_err(|why| self.reader.fault(Fault::Unknown(why)))?;
        function.set_curry(captured);
        Ok(Dynamic::from(function))
    }

    fn object(&mut self) -> Outcome {
        let marker = self.reader.marker()?;
        let type_name = self.reader.string(marker)?.to_owned();
        let plain = self.value()?;
        self.decode(Encoded::Object { type_name, plain })
    }

    fn decode(&self, encoded: Encoded) -> Outcome {
        self.codec
            .decode(encoded)
            .map_err(|why| self.reader.fault(Fault::Unknown(why)))
    }

    /// Reads one level down.
    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        self.reader.descend()?;
        let value = read(self)?;
        self.reader.ascend();
        Ok(value)
    }

    /// Reads the payload of an extension, one level down and all of it.
    fn payload(&mut self, length: usize, read: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        self.nested(|decoder| {
            let outer = decoder.reader.open(length)?;
            let value = read(decoder)?;
            decoder.reader.close(outer)?;
            Ok(value)
        })
    }
}
