//! The layout of a session's memory.
//!
//! ```text
//! 0        header: limits, arena state, counters
//! 8 KiB    names of source files    128 x 256 B, memory behind them when the first is written
//! 64 KiB   thread slots    4096 x 256 B, memory behind them added in steps
//! 2 MiB    process entries 4096 x 256 B, likewise
//! 4 MiB    arena: blocks, up to `top`; memory behind them up to `backed_end`, except for blocks on a `bare` list
//! ```

/// Threads that may use the session at the same time.
pub(super) const MAX_THREADS: u64 = 4096;
/// Processes that may be in the session at the same time.
pub(super) const MAX_PROCESSES: u64 = 4096;
/// Table rows that get memory at a time.
pub(super) const TABLE_STEP: u64 = 64;

/// Bytes of a table row.
pub(super) const ROW: u64 = 256;
/// Bytes of memory behind the header.
pub(super) const HEADER_BACKED: u64 = 8 << 10;
/// Names of source files that a session can hold.
pub(super) const SOURCE_ROWS: u64 = 128;
pub(super) const SOURCES_START: u64 = HEADER_BACKED;
/// Bytes of memory before the thread table, once the first name is written.
pub(super) const BEFORE_TABLES: u64 = HEADER_BACKED + SOURCE_ROWS * ROW;
pub(super) const THREADS_START: u64 = 64 << 10;
pub(super) const PROCESSES_START: u64 = 2 << 20;
pub(super) const ARENA_START: u64 = 4 << 20;

const _: () = {
    assert!(SOURCES_START + SOURCE_ROWS * ROW <= THREADS_START);
    assert!(THREADS_START + MAX_THREADS * ROW <= PROCESSES_START);
    assert!(PROCESSES_START + MAX_PROCESSES * ROW <= ARENA_START);
};
