//! Typed code, written by hand, compiled and run.

mod calling;
mod support;
