//! The put side of a queue.

use super::super::failure::{PutError, WaitError};
use super::super::hold::patience;
use super::super::message::Message;
use super::Queue;
use super::layout::{
    End, INLINE_MAX, POINTER_RECORD, QueueObject, SEGMENT_HEADER, SEGMENT_MAX, SEGMENT_MIN, Side,
    Tag, inline_record,
};
use crate::shm::{Latched, Offset, Search, ShmError, Thread, message_length, peek, poke, step};
use crate::sys::clock::Deadline;

/// Usable bytes are this much less than the size of a segment's block.
const BLOCK_OVERHEAD: u64 = 16;

/// Messages put under one hold of the latch.
const BATCH: usize = 64;

/// The contents of a record.
#[derive(Clone, Copy)]
enum Content<'a> {
    Inline(&'a [&'a [u8]]),
    /// On the thread's list of messages in flight.
    Block(Offset),
}

/// Returns whether the message lies in the queue's own memory: it is small and names no objects.
fn is_inline(message: &Message<'_>) -> bool {
    message.bytes.len() <= INLINE_MAX && message.objects.is_empty()
}

fn length_of(pieces: &[&[u8]]) -> u64 {
    pieces.iter().map(|piece| piece.len() as u64).sum()
}

impl Content<'_> {
    fn record(self) -> u64 {
        match self {
            Content::Inline(pieces) => inline_record(length_of(pieces)),
            Content::Block(_) => POINTER_RECORD,
        }
    }

    /// Returns the message's bytes.
    fn length(self, thread: Thread<'_>) -> u64 {
        match self {
            Content::Inline(pieces) => length_of(pieces),
            Content::Block(block) => message_length(thread.segment, block),
        }
    }
}

impl Queue {
    /// Puts a message that carries references to `handles`, waiting for room until `deadline`.
    ///
    /// When this returns `Ok`, every process sees the message. If the process is killed meanwhile, the message is there or it is not.
    pub(crate) fn put(
        &self,
        bytes: &[u8],
        handles: &[Offset],
        deadline: Deadline,
    ) -> Result<(), PutError> {
        self.put_pieces(&[bytes], handles, deadline)
    }

    /// As [`put`](Self::put), for a message that lies in pieces. Those of a large one are copied once, to where they stay.
    pub(crate) fn put_pieces(
        &self,
        pieces: &[&[u8]],
        handles: &[Offset],
        deadline: Deadline,
    ) -> Result<(), PutError> {
        let thread = self.session().thread()?;
        let object = self.object();
        let length = length_of(pieces);
        if length <= INLINE_MAX as u64 && handles.is_empty() {
            return self.put_content(thread, object, Content::Inline(pieces), deadline);
        }
        if deadline.is_now() && !object.has_room(length) {
            return Err(PutError::Full);
        }
        let session = self.session();
        let written = session.with_memory(thread, || thread.write_message(pieces, handles));
        let result = match &written {
            Ok(block) => self.put_content(thread, object, Content::Block(*block), deadline),
            Err(_) => Ok(()),
        };
        if let (Ok(block), Err(_)) = (&written, &result) {
            thread.discard_message(*block);
            session.destroy_unreferenced(thread);
        }
        written?;
        result
    }

