//! The header of a session's memory: limits, counters and the allocator's state. It is written when the session is made.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

use super::block::CLASSES;
use super::error::ShmError;
use super::latch::Latch;
use super::layout::{
    ARENA_START, BEFORE_TABLES, HEADER_BACKED, PROCESSES_START, ROW, TABLE_STEP, THREADS_START,
};
use super::offset::{Offset, poke};
use super::segment::Segment;
use super::shared::shared_struct;
use crate::sys::memory;

/// First word of every session; its last byte, the version, changes with the layout.
pub(super) const MAGIC: u64 = u64::from_le_bytes(*b"procscr4");
/// Where the version is.
const VERSION_SHIFT: u32 = 56;

const _: () = assert!(size_of::<Header>() as u64 <= HEADER_BACKED);

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
        /// Held by the thread that sweeps.
        pub(super) sweeper: Latch,
        /// Objects that nothing refers to any more, linked by their headers.
        pub(super) unreferenced: AtomicU64,
        /// How often a wait found at its heartbeat that a wake-up was lost.
        pub(super) heals: AtomicU64,
        /// Critical sections taken over from a dead owner.
        pub(super) recoveries: AtomicU64,
        /// Stores undone in them.
        pub(super) undone: AtomicU64,
        /// When a member of the family last printed what all of them do.
        pub(super) dumped_at: AtomicU64,
        /// How often a process has lost a reference, a thread or its life.
        pub(super) losses: AtomicU64,
        /// The number of the loss when a process last ended.
        pub(super) last_end: AtomicU64,
        /// The process that was the last to fail or to be killed, packed; 0 for none.
        pub(super) last_to_fail: AtomicU64,
        /// When the waits of the family were last judged, nanoseconds of the monotonic clock.
        pub(super) judged_at: AtomicU64,
        /// The thread that the last judge found should raise, 0 for none.
        pub(super) suspect: AtomicU64,
        /// How many hopeless waits have raised.
        pub(super) raised: AtomicU64,
        /// 1 once the wait of the first process at its exit was found hopeless.
        pub(super) stuck_at_exit: AtomicU64,
        pub(super) arena: ArenaState,
    }

    /// The allocator's books, changed under its latch only.
    pub(super) struct ArenaState {
        pub(super) latch: Latch,
        /// Bytes of memory behind the whole session.
        pub(super) committed: AtomicU64,
        /// End of the blocks made so far.
        pub(super) top: AtomicU64,
        /// End of the memory behind the arena, except for bare blocks.
        pub(super) backed_end: AtomicU64,
        /// Bytes in free blocks that have their memory.
        pub(super) ready_bytes: AtomicU64,
        pub(super) live_blocks: AtomicU64,
        pub(super) live_bytes: AtomicU64,
        /// The bare block that is being given memory.
        pub(super) filling: AtomicU64,
        /// 1 when blocks were freed or cut since free neighbours were joined.
        pub(super) joinable: AtomicU64,
        /// 1 while free neighbours are being joined: the free lists are not valid.
        pub(super) joining: AtomicU64,
        /// Free blocks with memory, one list per size class.
        pub(super) ready: [AtomicU64; CLASSES],
        /// Free blocks without memory (address space only), one list per size class.
        pub(super) bare: [AtomicU64; CLASSES],
    }
}

impl Segment {
    /// Fresh memory that may grow to `quota` bytes.
    pub(super) fn create(name: &str, quota: u64, nonce: u64) -> Result<Segment, ShmError> {
        let fd = memory::create_anonymous_file(name)
            .map_err(ShmError::system("create shared memory"))?;
        let segment = Segment::map(fd, "reserve address space for shared memory")?;
        let rows = TABLE_STEP * ROW;
        for (start, length) in [
            (0, HEADER_BACKED),
            (THREADS_START, rows),
            (PROCESSES_START, rows),
        ] {
            segment
                .back(start, length)
                .map_err(ShmError::system("allocate shared memory"))?;
        }
        let header = segment.header();
        poke(&header.nonce, nonce);
        poke(&header.reserve, segment.length());
        poke(&header.quota, quota);
        poke(&header.watermark, (quota / 16).max(16 << 20));
        poke(&header.thread_rows, TABLE_STEP);
        poke(&header.process_rows, TABLE_STEP);
        poke(&header.arena.committed, BEFORE_TABLES + 2 * rows);
        poke(&header.arena.top, ARENA_START);
        poke(&header.arena.backed_end, ARENA_START);
        header.magic.store(MAGIC, Ordering::Release);
        Ok(segment)
    }

    /// Returns the memory of an existing session.
    pub(super) fn attach(fd: OwnedFd) -> Result<Segment, ShmError> {
        let length = memory::file_length(fd.as_fd()).map_err(|_| ShmError::NotASession)?;
        if length < PROCESSES_START {
            return Err(ShmError::NotASession);
        }
        let segment = Segment::map(fd, "map the session's shared memory")?;
        let header = segment.header();
        if header.magic.load(Ordering::Acquire) != MAGIC {
            return Err(ShmError::NotASession);
        }
        if segment.length() < header.reserve.load(Ordering::Relaxed) {
            let error = io::Error::from(io::ErrorKind::OutOfMemory);
            return Err(ShmError::system(
                "reserve as much address space as the session needs",
            )(error));
        }
        Ok(segment)
    }

    /// Returns the memory of an existing session, to be read only: whatever is written to it is a fault.
    ///
    /// # Errors
    /// The file is no session, or one with another layout.
    pub(crate) fn look(fd: OwnedFd) -> Result<Segment, ShmError> {
        if !memory::cannot_shrink(fd.as_fd()) {
            return Err(ShmError::NotASession);
        }
        let length = memory::file_length(fd.as_fd()).map_err(|_| ShmError::NotASession)?;
        if length < PROCESSES_START {
            return Err(ShmError::NotASession);
        }
        let segment = Segment::map_as_it_is(fd)?;
        let magic = segment.header().magic.load(Ordering::Acquire);
        if magic == MAGIC {
            return Ok(segment);
        }
        let name = |magic: u64| magic & !(u64::MAX << VERSION_SHIFT);
        Err(match name(magic) == name(MAGIC) {
            true => ShmError::OtherVersion,
            false => ShmError::NotASession,
        })
    }

    #[inline(always)]
    pub(super) fn header(&self) -> &Header {
        self.at(Offset::NONE)
    }

    /// End of the address space.
    pub(super) fn limit(&self) -> u64 {
        self.header().reserve.load(Ordering::Relaxed)
    }
}
