//! Which tasks have been begun and which were withdrawn before that: decided once for each, in memory that a pool shares with its workers.
//!
//! A row of words. The message of number n has the word n modulo their number, which holds n and what has become of it. The pool offers
//! the task; then either a worker begins it, or the pool withdraws it.

use crate::sync::{Cells, Session, ShmError};

/// How many messages the row distinguishes: as many may wait in the queue of the workers.
const ROOM: usize = 4096;

/// The label of the row.
const LABEL: u64 = 0xc1a15;

/// The bits of a word that say what has become of the message.
const SHIFT: u32 = 2;

const OFFERED: u64 = 1;
const BEGUN: u64 = 2;
const WITHDRAWN: u64 = 3;

/// Which tasks have been begun. Clones are the same row.
#[derive(Debug, Clone)]
pub(crate) struct Claims(Cells);

impl Claims {
    pub(crate) fn create(session: &Session) -> Result<Self, ShmError> {
        Cells::create(session, LABEL, ROOM, &[]).map(Self)
    }

    /// Returns the claims in a row received from another process, if it holds claims.
    pub(crate) fn from_cells(cells: Cells) -> Option<Self> {
        (cells.label() == LABEL && cells.len() == ROOM).then_some(Self(cells))
    }

    /// The row in which they lie.
    pub(crate) fn cells(&self) -> &Cells {
        &self.0
    }

    /// Returns whether the message of this number can be offered: the one whose word it takes is not offered any more.
    pub(crate) fn has_room_for(&self, number: u64) -> bool {
        self.0.load(index(number)) & ((1 << SHIFT) - 1) != OFFERED
    }

    /// Offers the message of this number, before it is put into the queue.
    pub(crate) fn offer(&self, number: u64) {
        self.0.store(index(number), word(number, OFFERED));
    }

    /// Begins the tasks of a message. Returns false if they were withdrawn.
    pub(crate) fn begin(&self, number: u64) -> bool {
        self.change(number, BEGUN)
    }

    /// Withdraws the tasks of a message. Returns false if a worker has begun them.
    pub(crate) fn withdraw(&self, number: u64) -> bool {
        self.change(number, WITHDRAWN)
    }

    /// Withdraws the tasks of all messages up to the one of this number that no worker has begun.
    pub(crate) fn withdraw_all(&self, last: u64) {
        for number in last.saturating_sub(ROOM as u64) + 1..=last {
            self.withdraw(number);
        }
    }

    fn change(&self, number: u64, state: u64) -> bool {
        let change = |found| match found == word(number, OFFERED) {
            true => Ok(word(number, state)),
            false => Err(()),
        };
        self.0.update(index(number), change).is_ok()
    }

    /// Returns whether a worker has begun the tasks of a message that was offered and not withdrawn.
    pub(crate) fn is_begun(&self, number: u64) -> bool {
        self.0.load(index(number)) != word(number, OFFERED)
    }
}

fn index(number: u64) -> usize {
    // Less than the length, so that it fits.
    (number % ROOM as u64) as usize
}

fn word(number: u64, state: u64) -> u64 {
    number << SHIFT | state
}
