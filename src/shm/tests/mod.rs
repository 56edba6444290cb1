//! Tests of the room, by subject.

pub(crate) mod books;
pub(crate) mod knobs;
