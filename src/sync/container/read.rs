//! Reading a container: bytes are copied out under the latch, and what they refer to is held while they are looked at.

use std::cell::Cell;

use super::edit::Edit;
use super::in_flight::InFlight;
use super::layout::split;
use crate::shm::{Offset, ShmError, message_bytes, message_objects};
use crate::sync::message::Message;

/// A buffer larger than this is not kept for the next reading.
const KEPT_BUFFER: usize = 1 << 20;

thread_local! {
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Copies of entries, with references to all they name.
pub(super) struct Reading<'s> {
    keyed: bool,
    bytes: Vec<u8>,
    objects: Vec<Offset>,
    /// Where each entry's bytes and objects end.
    ends: Vec<(usize, usize)>,
    _pins: InFlight<'s>,
}

impl<'s> Reading<'s> {
    /// Under the latch: copies these entries.
    pub(super) fn of(
        edit: &Edit<'s>,
        mut pins: InFlight<'s>,
        blocks: impl Iterator<Item = Offset>,
    ) -> Result<Reading<'s>, ShmError> {
        let segment = edit.thread.segment;
        let mut bytes = BUFFER.take();
        bytes.clear();
        let (mut ends, mut objects) = (Vec::new(), Vec::new());
        for block in blocks {
            bytes.extend_from_slice(message_bytes(segment, block));
            objects.extend(message_objects(segment, block));
            ends.push((bytes.len(), objects.len()));
        }
        pins.pin(&objects)?;
        Ok(Reading {
            keyed: edit.object.is_keyed(),
            bytes,
            objects,
            ends,
            _pins: pins,
        })
    }

    /// Keys and values, in order.
    pub(super) fn items(&self) -> impl Iterator<Item = (&[u8], Message<'_>)> {
        let starts = std::iter::once(&(0, 0)).chain(&self.ends);
        starts.zip(&self.ends).map(|(start, end)| {
            let (key, bytes) = split(self.keyed, &self.bytes[start.0..end.0]);
            let objects = &self.objects[start.1..end.1];
            (key, Message { bytes, objects })
        })
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        if bytes.capacity() <= KEPT_BUFFER {
            BUFFER.set(bytes);
        }
    }
}
