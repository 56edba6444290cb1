//! Tests of the room, by subject.

mod dialects;
mod reports;
