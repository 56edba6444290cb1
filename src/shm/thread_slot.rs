//! One thread of the session: its row in the thread table, its id, and whether it lives.

use std::sync::atomic::{AtomicU64, Ordering};

use super::layout::{ROW, THREADS_START};
use super::offset::{Offset, peek};
use super::process_id::ProcessId;
use super::segment::Segment;
use super::shared::shared_struct;
use crate::sys::identity;
use crate::sys::robust::LifeWord;

/// Bits of a thread id that hold the row, counted from 1.
const ROW_MASK: u64 = 0x1fff;

shared_struct! {
    /// The session's record of one thread.
    pub(crate) struct ThreadSlot {
        /// Marked by the kernel when the thread dies. First, where [`LifeWord`] needs it.
        pub(super) life: LifeWord,
        /// Counts the slot's owners: with the index it names a thread for good.
        pub(super) generation: AtomicU64,
        /// Thread id of the owner, 0 when the slot is free.
        pub(super) claim: AtomicU64,
        /// Process id (the kernel's) of the owner.
        pub(super) pid: AtomicU64,
        /// Process (the session's id) of the owner.
        pub(super) process: AtomicU64,
        /// 1 when the kernel does not mark this thread's death, and `/proc` has to be asked.
        pub(super) unmarked: AtomicU64,
        /// The object whose latches the thread may hold.
        pub(super) holding: AtomicU64,
        /// Message blocks the thread owns, linked by their first words.
        pub(super) in_flight: AtomicU64,
        /// The kind of the thread's wait, 0 for none.
        pub(super) wait_kind: AtomicU64,
        /// The object it waits for.
        pub(super) wait_object: AtomicU64,
        /// When the wait began, nanoseconds of the monotonic clock.
        pub(super) wait_since: AtomicU64,
        /// When it will give up; `u64::MAX` for never.
        pub(super) wait_deadline: AtomicU64,
        /// [`CallSite`](super::CallSite) of the wait.
        pub(super) wait_site: AtomicU64,
        /// When the thread last looked and found that what it waits for has not come, if it may be called hopeless; 0 before.
        pub(super) wait_looked: AtomicU64,
        /// The thread's [`super::Role`] during the wait.
        pub(super) wait_role: AtomicU64,
        /// The object in whose [`super::WaitLine`] the thread may stand.
        pub(super) line: AtomicU64,
        /// Id of the thread behind it there.
        pub(super) next_in_line: AtomicU64,
        /// The word passed to a thread in a line when it is called; 0 while it waits there.
        pub(super) call: AtomicU64,
        /// The word it sleeps on.
        pub(super) called: AtomicU64,
        /// The object that the thread is destroying, which nobody refers to.
        pub(super) destroying: AtomicU64,
        /// [`CallSite`](super::CallSite) that the thread was at when it was last asked, and when that was.
        pub(super) place_site: AtomicU64,
        pub(super) place_since: AtomicU64,
        _rest: [AtomicU64; 6],
    }
}

const _: () = assert!(size_of::<ThreadSlot>() as u64 == ROW);

/// The calling thread, as the session knows it: what every operation on shared memory starts with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thread<'s> {
    pub(crate) segment: &'s Segment,
    pub(crate) slot: &'s ThreadSlot,
    /// Row (from 1) in the lower half, generation in the upper.
    pub(crate) id: u64,
    /// Row and generation of the process, and row of the thread, as a mutex word holds its owner; see [`owner_word`].
    pub(crate) owner: u64,
    /// Whether another CPU may change memory while this thread spins.
    pub(crate) spins: bool,
}

/// Returns the owner as a mutex writes it into its word: process row from 1 (13 bits), thread row from 1 (13 bits), process
/// generation (upper half).
pub(super) fn owner_word(process: ProcessId, thread_row: u64) -> u64 {
    u64::from(process.generation) << 32
        | (thread_row & ROW_MASK) << 13
        | u64::from(process.row.wrapping_add(1))
}

/// Returns the process and the thread row (from 0) that an owner word names.
pub(crate) fn owner_parts(word: u64) -> Option<(ProcessId, u64)> {
    let row = (word & ROW_MASK).checked_sub(1)?;
    let thread = (word >> 13 & ROW_MASK).checked_sub(1)?;
    Some((
        ProcessId {
            row: row as u32,
            generation: (word >> 32) as u32,
        },
        thread,
    ))
}

pub(super) fn slot_offset(row: u64) -> Offset {
    Offset(THREADS_START + row * ROW)
}

impl Segment {
    pub(super) fn thread_slot(&self, row: u64) -> &ThreadSlot {
        self.at(slot_offset(row))
    }

    /// Returns the row of the thread with this id; `None` for 0, which is nobody's.
    pub(super) fn row_of(&self, id: u64) -> Option<u64> {
        (id & ROW_MASK).checked_sub(1)
    }

    /// Returns the process of the thread with this id, as long as its row has not been taken by another.
    pub(crate) fn process_of_thread(&self, id: u64) -> Option<ProcessId> {
        let slot = self.thread_slot(self.row_of(id)?);
        (peek(&slot.generation) == id >> 32).then(|| ProcessId::unpack(peek(&slot.process)))
    }

    /// Returns whether the thread with this id has ended.
    #[inline]
    pub(crate) fn thread_is_dead(&self, id: u64) -> bool {
        let Some(row) = self.row_of(id) else {
            return true;
        };
        let slot = self.thread_slot(row);
        if slot.life.is_dead() || peek(&slot.generation) != id >> 32 {
            return true;
        }
        peek(&slot.unmarked) != 0 && !slot_thread_exists(slot)
    }
}

/// Asks `/proc` whether the thread that claimed a row still exists.
pub(super) fn slot_thread_exists(slot: &ThreadSlot) -> bool {
    let claim = slot.claim.load(Ordering::Acquire);
    identity::thread_exists((claim >> 32) as u32, claim as u32)
}
