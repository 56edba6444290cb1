//! Tests of the room, by subject.

mod display;
mod editors;
mod pages;
