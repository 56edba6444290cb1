//! The get side of a queue.

use std::cell::Cell;
use std::ops::Range;
use std::sync::atomic::AtomicU64;

use super::super::cells::Cells;
use super::super::failure::WaitError;
use super::super::hold::patience;
use super::super::message::Message;
use super::Queue;
use super::layout::{
    End, POINTER_RECORD, QueueObject, SEGMENT_HEADER, Tag, follow_jump, inline_record,
};
use crate::shm::{
    Latched, Offset, Session, Thread, message_bytes, message_length, message_objects, peek, step,
};
use crate::sys::clock::Deadline;

/// A buffer larger than this is not kept for the next message.
const KEPT_BUFFER: usize = 1 << 20;

thread_local! {
    /// Where small messages are copied to under the latch.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A message that this thread has taken out of the queue.
pub(super) enum Taken<'s> {
    /// A part of the buffer.
    Inline(Range<usize>),
    Block(InFlight<'s>),
}

/// A block that this thread took over; given back when dropped, also by a panic.
pub(super) struct InFlight<'s> {
    session: &'s Session,
    thread: Thread<'s>,
    block: Offset,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.thread.discard_message(self.block);
        self.session.destroy_unreferenced(self.thread);
    }
}

impl Taken<'_> {
    fn read<R>(&self, buffer: &[u8], read: impl FnOnce(Message<'_>) -> R) -> R {
        match self {
            Taken::Inline(range) => read(Message::plain(&buffer[range.clone()])),
            Taken::Block(in_flight) => {
                let segment = in_flight.thread.segment;
                let objects: Vec<_> = message_objects(segment, in_flight.block).collect();
                read(Message {
                    bytes: message_bytes(segment, in_flight.block),
                    objects: &objects,
                })
            }
        }
    }
}

/// The most messages that are taken at once.
const ROUND: usize = 64;

