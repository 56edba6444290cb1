//! The values of a message, one after the other, before it is known what becomes of them.

use rmp::Marker;

use super::super::extension;
use super::super::fault::Fault;
use super::super::reader::Reader;
use super::misfit::Misfit;

/// Where the next value is read from.
pub(super) struct Source<'de>(pub(super) Reader<'de>);

/// The kind of the next value.
pub(super) enum Next<'de> {
    Unit,
    Bool(bool),
    Int(i64),
    /// An integer that no script has.
    Unsigned(u64),
    Float(f64),
    Char(char),
    Text(&'de str),
    Blob(&'de [u8]),
    Items(usize),
    Entries(usize),
    /// A shared object: its kind and offset.
    Handle(&'de [u8]),
    Function,
    Range,
    /// An object by the name of its type.
    Object(&'de str),
}

impl<'de> Source<'de> {
    /// Returns the next value, or the beginning of it.
    pub(super) fn next(&mut self) -> Result<Next<'de>, Misfit> {
        let reader = &mut self.0;
        let marker = reader.marker()?;
        Ok(match marker {
            Marker::Null => Next::Unit,
            Marker::False => Next::Bool(false),
            Marker::True => Next::Bool(true),
            Marker::U64 => Next::Unsigned(u64::from_be_bytes(reader.word()?)),
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

    /// Returns whether the next value is a text.
    pub(super) fn is_at_text(&self) -> bool {
        use Marker::{FixStr, Str8, Str16, Str32};
        matches!(self.0.peek(), Some(FixStr(_) | Str8 | Str16 | Str32))
    }

    /// Passes over the next value.
    pub(super) fn skip(&mut self) -> Result<(), Misfit> {
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
