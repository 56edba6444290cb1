//! Which module's rules an object follows where Python's modules differ.
//!
//! `multiprocessing.Lock`, `threading.Lock` and a manager's lock do the same; they differ in what they raise, and in
//! what a time-out below zero means. The table is section "Same operation, three different errors" of the manual.

/// The module whose errors and time-outs an object has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Dialect {
    #[default]
    Multiprocessing,
    /// `threading`, `queue`, and what a manager makes.
    Threading,
}

impl Dialect {
    /// Added to a handle's number on the wire by objects that follow `threading`.
    const FLAG: u16 = 0x100;

    /// Returns the numbers on the wire of a handle that may follow either.
    pub(crate) const fn marks(number: u16) -> [u16; 2] {
        [number, Dialect::Threading.mark(number)]
    }

    /// Returns the number on the wire of a handle that follows this dialect.
    pub(crate) const fn mark(self, number: u16) -> u16 {
        match self {
            Dialect::Multiprocessing => number,
            Dialect::Threading => number | Self::FLAG,
        }
    }

    /// Returns the dialect of a handle with that number on the wire.
    pub(crate) fn of(number: u16) -> Dialect {
        if number & Self::FLAG == 0 {
            Dialect::Multiprocessing
        } else {
            Dialect::Threading
        }
    }
}
