//! Tests of the room, by subject.

mod complete;
mod pages;
