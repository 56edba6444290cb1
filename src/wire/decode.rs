//! Reads a value from bytes. The bytes may come from anywhere: the worst they can do is an error.

use rhai::{Array, Dynamic, Map};

use super::codec::{Codec, Encoded};
use super::extension;
use super::fault::{DecodeError, Fault};
use super::reader::{Reader, Token};

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

/// Reads the next value.
///
/// # Errors
/// As [`decode`].
pub(super) fn next<'a>(
    reader: &mut Reader<'a>,
    codec: &'a dyn Codec,
) -> Result<Dynamic, DecodeError> {
    let mut decoder = Decoder {
        reader: *reader,
        codec,
    };
    let value = decoder.value()?;
    *reader = decoder.reader;
    Ok(value)
}

struct Decoder<'a> {
    reader: Reader<'a>,
    codec: &'a dyn Codec,
}

type Outcome = Result<Dynamic, DecodeError>;

impl Decoder<'_> {
    fn value(&mut self) -> Outcome {
        Ok(match self.reader.token()? {
            Token::Unit => Dynamic::UNIT,
            Token::Bool(flag) => flag.into(),
            Token::Int(int) => Dynamic::from_int(int),
            Token::Unsigned(int) => {
                let int = i64::try_from(int).map_err(|_| self.reader.fault(Fault::OutOfRange))?;
                Dynamic::from_int(int)
            }
            Token::Float(float) => Dynamic::from_float(float),
            Token::Text(text) => text.into(),
            Token::Blob(bytes) => Dynamic::from_blob(bytes.to_vec()),
            Token::Items(length) => self.array(length)?,
            Token::Entries(length) => self.map(length)?,
            Token::Extension { kind, length } => self.extension(kind, length)?,
        })
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
                let key = decoder.reader.string()?.into();
                if map.insert(key, decoder.value()?).is_some() {
                    return Err(decoder.reader.fault(Fault::DuplicateKey));
                }
            }
            Ok(Dynamic::from_map(map))
        })
    }

    fn extension(&mut self, kind: i8, length: usize) -> Outcome {
        match (kind, length) {
            (extension::CHAR, 4) => Ok(Dynamic::from_char(self.reader.char()?)),
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
            (extension::OBJECT, _) => self.payload(length, |decoder| decoder.object(false)),
            (extension::RECORD, _) => self.payload(length, |decoder| decoder.object(true)),
            (unknown, _) => Err(self.reader.fault(Fault::Extension(unknown))),
        }
    }

    fn bounds(&mut self) -> Result<(i64, i64), DecodeError> {
        let start = i64::from_be_bytes(self.reader.word()?);
        let end = i64::from_be_bytes(self.reader.word()?);
        Ok((start, end))
    }

    fn function(&mut self) -> Outcome {
        let name = self.reader.string()?.to_owned();
        let marker = self.reader.marker()?;
        let Token::Items(length) = self.reader.token_of(marker)? else {
            return Err(self.reader.fault(Fault::Marker(marker.to_u8())));
        };
        let captured = self.items(length)?;
        let mut function = self
            .codec
            .function(&name)
            .map_err(|why| self.reader.fault(Fault::Unknown(why)))?;
        function.set_curry(captured);
        Ok(Dynamic::from(function))
    }

    fn object(&mut self, is_record: bool) -> Outcome {
        let type_name = self.reader.string()?.to_owned();
        let plain = self.value()?;
        self.decode(Encoded::Object {
            type_name,
            plain,
            is_record,
        })
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
