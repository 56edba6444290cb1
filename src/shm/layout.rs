//! What lies where in a session's memory.
//!
//! ```text
//! 0        header: limits, arena state, counters
//! 64 KiB   thread slots    4096 x 256 B, memory behind them added in steps
//! 2 MiB    process entries 4096 x 256 B, likewise
//! 4 MiB    arena: blocks, up to `top`; memory behind them up to `backed_end`, except for blocks on a `bare` list
//! ```

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use super::block::CLASSES;
use super::latch::Latch;
use super::shared::shared_struct;
use crate::sys::robust::LifeWord;

/// A place in the session's memory, the same for every process of the session; it is what a handle sends to another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Offset(pub(crate) u64);

impl Offset {
    /// No place: the header lies there, which nobody refers to.
    pub(crate) const NONE: Offset = Offset(0);

    /// Whether this is [`Offset::NONE`].
    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The place `bytes` further on.
    pub(crate) fn plus(self, bytes: u64) -> Offset {
        Offset(self.0.wrapping_add(bytes))
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// First word of every session; changes with the layout.
pub(super) const MAGIC: u64 = u64::from_le_bytes(*b"procscr1");

/// Threads that may use the session at the same time.
pub(super) const MAX_THREADS: u64 = 4096;
/// Processes that may be in the session at the same time.
pub(super) const MAX_PROCESSES: u64 = 4096;
/// Table rows that get memory at a time.
pub(super) const TABLE_STEP: u64 = 64;

pub(super) const ROW: u64 = 256;
pub(super) const HEADER_BACKED: u64 = 8 << 10;
pub(super) const THREADS_START: u64 = 64 << 10;
pub(super) const PROCESSES_START: u64 = 2 << 20;
pub(super) const ARENA_START: u64 = 4 << 20;

const _: () = {
    assert!(size_of::<Header>() as u64 <= HEADER_BACKED);
    assert!(size_of::<ThreadSlot>() as u64 == ROW);
    assert!(size_of::<ProcessEntry>() as u64 == ROW);
    assert!(THREADS_START + MAX_THREADS * ROW <= PROCESSES_START);
    assert!(PROCESSES_START + MAX_PROCESSES * ROW <= ARENA_START);
};

shared_struct! {
    /// The beginning of the session's memory.
    pub(super) struct Header {
        pub(super) magic: AtomicU64,
        /// Random, part of every object's tag.
        pub(super) nonce: AtomicU64,
        /// Address space every process maps.
        pub(super) reserve: AtomicU64,
        /// Bytes of memory the session may have behind it.
        pub(super) quota: AtomicU64,
        /// Free bytes that are kept with their memory; beyond it, memory of freed blocks goes back to the system.
        pub(super) watermark: AtomicU64,
        /// Rows of the thread table that have memory.
        pub(super) thread_rows: AtomicU64,
        /// Rows of the process table that have memory.
        pub(super) process_rows: AtomicU64,
        /// Where the search for a free process entry starts, so that an entry keeps its past as long as possible.
        pub(super) next_process: AtomicU64,
        /// Held by whoever cleans up after the dead.
        pub(super) janitor: Latch,
        /// Objects nobody refers to any more, linked by their headers.
        pub(super) doomed: AtomicU64,
        /// The object that the janitor is taking apart.
        pub(super) dying: AtomicU64,
        /// Times a wait found by its heartbeat alone what somebody should have woken it for.
        pub(super) heals: AtomicU64,
        /// Critical sections taken over from a dead owner.
        pub(super) recoveries: AtomicU64,
        /// Stores undone in them.
        pub(super) undone: AtomicU64,
        pub(super) arena: ArenaState,
    }

    /// The allocator's books, changed under its latch only.
    pub(super) struct ArenaState {
        pub(super) latch: Latch,
        /// Bytes of memory behind the whole session.
        pub(super) committed: AtomicU64,
        /// End of the blocks made so far.
        pub(super) top: AtomicU64,
        /// End of the memory behind the arena, but for bare blocks.
        pub(super) backed_end: AtomicU64,
        /// Bytes in free blocks that have their memory.
        pub(super) ready_bytes: AtomicU64,
        pub(super) live_blocks: AtomicU64,
        pub(super) live_bytes: AtomicU64,
        /// The bare block that is being given memory.
        pub(super) filling: AtomicU64,
        /// Free blocks with memory, one list per size class.
        pub(super) ready: [AtomicU64; CLASSES],
        /// Free blocks without memory (address space only), one list per size class.
        pub(super) bare: [AtomicU64; CLASSES],
    }

    /// What the session knows about one thread.
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
        /// What kind of wait the thread is in, 0 for none.
        pub(super) wait_kind: AtomicU64,
        /// The object it waits for.
        pub(super) wait_object: AtomicU64,
        /// When the wait began, nanoseconds of the monotonic clock.
        pub(super) wait_since: AtomicU64,
        /// When it will give up; `u64::MAX` for never.
        pub(super) wait_deadline: AtomicU64,
        /// The object in whose [`super::WaitLine`] the thread may stand.
        pub(super) line: AtomicU64,
        /// Id of the thread behind it there.
        pub(super) next_in_line: AtomicU64,
        /// What the thread that stands in a line is told when it is called; 0 while it stands there.
        pub(super) call: AtomicU64,
        /// The word it sleeps on.
        pub(super) called: AtomicU64,
        _rest: [AtomicU64; 12],
    }

    /// What the session knows about one process.
    pub(super) struct ProcessEntry {
        pub(super) state: AtomicU64,
        /// Counts the entry's owners: with the index it names a process for good.
        pub(super) generation: AtomicU64,
        pub(super) pid: AtomicU64,
        /// Clock ticks since boot; with the pid it names a process of the system for good.
        pub(super) start_time: AtomicU64,
        /// The process that reserved the entry.
        pub(super) parent: AtomicU64,
        /// The thread whose life word stands for the process; 0 when it left and no other has stepped in.
        pub(super) main_thread: AtomicU64,
        pub(super) daemon: AtomicU64,
        /// First of the reference nodes the process holds.
        pub(super) references: AtomicU64,
        /// Block with the call carried to a spawned process.
        pub(super) payload: AtomicU64,
        /// Block with what the process left for its parent.
        pub(super) report: AtomicU64,
        pub(super) name_length: AtomicU64,
        pub(super) name: [AtomicU64; NAME_WORDS],
        _rest: [AtomicU64; 13],
    }
}

pub(super) const NAME_WORDS: usize = 8;

/// A plain load, for words whose order is given by a latch or does not matter.
#[inline(always)]
pub(crate) fn peek(word: &AtomicU64) -> u64 {
    word.load(Ordering::Relaxed)
}

/// A plain store, for words whose order is given by a latch or does not matter.
#[inline(always)]
pub(crate) fn poke(word: &AtomicU64, value: u64) {
    word.store(value, Ordering::Relaxed);
}
