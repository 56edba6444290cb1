//! Tests of the room, by subject.

mod dialects;
mod forged;
mod reports;
