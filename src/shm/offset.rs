//! Offsets in a session's memory, and plain access to its words.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// An offset in the session's memory, the same for every process of the session; it is what a handle sends to another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Offset(pub(crate) u64);

impl Offset {
    /// No offset: the header lies there, which nobody refers to.
    pub(crate) const NONE: Offset = Offset(0);

    /// Returns whether this is [`Offset::NONE`].
    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Returns the offset `bytes` further on.
    pub(crate) fn plus(self, bytes: u64) -> Offset {
        Offset(self.0.wrapping_add(bytes))
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// Returns a plain load, for words whose order is given by a latch or does not matter.
#[inline(always)]
pub(crate) fn peek(word: &AtomicU64) -> u64 {
    word.load(Ordering::Relaxed)
}

/// Stores without ordering, for words whose order is given by a latch or does not matter.
#[inline(always)]
pub(crate) fn poke(word: &AtomicU64, value: u64) {
    word.store(value, Ordering::Relaxed);
}
