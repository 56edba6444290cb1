//! Queues on a server. An item is handed out at least once, and put exactly once.
//!
//! - [`chair`]: a thread's use of a queue; [`put`], [`outbox`]: items that go in; [`get`]: items that come out; [`look`]: what is in it.
//!
//! The parts of a queue on the server: the streams `s` of items and `b` of items that came back, whose group `g` knows who has what in
//! hand; `d`, the dead letters; `c`, its settings and the number of its unfinished items; `m` and `i`, its members; `p:MEMBER`, the number
//! of a member's last put; `w`, the sweeper; `r`, the bell for those who wait for room; `e`, the word that `join` sleeps on.

mod chair;
mod get;
mod look;
mod outbox;
mod put;

pub(crate) use chair::{Chair, Terms};
pub(crate) use look::Look;

/// What the settings of a queue call it.
pub(in crate::remote) const KIND: &str = "queue";
