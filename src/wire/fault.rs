//! Faults in bytes that are not a valid value.

use std::fmt;

use super::MAX_DEPTH;

/// A fault in the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// They end, or an extension ends, before the value does.
    Truncated,
    /// This many bytes follow after the value, or after an extension's contents.
    Trailing(usize),
    /// No value of ours begins with this byte.
    Marker(u8),
    /// An extension type, or an extension of a length, that is not ours.
    Extension(i8),
    /// A string is not UTF-8.
    Utf8,
    /// An integer does not fit in 64 bits with a sign, or a character does not exist.
    OutOfRange,
    /// A map has the same key twice.
    DuplicateKey,
    /// More than [`MAX_DEPTH`] levels.
    TooDeep,
    /// The caller does not know the function, object or handle. Holds its message.
    Unknown(String),
}

/// Bytes that are not a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DecodeError {
    /// How many bytes were read before the fault was seen.
    pub(crate) at: usize,
    /// The fault.
    pub(crate) fault: Fault,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Fault::Unknown(why) = &self.fault {
            return write!(
                f,
                "received a value that has no meaning in this process: {why}"
            );
        }
        write!(f, "received a damaged message (at byte {}): ", self.at)?;
        match &self.fault {
            Fault::Truncated => write!(f, "it ends too early"),
            Fault::Trailing(count) => write!(f, "{count} bytes too many"),
            Fault::Marker(byte) => write!(f, "unknown marker 0x{byte:02x}"),
            Fault::Extension(kind) => write!(f, "unknown extension {kind}"),
            Fault::Utf8 => write!(f, "a string that is not UTF-8"),
            Fault::OutOfRange => write!(f, "a number out of range"),
            Fault::DuplicateKey => write!(f, "a map with the same key twice"),
            Fault::TooDeep => write!(f, "nested more than {MAX_DEPTH} levels deep"),
            Fault::Unknown(_) => Ok(()),
        }
    }
}

impl std::error::Error for DecodeError {}