impl Queue {
    /// Takes the oldest message, waiting for one until `deadline`, and reads it in place.
    ///
    /// The references it carries are held while `read` runs, so that `read` can open handles of its own. A process that is killed in
    /// here takes the message with it.
    pub(crate) fn get_with<R>(
        &self,
        deadline: Deadline,
        read: impl FnOnce(Message<'_>) -> R,
    ) -> Result<R, WaitError> {
        self.get_one(deadline, None, read)
    }

    /// As [`get_with`](Self::get_with), and writes the number of the message into the word of `row` at `index`: 1 for the first that
    /// was ever put. Taking and writing are one step: a process that is killed has done both or neither.
    pub(crate) fn get_noting<R>(
        &self,
        deadline: Deadline,
        (row, index): (&Cells, usize),
        read: impl FnOnce(Message<'_>) -> R,
    ) -> Result<R, WaitError> {
        self.get_one(deadline, Some(row.word(index)), read)
    }

    fn get_one<R>(
        &self,
        deadline: Deadline,
        note: Option<&AtomicU64>,
        read: impl FnOnce(Message<'_>) -> R,
    ) -> Result<R, WaitError> {
        let mut buffer = borrow_buffer();
        let mut taken = None;
        self.take(1, deadline, note, &mut buffer, |one| taken = Some(one))?;
        let taken = taken.ok_or(WaitError::TimedOut)?;
        let result = taken.read(&buffer, read);
        return_buffer(buffer);
        Ok(result)
    }

    /// Takes up to `max` messages: waits for the first until `deadline`, then takes what is there. How many there were.
    ///
    /// A process that is killed in here takes those of its last round with it, [`ROUND`] at most.
    pub(crate) fn get_many_with(
        &self,
        max: usize,
        deadline: Deadline,
        mut read: impl FnMut(Message<'_>),
    ) -> Result<usize, WaitError> {
        if max == 0 {
            return Ok(0);
        }
        let mut count = self.get_round(max, deadline, &mut read)?;
        // In rounds: others get their turn, and a kill costs no more than a round.
        while count < max && !self.is_empty() {
            match self.get_round(max - count, Deadline::NOW, &mut read) {
                Ok(more) => count += more,
                // What has been read is not given up for what could not be taken any more.
                Err(_) => break,
            }
        }
        Ok(count)
    }

    /// Takes and reads one round of messages: at least one, at most `max`.
    fn get_round(
        &self,
        max: usize,
        deadline: Deadline,
        read: &mut impl FnMut(Message<'_>),
    ) -> Result<usize, WaitError> {
        let mut buffer = borrow_buffer();
        let mut round = Vec::new();
        let most = max.min(ROUND);
        self.take(most, deadline, None, &mut buffer, |one| round.push(one))?;
        let count = round.len();
        for taken in round {
            taken.read(&buffer, &mut *read);
        }
        return_buffer(buffer);
        Ok(count)
    }

    /// Takes at least one and at most `max` messages.
    #[inline]
    fn take<'s>(
        &'s self,
        max: usize,
        deadline: Deadline,
        note: Option<&AtomicU64>,
        buffer: &mut Vec<u8>,
        mut keep: impl FnMut(Taken<'s>),
    ) -> Result<(), WaitError> {
        let session = self.session();
        let thread = session.thread()?;
        let object = self.object();
        loop {
            if object.length() == 0 {
                self.wait_for_message(thread, object, deadline)?;
            }
            thread.set_holding(self.place.0);
            let held = object.hold(End::Get, thread, patience(session, deadline));
            let count = held.map(|latched| {
                let places = (max, note);
                let count =
                    take_batch(session, thread, object, &latched, places, buffer, &mut keep);
                thread.trace_got(self.place, &object.get.count, count);
                count
            });
            thread.set_holding(0);
            let count = count?;
            if count > 0 {
                object.notify_of_room(count as u32);
                step();
                return Ok(());
            }
        }
    }
}

/// Takes what is there, up to `max` messages, and returns how many. The number of the last one is written into `note`.
#[inline]
pub(super) fn take_batch<'s>(
    session: &'s Session,
    thread: Thread<'s>,
    object: &QueueObject,
    latched: &Latched<'_>,
    (max, note): (usize, Option<&AtomicU64>),
    buffer: &mut Vec<u8>,
    keep: &mut impl FnMut(Taken<'s>),
) -> usize {
    let side = &object.get;
    let available = object.put_published.load() - peek(&side.count);
    let count = available.min(max as u64);
    for _ in 0..count {
        keep(take_one(session, thread, object, latched, note, buffer));
    }
    if count > 0 {
        object.get_published.publish(side);
    }
    count as usize
}

/// Takes the oldest message, of which there is one, as one transaction.
#[inline(always)]
fn take_one<'s>(
    session: &'s Session,
    thread: Thread<'s>,
    object: &QueueObject,
    latched: &Latched<'_>,
    note: Option<&AtomicU64>,
    buffer: &mut Vec<u8>,
) -> Taken<'s> {
    let side = &object.get;
    let segment = thread.segment;
    if peek(&side.spare) != 0 {
        // A predecessor left a segment, but died before freeing it.
        thread.free_from(&side.spare);
    }
    let mut position = Offset(peek(&side.position));
    let mut entered = None;
    if position.is_none() {
        let first = Offset(peek(&object.first));
        position = first.plus(SEGMENT_HEADER);
        entered = Some(first);
    }
    let (position, jumped) = follow_jump(thread, position);
    let left = jumped.map(|_| entered.map_or(peek(&side.segment), |first| first.0));
    let (tag, length) = Tag::parse(peek(segment.word(position)));
    let (taken, size, bytes) = if tag == Tag::Inline {
        let start = buffer.len();
        buffer.extend_from_slice(segment.bytes(position.plus(8), length));
        let taken = Taken::Inline(start..buffer.len());
        (taken, inline_record(length), length)
    } else {
        let block = Offset(peek(segment.word(position.plus(8))));
        (
            Taken::Block(InFlight {
                session,
                thread,
                block,
            }),
            POINTER_RECORD,
            message_length(segment, block),
        )
    };
    step();
    if let Taken::Block(in_flight) = &taken {
        thread.take_over(latched, in_flight.block);
    }
    latched.set(&side.position, position.0 + size);
    if let Some(next) = jumped.or(entered) {
        latched.set(&side.segment, next.0);
    }
    if let Some(left) = left {
        latched.set(&side.spare, left);
    }
    if let Some(note) = note {
        latched.set(note, peek(&side.count) + 1);
    }
    object.count(latched, side, || bytes);
    latched.commit();
    if left.is_some() {
        thread.free_from(&side.spare);
    }
    taken
}

fn borrow_buffer() -> Vec<u8> {
    let mut buffer = BUFFER.take();
    buffer.clear();
    buffer
}

fn return_buffer(buffer: Vec<u8>) {
    if buffer.capacity() <= KEPT_BUFFER {
        BUFFER.set(buffer);
    }
}
