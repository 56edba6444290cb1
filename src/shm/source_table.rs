//! The names of a program's files, so that every process can say where a call is.
//!
//! A row is written once and never changes. It belongs to whoever claims it; one whose owner was killed before it was complete stays
//! claimed and has no name. Two processes may write the same name at the same time, which does no harm.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use super::call_site::Caller;
use super::layout::{ROW, SOURCE_ROWS, SOURCES_START};
use super::offset::{Offset, peek, poke};
use super::segment::Segment;
use super::shared::shared_struct;
use crate::trace;

/// Words of a name.
const WORDS: usize = 31;
/// The most bytes of a name. Of a longer one, the end is kept.
const NAME_BYTES: usize = WORDS * 8;

/// The row's state: nobody's, or being written; otherwise the length of the name, and [`WRITTEN`].
const FREE: u64 = 0;
const CLAIMED: u64 = 1;
const WRITTEN: u64 = 1 << 32;

shared_struct! {
    struct SourceRow {
        state: AtomicU64,
        words: [AtomicU64; WORDS],
    }
}

const _: () = assert!(size_of::<SourceRow>() as u64 == ROW);

/// The file that this thread has looked up last, in the session with this nonce. Nearly always it is the next one too.
struct Last {
    session: u64,
    row: u64,
    length: usize,
    name: [u8; LAST_BYTES],
}

/// The most bytes of a name that is found without looking through the others.
const LAST_BYTES: usize = 128;

/// All files that this thread has looked up in that session.
struct Known {
    session: u64,
    rows: Vec<(Box<str>, u64)>,
}

thread_local! {
    static LAST: RefCell<Last> = const {
        RefCell::new(Last { session: 0, row: 0, length: 0, name: [0; LAST_BYTES] })
    };
    static KNOWN: RefCell<Known> = const {
        RefCell::new(Known { session: 0, rows: Vec::new() })
    };
}

impl Segment {
    /// Returns the number of a file's row, counted from 1, and makes one if there is none; 0 when the table is full. The name that is
    /// written is the one that `caller` shows.
    #[inline]
    pub(super) fn source_row(&self, file: &str, caller: &dyn Caller) -> u64 {
        let session = peek(&self.header().nonce);
        let last = LAST.with_borrow(|last| {
            let is_it =
                last.session == session && last.name.get(..last.length) == Some(file.as_bytes());
            is_it.then_some(last.row)
        });
        last.unwrap_or_else(|| self.another_row(session, file, caller))
    }

    #[cold]
    fn another_row(&self, session: u64, file: &str, caller: &dyn Caller) -> u64 {
        let row = KNOWN.with_borrow_mut(|known| {
            // What is known of another session is of no use, and a prompt has as many inputs as its user has patience.
            if known.session != session || known.rows.len() as u64 > SOURCE_ROWS {
                known.rows.clear();
                known.session = session;
            }
            if let Some((_, row)) = known.rows.iter().find(|(name, _)| **name == *file) {
                return *row;
            }
            let shown = caller.shown(file);
            let row = self.find_or_write(&shown).unwrap_or(0);
            trace::source(row, &shown);
            known.rows.push((file.into(), row));
            row
        });
        LAST.with_borrow_mut(|last| {
            if let Some(name) = last.name.get_mut(..file.len()) {
                name.copy_from_slice(file.as_bytes());
                (last.session, last.row, last.length) = (session, row, file.len());
            }
        });
        row
    }

    fn find_or_write(&self, name: &str) -> Option<u64> {
        // Memory that is there already stays as it is.
        self.back(SOURCES_START, SOURCE_ROWS * ROW).ok()?;
        let name = end_of(name);
        (0..SOURCE_ROWS)
            .find(|row| self.source(*row).is_or_becomes(name))
            .map(|row| row + 1)
    }

    /// Returns the name of the file with this number.
    pub(super) fn source_name(&self, number: u64) -> Option<String> {
        let row = number.checked_sub(1).filter(|row| *row < SOURCE_ROWS)?;
        let row: &SourceRow = self.get(Offset(SOURCES_START + row * ROW))?;
        row.name()
    }

    fn source(&self, row: u64) -> &SourceRow {
        self.at(Offset(SOURCES_START + row * ROW))
    }
}

/// Returns as much of a name as a row holds: its end, which distinguishes it more than its beginning.
fn end_of(name: &str) -> &str {
    let start = name.len().saturating_sub(NAME_BYTES);
    &name[name.ceil_char_boundary(start)..]
}

impl SourceRow {
    /// Returns whether the row has this name, which a free row is given.
    fn is_or_becomes(&self, name: &str) -> bool {
        let claim = || {
            self.state
                .compare_exchange(FREE, CLAIMED, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
        };
        if peek(&self.state) == FREE && claim() {
            self.write(name);
            return true;
        }
        self.name().is_some_and(|other| other == name)
    }

    fn write(&self, name: &str) {
        let mut bytes = [0_u8; NAME_BYTES];
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        for (word, chunk) in self.words.iter().zip(bytes.as_chunks::<8>().0) {
            poke(word, u64::from_le_bytes(*chunk));
        }
        self.state
            .store(WRITTEN | name.len() as u64, Ordering::Release);
    }

    fn name(&self) -> Option<String> {
        let state = self.state.load(Ordering::Acquire);
        let length = (state & WRITTEN != 0).then_some((state & !WRITTEN) as usize)?;
        let words = self.words.iter();
        let bytes: Vec<u8> = words.flat_map(|word| peek(word).to_le_bytes()).collect();
        let name = bytes.get(..length)?;
        Some(String::from_utf8_lossy(name).into_owned())
    }
}
