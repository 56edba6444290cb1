//! Takes bytes that may be hostile apart: every length is checked against what is left before it is believed.

use rmp::Marker;

use super::MAX_DEPTH;
use super::fault::{DecodeError, Fault};

/// The state around an extension that is being read.
pub(super) struct Outer {
    end: usize,
    owed: usize,
}

/// An offset in a message.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the innermost extension being read ends, or the message.
    end: usize,
    /// Bytes that elements announced up to here need at the very least, one each. As an announcement must fit into
    /// what is left after all earlier ones, all announcements together stay below the size of the message.
    owed: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader {
            bytes,
            at: 0,
            end: bytes.len(),
            owed: 0,
            depth: 0,
        }
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
    pub(super) fn length<const N: usize>(&mut self) -> Result<usize, DecodeError> {
        let word = self.word::<N>()?;
        Ok(word
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte)))
    }

    pub(super) fn text(&mut self, length: usize) -> Result<&'a str, DecodeError> {
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map_err(|_| self.fault(Fault::Utf8))
    }

    /// Returns an integer whose marker has been read; any other marker is a fault.
    pub(super) fn int(&mut self, marker: Marker) -> Result<i64, DecodeError> {
        Ok(match marker {
            Marker::FixPos(int) => int.into(),
            Marker::FixNeg(int) => int.into(),
            Marker::I8 => i8::from_be_bytes(self.word()?).into(),
            Marker::I16 => i16::from_be_bytes(self.word()?).into(),
            Marker::I32 => i32::from_be_bytes(self.word()?).into(),
            Marker::I64 => i64::from_be_bytes(self.word()?),
            Marker::U8 => u8::from_be_bytes(self.word()?).into(),
            Marker::U16 => u16::from_be_bytes(self.word()?).into(),
            Marker::U32 => u32::from_be_bytes(self.word()?).into(),
            Marker::U64 => {
                let int = u64::from_be_bytes(self.word()?);
                i64::try_from(int).map_err(|_| self.fault(Fault::OutOfRange))?
            }
            other => return Err(self.fault(Fault::Marker(other.to_u8()))),
        })
    }

    /// Returns a string whose marker has been read; any other marker is a fault.
    pub(super) fn string(&mut self, marker: Marker) -> Result<&'a str, DecodeError> {
        let length = match marker {
            Marker::FixStr(length) => length.into(),
            Marker::Str8 => self.length::<1>()?,
            Marker::Str16 => self.length::<2>()?,
            Marker::Str32 => self.length::<4>()?,
            other => return Err(self.fault(Fault::Marker(other.to_u8()))),
        };
        self.text(length)
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
