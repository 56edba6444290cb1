//! Takes bytes that may be hostile apart: every length is checked against what is left before it is believed.

use rmp::Marker;

use super::MAX_DEPTH;
use super::codec::Codec;
use super::fault::{DecodeError, Fault};

/// The state around an extension that is being read.
pub(super) struct Outer {
    end: usize,
    owed: usize,
}

/// A value without parts, or how one with parts begins.
pub(super) enum Token<'a> {
    Unit,
    Bool(bool),
    Int(i64),
    /// An integer that may be too large for a script.
    Unsigned(u64),
    Float(f64),
    Text(&'a str),
    Blob(&'a [u8]),
    /// The head of an array of this length.
    Items(usize),
    /// The head of a map of this length.
    Entries(usize),
    /// The head of an extension; `length` bytes of payload follow.
    Extension {
        kind: i8,
        length: usize,
    },
}

/// An offset in a message.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the innermost extension being read ends, or the message.
    end: usize,
    /// Bytes that elements announced up to here need at the very least, one each. As an announcement must fit into
    /// what is left after all earlier ones, all announcements together stay below the size of the message.
    owed: usize,
    depth: usize,
    /// Reads values of scripts, where they may occur.
    pub(super) codec: Option<&'a dyn Codec>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader {
            bytes,
            at: 0,
            end: bytes.len(),
            owed: 0,
            depth: 0,
            codec: None,
        }
    }

    /// Returns a reader of bytes that are a value inside of this one.
    pub(super) fn inside(&self, bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut inside = Self::new(bytes);
        inside.depth = self.depth;
        inside.descend()?;
        Ok(inside)
    }

    pub(super) fn fault(&self, fault: Fault) -> DecodeError {
        DecodeError { at: self.at, fault }
    }

    pub(super) fn marker(&mut self) -> Result<Marker, DecodeError> {
        Ok(Marker::from_u8(self.word::<1>()?[0]))
    }

    /// Returns the next marker, which stays the next.
    pub(super) fn peek(&self) -> Option<Marker> {
        let rest = &self.bytes[self.at..self.end];
        rest.first().copied().map(Marker::from_u8)
    }

    /// Returns whether the next value is an extension of this kind whose length takes four bytes.
    pub(super) fn is_extension(&self, kind: i8) -> bool {
        let rest = &self.bytes[self.at..self.end];
        rest.first() == Some(&Marker::Ext32.to_u8()) && rest.get(5) == Some(&kind.cast_unsigned())
    }

    /// Returns the next `length` bytes.
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        if length > self.end - self.at {
            return Err(self.fault(Fault::Truncated));
        }
        let taken = &self.bytes[self.at..self.at + length];
        self.at += length;
        Ok(taken)
    }

    /// Returns the next `N` bytes, as an array to make a number of.
    pub(super) fn word<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut word = [0; N];
        word.copy_from_slice(self.take(N)?);
        Ok(word)
    }

    /// Returns a length field of `N` bytes.
    fn length<const N: usize>(&mut self) -> Result<usize, DecodeError> {
        let word = self.word::<N>()?;
        Ok(word
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte)))
    }

    fn text(&mut self, length: usize) -> Result<&'a str, DecodeError> {
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map_err(|_| self.fault(Fault::Utf8))
    }

    /// Returns the next value, or how it begins.
    pub(super) fn token(&mut self) -> Result<Token<'a>, DecodeError> {
        let marker = self.marker()?;
        self.token_of(marker)
    }

    /// Returns the value whose marker has been read; a marker that is not ours is a fault.
    pub(super) fn token_of(&mut self, marker: Marker) -> Result<Token<'a>, DecodeError> {
        Ok(match marker {
            Marker::Null => Token::Unit,
            Marker::False => Token::Bool(false),
            Marker::True => Token::Bool(true),
            Marker::FixPos(int) => Token::Int(int.into()),
            Marker::FixNeg(int) => Token::Int(int.into()),
            Marker::I8 => Token::Int(i8::from_be_bytes(self.word()?).into()),
            Marker::I16 => Token::Int(i16::from_be_bytes(self.word()?).into()),
            Marker::I32 => Token::Int(i32::from_be_bytes(self.word()?).into()),
            Marker::I64 => Token::Int(i64::from_be_bytes(self.word()?)),
            Marker::U8 => Token::Int(u8::from_be_bytes(self.word()?).into()),
            Marker::U16 => Token::Int(u16::from_be_bytes(self.word()?).into()),
            Marker::U32 => Token::Int(u32::from_be_bytes(self.word()?).into()),
            Marker::U64 => Token::Unsigned(u64::from_be_bytes(self.word()?)),
            Marker::F64 => Token::Float(f64::from_be_bytes(self.word()?)),
            Marker::FixStr(length) => Token::Text(self.text(length.into())?),
            Marker::Str8 => Token::Text(self.length::<1>().and_then(|length| self.text(length))?),
            Marker::Str16 => Token::Text(self.length::<2>().and_then(|length| self.text(length))?),
            Marker::Str32 => Token::Text(self.length::<4>().and_then(|length| self.text(length))?),
            Marker::Bin8 => Token::Blob(self.length::<1>().and_then(|length| self.take(length))?),
            Marker::Bin16 => Token::Blob(self.length::<2>().and_then(|length| self.take(length))?),
            Marker::Bin32 => Token::Blob(self.length::<4>().and_then(|length| self.take(length))?),
            Marker::FixArray(length) => Token::Items(length.into()),
            Marker::Array16 => Token::Items(self.length::<2>()?),
            Marker::Array32 => Token::Items(self.length::<4>()?),
            Marker::FixMap(length) => Token::Entries(length.into()),
            Marker::Map16 => Token::Entries(self.length::<2>()?),
            Marker::Map32 => Token::Entries(self.length::<4>()?),
            Marker::FixExt4 => self.extension(4)?,
            Marker::FixExt16 => self.extension(16)?,
            Marker::Ext8 => self
                .length::<1>()
                .and_then(|length| self.extension(length))?,
            Marker::Ext32 => self
                .length::<4>()
                .and_then(|length| self.extension(length))?,
            other => return Err(self.fault(Fault::Marker(other.to_u8()))),
        })
    }

    fn extension(&mut self, length: usize) -> Result<Token<'a>, DecodeError> {
        let kind = i8::from_be_bytes(self.word()?);
        Ok(Token::Extension { kind, length })
    }

    /// Returns the next string; any other value is a fault.
    pub(super) fn string(&mut self) -> Result<&'a str, DecodeError> {
        let marker = self.marker()?;
        match self.token_of(marker)? {
            Token::Text(text) => Ok(text),
            _ => Err(self.fault(Fault::Marker(marker.to_u8()))),
        }
    }

    /// Returns the payload of a character.
    pub(super) fn char(&mut self) -> Result<char, DecodeError> {
        let scalar = u32::from_be_bytes(self.word()?);
        char::from_u32(scalar).ok_or_else(|| self.fault(Fault::OutOfRange))
    }

    /// Goes one level down.
    pub(super) fn descend(&mut self) -> Result<(), DecodeError> {
        if self.depth == MAX_DEPTH {
            return Err(self.fault(Fault::TooDeep));
        }
        self.depth += 1;
        Ok(())
    }

    /// Goes one level up.
    pub(super) fn ascend(&mut self) {
        self.depth -= 1;
    }

    /// Believes that `elements` more elements follow, if there are bytes for them. [`Reader::settle`] each one just
    /// before it is read.
    pub(super) fn announce(&mut self, elements: usize) -> Result<(), DecodeError> {
        let free = (self.end - self.at).saturating_sub(self.owed);
        if elements > free {
            return Err(self.fault(Fault::Truncated));
        }
        self.owed += elements;
        Ok(())
    }

    pub(super) fn settle(&mut self) {
        self.owed -= 1;
    }

    /// Makes the next `length` bytes all there is, until [`Reader::close`].
    pub(super) fn open(&mut self, length: usize) -> Result<Outer, DecodeError> {
        if length > self.end - self.at {
            return Err(self.fault(Fault::Truncated));
        }
        let end = std::mem::replace(&mut self.end, self.at + length);
        let owed = std::mem::take(&mut self.owed);
        Ok(Outer { end, owed })
    }

    /// Ends what [`Reader::open`] began. Nothing may be left of it.
    pub(super) fn close(&mut self, outer: Outer) -> Result<(), DecodeError> {
        self.finish()?;
        self.end = outer.end;
        self.owed = outer.owed;
        Ok(())
    }

    /// Nothing may be left.
    pub(super) fn finish(&self) -> Result<(), DecodeError> {
        match self.end - self.at {
            0 => Ok(()),
            left => Err(self.fault(Fault::Trailing(left))),
        }
    }
}
