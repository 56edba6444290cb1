//! What goes into compiled code and comes out of it, and what it asks for meanwhile.

use crate::native::code::{Item, Place, Ty};

/// A list outside of machine code.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum List {
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Bools(Vec<bool>),
}

/// An argument, a variable of a loop, or a result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Int(i64),
    Float(f64),
    Bool(bool),
    Unit,
    List(List),
    /// A list of lists that all have items of this type.
    Rows(Item, Vec<List>),
}

/// What code asks of the world while it runs.
pub(crate) trait Outside {
    /// Called before code begins, and whenever `interrupt::alerts()` has changed since it was last called. Returns whether the code must
    /// give up.
    fn must_stop(&mut self) -> bool;

    /// Fills `words` with the next words of the process's random stream.
    fn draw(&mut self, words: &mut [u64]);

    /// Takes back words that were drawn last and not used, to the front of the stream.
    fn put_back(&mut self, words: &[u64]);

    /// Returns whether a list may grow to this many items. If not, the code gives up.
    fn may_grow(&mut self, items: usize) -> bool;
}

/// Where a loop over numbers or items goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The number of the next pass, or the index of its item.
    pub next: i64,
    pub step: i64,
    /// The passes that are left.
    pub left: u64,
    /// The passes that are done, for the counter.
    pub done: i64,
}

/// How code has ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Exit {
    /// A function has returned, or a loop has ended, by itself or by `break`.
    Done(Value),
    /// `return` in a loop.
    Returned(Value),
    /// Nothing has happened since the last pass of the loop began; of a function: since it was entered.
    GaveUp,
    /// `must_stop` said so, at this place of the routine that was entered: its innermost loop or call.
    Stopped(Place),
}

impl List {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Ints(items) => items.len(),
            Self::Floats(items) => items.len(),
            Self::Bools(items) => items.len(),
        }
    }

    pub(crate) fn item(&self) -> Item {
        match self {
            Self::Ints(_) => Item::Int,
            Self::Floats(_) => Item::Float,
            Self::Bools(_) => Item::Bool,
        }
    }
}

impl Value {
    /// Returns its type; none for rows of which one has other items.
    pub(crate) fn ty(&self) -> Option<Ty> {
        Some(match self {
            Self::Int(_) => Ty::Int,
            Self::Float(_) => Ty::Float,
            Self::Bool(_) => Ty::Bool,
            Self::Unit => Ty::Unit,
            Self::List(list) => Ty::List(list.item()),
            Self::Rows(item, rows) => {
                let fits = rows.iter().all(|row| row.item() == *item);
                return fits.then_some(Ty::Rows(*item));
            }
        })
    }

    /// The bits of a number or a truth value; 0 for others.
    pub(crate) fn bits(&self) -> u64 {
        match self {
            Self::Int(number) => number.cast_unsigned(),
            Self::Float(number) => number.to_bits(),
            Self::Bool(truth) => (*truth).into(),
            Self::Unit | Self::List(_) | Self::Rows(..) => 0,
        }
    }

    /// Changes a number or a truth value to the one with these bits.
    pub(super) fn set_bits(&mut self, bits: u64) {
        match self {
            Self::Int(number) => *number = bits.cast_signed(),
            Self::Float(number) => *number = f64::from_bits(bits),
            Self::Bool(truth) => *truth = bits & 1 != 0,
            Self::Unit | Self::List(_) | Self::Rows(..) => (),
        }
    }

    /// The value of this type with these bits; of lists, none.
    pub(crate) fn of_bits(ty: Ty, bits: u64) -> Self {
        match ty {
            Ty::Int => Self::Int(bits.cast_signed()),
            Ty::Float => Self::Float(f64::from_bits(bits)),
            Ty::Bool => Self::Bool(bits & 1 != 0),
            Ty::Unit | Ty::Never | Ty::List(_) | Ty::Rows(_) => Self::Unit,
        }
    }
}

impl Progress {
    /// Moves on to a number that it comes to.
    pub(super) fn move_to(&mut self, next: i64) {
        let distance = match self.step {
            0.. => next.wrapping_sub(self.next),
            _ => self.next.wrapping_sub(next),
        };
        let passes = distance.cast_unsigned() / self.step.unsigned_abs().max(1);
        self.left = self.left.saturating_sub(passes);
        self.done = self.done.wrapping_add(passes.cast_signed());
        self.next = next;
    }
}
