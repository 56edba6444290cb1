//! The outcomes of a worker process on their way to the pool.
//!
//! Those of a batch are kept on the worker's board, which outlives it, until they are sent together. One that is long or refers to shared
//! objects is sent by itself.

use std::sync::Arc;

use rhai::Dynamic;

use super::super::messages::{refused, with_message};
use super::super::queues;
use super::kept::Kept;
use super::parcel;
use super::times::Times;
use crate::pool::Board;
use crate::pool::letter::{self, Envelope, Form, Kind, Status};
use crate::script::exception_class::pack_exception;
use crate::script::{Exception, Failure, Interp, Number, Stop};
use crate::sync::{Deadline, Offset, Queue};

/// The outcomes of a worker that have not been sent, and where they are sent.
pub(super) struct Outbox<'w> {
    interp: &'w Arc<Interp>,
    outcomes: Queue,
    board: Board,
    /// Added to a place in the queue of the batches, this is the number of a batch.
    base: u64,
    /// The place in the queue of the batch in hand.
    taken: u64,
    /// It is one task.
    is_one: bool,
    /// The place in the batch of the first outcome that has not been sent.
    first: usize,
    kept: Kept,
    times: Times,
}

impl<'w> Outbox<'w> {
    pub(super) fn new(
        interp: &'w Arc<Interp>,
        (outcomes, board): (Queue, Board),
        base: u64,
    ) -> Self {
        Self {
            interp,
            outcomes,
            board,
            base,
            taken: 0,
            is_one: false,
            first: 0,
            kept: Kept::default(),
            times: Times::begin(),
        }
    }

    /// Begins with the outcomes of the batch of `count` tasks that was taken from this place of the queue.
    pub(super) fn begin_batch(&mut self, taken: u64, count: usize) {
        (self.taken, self.is_one) = (taken, count == 1);
        self.kept.begin_batch();
        self.begin_from(0);
        self.times = Times::begin();
    }

    fn begin_from(&mut self, first: usize) {
        self.first = first;
        self.board.restart(self.taken, first);
    }

    /// Notes that the task at `index` is begun.
    #[inline]
    pub(super) fn begin_task(&self, index: usize) {
        self.board.begin(self.taken, index);
    }

    /// Adds the outcome of the task at `index`, which is the next one: it is kept, or sent by itself.
    ///
    /// # Errors
    /// The session has no memory, or the wait was interrupted.
    pub(super) fn add(&mut self, index: usize, outcome: &parcel::Ended) -> Result<(), Failure> {
        self.times.note(index, self.is_one);
        let before = self.kept.bytes().len();
        if self.kept.push(self.interp, outcome) && self.survives(before) {
            return Ok(());
        }
        self.send()?;
        self.send_alone(index, outcome)?;
        self.begin_from(index + 1);
        Ok(())
    }

    /// As [`add`](Self::add), for a number by its bits.
    #[inline]
    pub(super) fn add_number(
        &mut self,
        index: usize,
        number: Number,
        bits: u64,
    ) -> Result<(), Failure> {
        let before = self.kept.bytes().len();
        if self.kept.push_number(number, bits) && self.survives(before) {
            self.times.note(index, self.is_one);
            return Ok(());
        }
        self.add(index, &Ok(number.value(bits)))
    }

    /// Writes what is kept behind the first `before` bytes where it outlives this process, unless it is sent at once. Returns false, and
    /// does not keep it, if there is no room.
    #[inline]
    fn survives(&mut self, before: usize) -> bool {
        let is_written = self.is_one
            || self
                .board
                .write(self.taken, before, &self.kept.bytes()[before..]);
        if !is_written {
            self.kept.truncate(before);
        }
        is_written
    }

    /// Sends the outcomes that have been kept.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub(super) fn send(&mut self) -> Result<(), Failure> {
        if self.kept.is_empty() {
            return Ok(());
        }
        let mut bytes = Vec::new();
        self.timed_envelope(self.first).write(&mut bytes);
        self.put(&[&bytes, self.kept.bytes()], &[])?;
        self.kept.clear();
        Ok(())
    }

    /// Tells the pool that this worker could not begin.
    pub(super) fn refuse(&self, why: &Exception) -> Result<(), Failure> {
        let envelope = Envelope {
            kind: Kind::NotBegun,
            ..self.envelope(0, 0)
        };
        self.send_exception(envelope, why)
    }

    /// Tells the pool that this worker does no other batch than the one it took from this place of the queue.
    pub(super) fn retire(&self, taken: u64) -> Result<(), Failure> {
        let envelope = Envelope {
            kind: Kind::Retired,
            ..self.envelope(taken, 0)
        };
        let mut bytes = Vec::new();
        envelope.write(&mut bytes);
        self.put(&[&bytes], &[])
    }

    fn envelope(&self, taken: u64, first: usize) -> Envelope {
        Envelope {
            kind: Kind::Outcomes,
            taken: self.base + taken,
            first: first as u32,
            took: 0,
            slowest: (0, 0),
        }
    }

    /// Returns the beginning of a message with the time since the last one.
    fn timed_envelope(&mut self, first: usize) -> Envelope {
        Envelope {
            took: self.times.lap(),
            slowest: self.times.slowest,
            ..self.envelope(self.taken, first)
        }
    }

    /// Sends one outcome by itself.
    fn send_alone(&mut self, index: usize, outcome: &parcel::Ended) -> Result<(), Failure> {
        let envelope = self.timed_envelope(index);
        let why = match outcome {
            Ok(value) => match self.send_one(envelope, Status::Returned, value) {
                Err(why) if Stop::of(&why).is_none() => {
                    not_sent(value, &Exception::from_error(&why))
                }
                sent => return sent,
            },
            Err(exception) => exception.clone(),
        };
        self.send_exception(envelope, &why)
    }

    fn send_exception(&self, envelope: Envelope, why: &Exception) -> Result<(), Failure> {
        let bytes = pack_exception(self.interp, why).map_err(refused)?;
        let beginning = alone(envelope, Status::Threw, bytes.len());
        self.put(&[&beginning, &bytes], &[])
    }

    fn send_one(&self, envelope: Envelope, status: Status, value: &Dynamic) -> Result<(), Failure> {
        with_message(self.interp, value, "result", |pieces, handles| {
            let length = pieces.iter().map(|piece| piece.len()).sum();
            let beginning = alone(envelope, status, length);
            let mut all: Vec<&[u8]> = vec![&beginning];
            all.extend(pieces);
            self.put(&all, handles)
        })?
    }

    fn put(&self, pieces: &[&[u8]], handles: &[Offset]) -> Result<(), Failure> {
        let put = self.outcomes.put_pieces(pieces, handles, Deadline::NEVER);
        put.map_err(|error| queues::put_failure(self.interp, error))
    }
}

/// Returns what goes before an outcome of `length` bytes that is sent by itself.
fn alone(envelope: Envelope, status: Status, length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    envelope.write(&mut bytes);
    bytes.push(Form::Any.byte());
    letter::begin_entry(&mut bytes, status, length);
    bytes
}

/// Returns the exception for a result that cannot be sent.
fn not_sent(value: &Dynamic, why: &Exception) -> Exception {
    let text = format!(
        "Error sending result: '{}'. Reason: '{}'",
        parcel::shortened(value),
        why.repr()
    );
    Exception::new("MaybeEncodingError", vec![text.into()])
}
