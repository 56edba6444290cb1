//! Tests of the room, by subject.

mod complete;
mod display;
mod editors;
mod pages;
