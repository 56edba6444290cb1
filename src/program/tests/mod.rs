//! Tests of the room, by subject.

mod calls;
mod compiling;
mod diagnostics;
