//! Numbers and truth values as 64 bits each: how many of one type are stored, sent and given to compiled code.

use rhai::Dynamic;

/// The types of such values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    Int,
    Float,
    Bool,
}

impl Number {
    /// Returns the type of a value; `None` if it is another, or shared: asking a shared cell for its type waits.
    #[inline]
    pub(crate) fn of(value: &Dynamic) -> Option<Self> {
        if value.is_shared() {
            None
        } else if value.is_int() {
            Some(Self::Int)
        } else if value.is_float() {
            Some(Self::Float)
        } else if value.is_bool() {
            Some(Self::Bool)
        } else {
            None
        }
    }

    /// Returns the bits of a value of this type; `None` if it is not one.
    #[inline]
    pub(crate) fn bits(self, value: &Dynamic) -> Option<u64> {
        if value.is_shared() {
            return None;
        }
        match self {
            Self::Int => value.as_int().ok().map(i64::cast_unsigned),
            Self::Float => value.as_float().ok().map(f64::to_bits),
            Self::Bool => value.as_bool().ok().map(u64::from),
        }
    }

    /// Returns the value of these bits.
    #[inline]
    pub(crate) fn value(self, bits: u64) -> Dynamic {
        match self {
            Self::Int => Dynamic::from_int(bits.cast_signed()),
            Self::Float => Dynamic::from_float(f64::from_bits(bits)),
            Self::Bool => Dynamic::from_bool(bits & 1 != 0),
        }
    }
}
