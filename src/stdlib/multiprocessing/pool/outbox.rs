//! The outcomes of a worker process on their way to the pool.
//!
//! Those of a batch are kept on the worker's board, which outlives it, until they are sent together. One that is long or refers to shared
//! objects is sent by itself.

use std::sync::Arc;

use rhai::{Blob, Dynamic};

use super::super::messages::{refused, with_message};
use super::super::queues;
use super::parcel;
use crate::pool::Board;
use crate::pool::letter::{self, Envelope, Kind, Status};
use crate::script::exception_class::pack_exception;
use crate::script::{Exception, Failure, Interp, Stop};
use crate::sync::{Deadline, Offset, Queue};
use crate::sys::clock::now_ns;
use crate::wire;

/// A result that is a blob of this size is sent by itself, which copies it once less.
const LONG: usize = 16 << 10;

/// A batch is timed task by task only if its first task takes this long, in nanoseconds: reading the clock takes time too.
const TIMED: u64 = 10_000;

/// The outcomes of a worker that have not been sent, and where they are sent.
pub(super) struct Outbox<'w> {
    pub interp: &'w Arc<Interp>,
    pub outcomes: Queue,
    pub board: Board,
    /// Added to a place in the queue of the batches, this is the number of a batch.
    pub base: u64,
    pub kept: wire::Message,
}

/// How long the tasks of a batch took.
pub(super) struct Times {
    /// When a message was last sent.
    counted: u64,
    /// When the last task ended.
    before: u64,
    /// The place of the slowest task, and how long it took.
    slowest: (u32, u64),
    are_taken: bool,
}

impl Times {
    pub(super) fn begin() -> Self {
        let now = now_ns();
        Self {
            counted: now,
            before: now,
            slowest: (0, 0),
            are_taken: true,
        }
    }

    /// Notes the end of the task at `index`.
    #[inline]
    pub(super) fn note(&mut self, index: usize, is_only: bool) {
        if !self.are_taken {
            return;
        }
        let now = now_ns();
        let took = now - std::mem::replace(&mut self.before, now);
        if took > self.slowest.1 {
            self.slowest = (u32::try_from(index).unwrap_or(u32::MAX), took);
        }
        self.are_taken = took >= TIMED || is_only;
    }

    /// Returns the time since a message was last sent, in nanoseconds.
    fn lap(&mut self) -> u64 {
        let now = now_ns();
        now - std::mem::replace(&mut self.counted, now)
    }
}

impl Outbox<'_> {
    /// Begins with the outcomes of the batch that was taken from this place of the queue; `first` is the place of the next outcome.
    pub(super) fn begin(&mut self, taken: u64, first: usize) {
        self.board.restart(taken, first);
        self.kept.bytes.clear();
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

    /// Writes an outcome where it outlives this process, unless it `is_only` one and is sent at once. Returns false if it has to be sent by
    /// itself.
    pub(super) fn keep(&mut self, taken: u64, outcome: &parcel::Ended, is_only: bool) -> bool {
        let before = self.kept.bytes.len();
        let is_kept = self.encode(outcome)
            && (is_only || self.board.write(taken, before, &self.kept.bytes[before..]));
        if !is_kept {
            self.kept.bytes.truncate(before);
        }
        is_kept
    }

    /// Writes an outcome behind those that are kept. Returns false if it cannot be sent as nothing but bytes, or is long.
    fn encode(&mut self, outcome: &parcel::Ended) -> bool {
        let kept = &mut self.kept;
        match outcome {
            Ok(value) => {
                if value
                    .read_lock::<Blob>()
                    .is_some_and(|blob| blob.len() > LONG)
                {
                    return false;
                }
                letter::begin_entry(&mut kept.bytes, Status::Returned, 0);
                let start = kept.bytes.len();
                let is_encoded = wire::encode_after(value, "result", self.interp, kept).is_ok();
                letter::end_part(&mut kept.bytes, start);
                let is_plain = kept.handles.is_empty();
                kept.handles.clear();
                kept.parts.clear();
                is_encoded && is_plain
            }
            Err(exception) => {
                let Ok(bytes) = pack_exception(self.interp, exception) else {
                    return false;
                };
                letter::begin_entry(&mut kept.bytes, Status::Threw, bytes.len());
                kept.bytes.extend_from_slice(&bytes);
                true
            }
        }
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

    /// Sends the outcomes that have been kept.
    pub(super) fn send(
        &mut self,
        (taken, first): (u64, usize),
        times: &mut Times,
    ) -> Result<(), Failure> {
        if self.kept.bytes.is_empty() {
            return Ok(());
        }
        let mut bytes = Vec::new();
        let envelope = Envelope {
            took: times.lap(),
            slowest: times.slowest,
            ..self.envelope(taken, first)
        };
        envelope.write(&mut bytes);
        self.put(&[&bytes, &self.kept.bytes], &[])?;
        self.kept.bytes.clear();
        Ok(())
    }

    /// Sends one outcome by itself.
    pub(super) fn send_alone(
        &mut self,
        (taken, index): (u64, usize),
        times: &mut Times,
        outcome: &parcel::Ended,
    ) -> Result<(), Failure> {
        let envelope = Envelope {
            took: times.lap(),
            slowest: times.slowest,
            ..self.envelope(taken, index)
        };
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
        let mut beginning = Vec::new();
        envelope.write(&mut beginning);
        letter::begin_entry(&mut beginning, Status::Threw, bytes.len());
        self.put(&[&beginning, &bytes], &[])
    }

    fn send_one(&self, envelope: Envelope, status: Status, value: &Dynamic) -> Result<(), Failure> {
        with_message(self.interp, value, "result", |pieces, handles| {
            let length = pieces.iter().map(|piece| piece.len()).sum();
            let mut beginning = Vec::new();
            envelope.write(&mut beginning);
            letter::begin_entry(&mut beginning, status, length);
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

/// Returns the exception for a result that cannot be sent.
fn not_sent(value: &Dynamic, why: &Exception) -> Exception {
    let text = format!(
        "Error sending result: '{}'. Reason: '{}'",
        parcel::shortened(value),
        why.repr()
    );
    Exception::new("MaybeEncodingError", vec![text.into()])
}
