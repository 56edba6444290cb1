//! Tests of the room, by subject.

mod calls;
mod diagnostics;
