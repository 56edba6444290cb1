//! What a worker process has in hand, in memory that outlives it.
//!
//! A row of words, written by one worker and read by whoever finds it dead:
//!
//! | word | content |
//! | --- | --- |
//! | [`TAKEN`] | the message that the worker took last, by its place in the queue; written in the step that takes it |
//! | [`BEGUN`] | how many tasks of it were begun |
//! | [`WRITTEN`] | how many bytes of outcomes have been written behind the words and not sent yet |
//! | [`FIRST`] | the place in the batch of the first of those outcomes |
//! | the others | what the worker has done so far |
//!
//! The second to fourth also say which message they are about, as words that were written for an earlier one mean nothing.

use std::time::Duration;

use super::tally::Work;
use crate::sync::{Cells, Deadline, Message, Queue, Role, Session, ShmError, WaitError};

const TAKEN: usize = 0;
const BEGUN: usize = 1;
const WRITTEN: usize = 2;
const FIRST: usize = 3;
const TASKS: usize = 4;
const STARTING: usize = 5;
const WAITING: usize = 6;
const WORKING: usize = 7;
/// Where the outcomes begin.
const WORDS: usize = 16;

/// Bytes for outcomes.
const ROOM: usize = 32 << 10;

/// The label of the row.
const LABEL: u64 = 0xb0a4d;

/// The bits of a number that goes with the number of a message.
const SHIFT: u32 = 24;

/// What a worker has in hand. Clones are the same board.
#[derive(Debug, Clone)]
pub(crate) struct Board(Cells);

/// What a dead worker had in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hand {
    /// The place of the message in its queue; 0 if it has taken none.
    pub taken: u64,
    /// How many tasks of it were begun.
    pub begun: usize,
    /// The place in the batch of the first outcome of `written`.
    pub first: usize,
    /// Outcomes that it had written and not sent.
    pub written: Vec<u8>,
}

impl Board {
    pub(crate) fn create(session: &Session) -> Result<Self, ShmError> {
        Cells::create(session, LABEL, WORDS + ROOM / 8, &[]).map(Self)
    }

    /// Returns the board in a row received from another process, if it is one.
    pub(crate) fn from_cells(cells: Cells) -> Option<Self> {
        (cells.label() == LABEL && cells.len() == WORDS + ROOM / 8).then_some(Self(cells))
    }

    /// The row in which it lies.
    pub(crate) fn cells(&self) -> &Cells {
        &self.0
    }

    /// Takes the next message, and reads it with its place in the queue.
    pub(crate) fn take<R>(
        &self,
        queue: &Queue,
        read: impl FnOnce(u64, Message<'_>) -> R,
    ) -> Result<R, WaitError> {
        let take = || {
            queue.get_noting(Deadline::NEVER, (&self.0, TAKEN), |message| {
                read(self.0.load(TAKEN), message)
            })
        };
        Role::IDLE.added(take)
    }

    /// Returns the place in the queue of the message that the worker took last; 0 if it has taken none.
    pub(crate) fn taken(&self) -> u64 {
        self.0.load(TAKEN)
    }

    /// Notes that a task is begun now: `index` is its place in the batch.
    #[inline]
    pub(crate) fn begin(&self, taken: u64, index: usize) {
        self.0.store(BEGUN, tagged(taken, index + 1));
    }

    /// Begins to write outcomes: `first` is the place in the batch of the one that is written next.
    pub(crate) fn restart(&self, taken: u64, first: usize) {
        self.0.store(WRITTEN, tagged(taken, 0));
        self.0.store(FIRST, tagged(taken, first));
    }

    /// Writes an outcome behind the `length` bytes that are there. Returns false if it has no room.
    #[inline]
    pub(crate) fn write(&self, taken: u64, length: usize, outcome: &[u8]) -> bool {
        let end = length + outcome.len();
        if end > ROOM {
            return false;
        }
        self.0.write_bytes(WORDS * 8 + length, outcome);
        self.0.store(WRITTEN, tagged(taken, end));
        true
    }

    /// Notes what the worker has done so far.
    pub(crate) fn note(&self, work: &Work) {
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.0.store(TASKS, work.tasks);
        self.0.store(STARTING, nanos(work.starting));
        self.0.store(WAITING, nanos(work.waiting));
        self.0.store(WORKING, nanos(work.working));
    }

    /// Returns what the worker has done so far.
    pub(crate) fn work(&self) -> Work {
        let time = |word| Duration::from_nanos(self.0.load(word));
        Work {
            tasks: self.0.load(TASKS),
            starting: time(STARTING),
            waiting: time(WAITING),
            working: time(WORKING),
        }
    }

    /// Returns what the worker had in hand, which is dead.
    pub(crate) fn hand(&self) -> Hand {
        let taken = self.0.load(TAKEN);
        let about = |word| match self.0.load(word) {
            word if word >> SHIFT == tagged(taken, 0) >> SHIFT => {
                (word & ((1 << SHIFT) - 1)) as usize
            }
            _ => 0,
        };
        let length = about(WRITTEN).min(ROOM);
        Hand {
            taken,
            begun: about(BEGUN),
            first: about(FIRST),
            written: self.0.bytes(WORDS * 8, length),
        }
    }
}

fn tagged(taken: u64, number: usize) -> u64 {
    taken << SHIFT | number as u64
}
