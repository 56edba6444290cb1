//! Tests of the room, by subject.

pub(crate) mod books;
mod counters;
pub(crate) mod knobs;
