//! Memory that survives the death of any process that uses it.
//!
//! A session is one anonymous file mapped by every process of a family. `segment` maps it, `layout` says what lies where; `latch` and
//! `journal` make a critical section that either happened or did not, wherever its owner is killed; `arena` hands out blocks; `object`
//! and `reference` count who uses what; `thread_slot` and `process_table` record who is there, `wait_line` in which order they wait;
//! `sweep` finishes what the dead left.
// What tells about a session (its processes, waits, memory) is read by tests so far.
#![allow(dead_code, unused_imports)]

mod arena;
mod block;
mod error;
mod handle;
mod journal;
mod latch;
mod layout;
mod message;
mod object;
mod outside;
mod process_table;
mod reference;
mod segment;
mod session;
mod shared;
mod step;
mod sweep;
#[cfg(test)]
pub(crate) mod tests;
mod thread_slot;
mod wait_line;
mod waiting;

pub(crate) use crate::sys::robust::LifeWord;
pub(crate) use error::ShmError;
pub(crate) use handle::{Handle, Place};
pub(crate) use latch::{Latch, Latched, Patience, Predecessor, Refused};
pub(crate) use layout::{Offset, peek, poke};
pub(crate) use message::{message_bytes, message_length, message_objects};
pub(crate) use object::{Kind, ObjectHeader};
pub(crate) use process_table::{Birth, ProcessId, ProcessInfo, ProcessState};
pub(crate) use reference::{Farewell, Leaver};
pub(crate) use segment::{Segment, futex_half};
pub(crate) use session::{KindOperations, Kinds, MemoryUse, Session, SessionOptions, SignalHook};
pub(crate) use shared::{Shared, shared_struct};
#[cfg(test)]
pub(crate) use step::points;
pub(crate) use step::step;
pub(crate) use thread_slot::{Thread, owner_parts};
pub(crate) use wait_line::{Sleepers, WaitLine};
pub(crate) use waiting::{ThreadInfo, Wait};
