//! Tests of the room, by subject.

mod complete;
mod editors;
mod pages;
