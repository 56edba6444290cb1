//! Typed code, written by hand, compiled and run.

mod calling;
mod lists;
mod loops;
mod making;
mod memory;
mod numbers;
mod outside;
mod support;
