//! A row of words in shared memory, each read and written whole: no reader ever sees half a value, wherever a writer is killed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::kind;
use crate::shm::{
    Handle, ObjectHeader, Offset, Session, ShmError, peek, poke, shared_struct, step,
};

shared_struct! {
    /// The words follow.
    struct CellsObject {
        header: ObjectHeader,
        /// The type of the words, as a number that the caller defines.
        label: AtomicU64,
        length: AtomicU64,
    }
}

/// A row of words between processes. Clones are the same row.
#[derive(Clone, Debug)]
pub(crate) struct Cells(Arc<Handle>);

impl Cells {
    /// Creates a new row of `length` words: first `words`, then zeros.
    pub(crate) fn create(
        session: &Session,
        label: u64,
        length: usize,
        words: &[u64],
    ) -> Result<Cells, ShmError> {
        assert!(words.len() <= length, "a row has room for its words");
        let length = length as u64;
        let size = length.saturating_mul(8);
        let size = size.saturating_add(size_of::<CellsObject>() as u64);
        let cells = Cells(Arc::new(Handle::create(session, kind::CELLS, size)?));
        // Nobody else knows the row yet.
        poke(&cells.object().label, label);
        poke(&cells.object().length, length);
        for (index, word) in words.iter().enumerate() {
            poke(cells.place(index as u64), *word);
        }
        Ok(cells)
    }

    /// Returns the row at an offset received from another process. Any other offset is an error.
    pub(crate) fn open(session: &Session, offset: Offset) -> Result<Cells, ShmError> {
        Ok(Cells(Arc::new(Handle::open(session, offset, kind::CELLS)?)))
    }

    /// This process's hold on the row's existence.
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    fn object(&self) -> &CellsObject {
        self.0.session().segment().at(self.0.offset())
    }

    fn place(&self, index: u64) -> &AtomicU64 {
        let words = self.0.offset().plus(size_of::<CellsObject>() as u64);
        self.0.session().segment().word(words.plus(index * 8))
    }

    /// Returns the word at `index`.
    pub(super) fn word(&self, index: usize) -> &AtomicU64 {
        assert!(index < self.len(), "a row of {} has no {index}", self.len());
        self.place(index as u64)
    }

    /// Writes bytes from `start` on, counted from the beginning of the words, where nobody reads them until they are published.
    pub(crate) fn write_bytes(&self, start: usize, bytes: &[u8]) {
        let end = start.saturating_add(bytes.len());
        assert!(end <= self.len() * 8, "bytes lie inside their row");
        let place = self.handle().offset().plus(size_of::<CellsObject>() as u64);
        let segment = self.0.session().segment();
        segment.write(place.plus(start as u64), bytes);
        step();
    }

    /// Returns the bytes that were published there; their writer has ended.
    pub(crate) fn bytes(&self, start: usize, length: usize) -> Vec<u8> {
        let end = start.saturating_add(length);
        assert!(end <= self.len() * 8, "bytes lie inside their row");
        let place = self.handle().offset().plus(size_of::<CellsObject>() as u64);
        let segment = self.0.session().segment();
        segment
            .bytes(place.plus(start as u64), length as u64)
            .to_vec()
    }

    /// Returns the type of the words, as given when the row was created.
    pub(crate) fn label(&self) -> u64 {
        peek(&self.object().label)
    }

    /// Number of words.
    pub(crate) fn len(&self) -> usize {
        peek(&self.object().length) as usize
    }

    /// Returns the first word of a row that something else holds on to.
    pub(super) fn first_word(session: &Session, row: Offset) -> u64 {
        let words = row.plus(size_of::<CellsObject>() as u64);
        session.segment().word(words).load(Ordering::Acquire)
    }

    /// Returns the word at `index`, which is less than the length; so everywhere here.
    #[inline]
    pub(crate) fn load(&self, index: usize) -> u64 {
        self.word(index).load(Ordering::Acquire)
    }

    /// Replaces a word.
    #[inline]
    pub(crate) fn store(&self, index: usize, value: u64) {
        self.word(index).store(value, Ordering::Release);
        step();
    }

    /// Replaces a word by what `change` makes of it, which may be asked several times; nothing if it declines. What it declined is
    /// the error, otherwise the new word is given.
    #[inline]
    pub(crate) fn update<E>(
        &self,
        index: usize,
        mut change: impl FnMut(u64) -> Result<u64, E>,
    ) -> Result<u64, E> {
        let word = self.word(index);
        let mut old = word.load(Ordering::Acquire);
        loop {
            let new = change(old)?;
            match word.compare_exchange_weak(old, new, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => {
                    step();
                    return Ok(new);
                }
                Err(found) => old = found,
            }
        }
    }
}
