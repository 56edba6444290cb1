//! Compiled code at work: the only unsafe code of `native`.
//!
//! - `values`: what goes in and comes out, and what code asks of the world
//! - `entry`: entering code; `row`: entering a function many times
//! - `memory`: where it lies
//! - `context`: what it shares with the functions that it calls, which are `libcalls`
//! - `header`: one list as it has it, `items`: as Rust has it; `lists`: all of them; `random`: what it draws
//! - `journal`: what makes giving up leave no trace in lists
#![allow(unsafe_code)]

mod context;
mod entry;
mod header;
mod items;
mod journal;
mod libcalls;
mod lists;
mod memory;
mod random;
mod row;
mod values;

pub(super) use context::Context;
pub(crate) use entry::Entry;
pub(super) use entry::{DONE, GAVE_UP, Kind, RETURNED, Shape};
pub(super) use header::Header;
pub(super) use journal::{Change, Journal};
pub(super) use libcalls::Helper;
pub(super) use lists::{BITS, MOST, number_of};
pub(super) use memory::Memory;
pub(super) use random::Words;
pub(crate) use row::Row;
pub(crate) use values::{Exit, List, Outside, Progress, Value};
