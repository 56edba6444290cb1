//! What a session counts, as tests read it.

use crate::shm::{Session, peek};

/// How much memory a session uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MemoryUse {
    /// Bytes it may use.
    pub(crate) quota: u64,
    /// Bytes it has taken from the system.
    pub(crate) committed: u64,
    /// Bytes in blocks that are in use.
    pub(crate) live_bytes: u64,
    /// Number of blocks in use.
    pub(crate) live_blocks: u64,
}

impl Session {
    /// How much memory the session uses now.
    pub(crate) fn memory(&self) -> MemoryUse {
        let header = self.segment().header();
        MemoryUse {
            quota: peek(&header.quota),
            committed: peek(&header.arena.committed),
            live_bytes: peek(&header.arena.live_bytes),
            live_blocks: peek(&header.arena.live_blocks),
        }
    }

    /// How often a wait found by its heartbeat alone what it should have been woken for: a wake-up was lost, with a process that
    /// was killed. Zero where nobody was.
    pub(crate) fn heals(&self) -> u64 {
        peek(&self.segment().header().heals)
    }

    /// How many critical sections were taken over from a dead owner.
    pub(crate) fn recoveries(&self) -> u64 {
        peek(&self.segment().header().recoveries)
    }
}