    /// Puts messages one after the other, waiting for room as needed, and returns how many were put before the first that was not.
    ///
    /// Other messages may come in between.
    pub(crate) fn put_many(
        &self,
        messages: &[Message<'_>],
        deadline: Deadline,
    ) -> Result<(), (usize, PutError)> {
        let thread = self.session().thread().map_err(|error| (0, error.into()))?;
        let object = self.object();
        let mut put = 0;
        while let Some(next) = messages.get(put) {
            let result = if is_inline(next) {
                let batch = messages[put..].iter().take(BATCH);
                let contents: Vec<_> = batch
                    .take_while(|message| is_inline(message))
                    .map(|message| Content::Inline(std::slice::from_ref(&message.bytes)))
                    .collect();
                self.put_batch(thread, object, &contents, deadline)
            } else {
                self.put(next.bytes, next.objects, deadline).map(|()| 1)
            };
            put += result.map_err(|error| (put, error))?;
        }
        Ok(())
    }

    fn put_content(
        &self,
        thread: Thread<'_>,
        object: &QueueObject,
        content: Content<'_>,
        deadline: Deadline,
    ) -> Result<(), PutError> {
        self.put_batch(thread, object, &[content], deadline)
            .map(|_| ())
    }

    /// Puts as many of the contents as there is room for, but at least one, and returns how many.
    #[inline]
    fn put_batch(
        &self,
        thread: Thread<'_>,
        object: &QueueObject,
        contents: &[Content<'_>],
        deadline: Deadline,
    ) -> Result<usize, PutError> {
        let mut search = Search::default();
        loop {
            thread.set_holding(self.place.0);
            let result = self.append_batch(thread, object, contents, deadline);
            thread.set_holding(0);
            match result {
                Ok(0) => {
                    let bytes = contents.first().map_or(0, |first| first.length(thread));
                    self.wait_for_room(thread, object, bytes, deadline)?;
                }
                Ok(put) => {
                    object.not_empty.notify(put as u32);
                    step();
                    return Ok(put);
                }
                Err(PutError::OutOfMemory { .. })
                    if self.session().find_memory(thread, &mut search) => {}
                Err(error) => return Err(error),
            }
        }
    }

    #[inline]
    fn append_batch(
        &self,
        thread: Thread<'_>,
        object: &QueueObject,
        contents: &[Content<'_>],
        deadline: Deadline,
    ) -> Result<usize, PutError> {
        let side = &object.put;
        let latched = object
            .hold(End::Put, thread, patience(self.session(), deadline))
            .map_err(WaitError::from)?;
        let mut put = 0;
        for content in contents {
            let (count, bytes) = (peek(&side.count), peek(&side.bytes));
            if !object.has_room_behind(count, bytes, content.length(thread)) {
                break;
            }
            match append(thread, object, &latched, *content) {
                Ok(()) => put += 1,
                Err(error) if put == 0 => return Err(error.into()),
                // What was put so far is done; the next attempt will report the error.
                Err(_) => break,
            }
        }
        if put > 0 {
            // Before somebody can get them.
            thread.trace_put(self.place, &side.count, put);
            object.put_published.publish(side);
        }
        Ok(put)
    }
}

/// Writes a record behind the last one, as one transaction.
#[inline]
fn append(
    thread: Thread<'_>,
    object: &QueueObject,
    latched: &Latched<'_>,
    content: Content<'_>,
) -> Result<(), ShmError> {
    let side = &object.put;
    let need = content.record();
    let current = peek(&side.segment);
    let mut position = Offset(peek(&side.position));
    // Room for a jump is kept at the end of every segment.
    let fits = current != 0 && position.0 + need + POINTER_RECORD <= peek(&side.end);
    let mut next = Offset::NONE;
    if !fits {
        next = spare_segment(thread, side, need)?;
        if current != 0 {
            // Beyond the published end: nobody reads it before the commit.
            poke(thread.segment.word(position), Tag::Jump.word(0));
            poke(thread.segment.word(position.plus(8)), next.0);
            step();
        }
        position = next.plus(SEGMENT_HEADER);
    }
    let head = thread.segment.word(position);
    match content {
        Content::Inline(pieces) => {
            poke(head, Tag::Inline.word(length_of(pieces)));
            let mut place = position.plus(8);
            for piece in pieces {
                thread.segment.write(place, piece);
                place = place.plus(piece.len() as u64);
            }
        }
        Content::Block(block) => {
            poke(head, Tag::Block.word(0));
            poke(thread.segment.word(position.plus(8)), block.0);
        }
    }
    step();
    latched.set(&side.position, position.0 + need);
    if !fits {
        latched.set(&side.segment, next.0);
        latched.set(&side.end, next.0 + peek(thread.segment.word(next)));
        latched.set(&side.spare, 0);
        if current == 0 {
            latched.set(&object.first, next.0);
        }
    }
    if let Content::Block(block) = content {
        thread.pass_on(latched, block);
    }
    object.count(latched, side, || content.length(thread));
    latched.commit();
    Ok(())
}

/// Returns the segment to use next, in the side's spare word, with room for a record of `need` bytes.
#[cold]
fn spare_segment(thread: Thread<'_>, side: &Side, need: u64) -> Result<Offset, ShmError> {
    let least = SEGMENT_HEADER + need + POINTER_RECORD;
    let spare = Offset(peek(&side.spare));
    if !spare.is_none() {
        if peek(thread.segment.word(spare)) >= least {
            return Ok(spare);
        }
        thread.free_from(&side.spare);
    }
    let current = Offset(peek(&side.segment));
    let doubled = if current.is_none() {
        SEGMENT_MIN
    } else {
        ((peek(thread.segment.word(current)) + BLOCK_OVERHEAD) * 2).min(SEGMENT_MAX)
    };
    let size = doubled.max((least + BLOCK_OVERHEAD).next_power_of_two());
    let usable = size - BLOCK_OVERHEAD;
    thread.allocate_into(&side.spare, usable, &[usable])
}
