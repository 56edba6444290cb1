//! Settings that only tests change.

use crate::shm::{Session, peek, poke};

/// Free bytes that keep their memory.
pub(crate) fn set_watermark(session: &Session, bytes: u64) {
    poke(&session.segment().header().watermark, bytes);
}

/// Let the session use no more than it has now, and this.
pub(crate) fn leave_room_for(session: &Session, bytes: u64) {
    let header = session.segment().header();
    poke(&header.quota, peek(&header.arena.committed) + bytes);
}

/// Whether nobody is inside the allocator.
pub(crate) fn arena_is_free(session: &Session) -> bool {
    session.segment().header().arena.latch.is_free()
}

/// Rows of the process table that have memory.
pub(crate) fn process_rows(session: &Session) -> u64 {
    session.segment().process_rows()
}
