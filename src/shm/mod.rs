//! Memory that survives the death of any process that uses it.
//!
//! A session is one anonymous file that every process of a family maps. From the bottom up:
//!
//! - `offset`, `layout`, `segment`: offsets in the memory, its layout, and the mapping; `shared`: the types it may hold.
//! - `journal`, `latch`: critical sections that happen as a whole or not at all, wherever their owner is killed.
//! - `header`, `block`, `arena`, `space`: limits and counters, the allocator, and what it does when memory runs out.
//! - `thread_slot`, `thread_table`, `process_id`, `process_name`, `process_entry`, `process_table`: who is there; `wait_line`,
//!   `waiting`, `part`, `role`: who waits, and as what; `census`: what tells whether waits have hope.
//! - `call_site`, `source_table`, `places`: where in a script a thread is; `tracing`: what a timeline learns.
//! - `object`, `reference`, `message`: shared objects, who refers to them, and messages that carry references.
//! - `session`, `children`, `handle_table`, `handle`, `outside`: the session as one process uses it.
//! - `sweep`, `destroy`: finishing what dead processes left behind, and destroying what nothing refers to.

mod arena;
mod block;
mod call_site;
mod census;
mod children;
mod destroy;
mod error;
mod handle;
mod handle_table;
mod header;
mod journal;
mod latch;
mod layout;
mod message;
mod object;
mod offset;
mod outside;
mod part;
mod places;
mod process_entry;
mod process_id;
mod process_name;
mod process_table;
mod reference;
mod role;
mod segment;
mod session;
mod shared;
mod source_table;
mod space;
mod step;
mod sweep;
#[cfg(test)]
pub(crate) mod tests;
mod thread_slot;
mod thread_table;
mod tracing;
mod wait_line;
mod waiting;

pub(crate) use crate::sys::robust::LifeWord;
#[cfg(test)]
pub(crate) use call_site::SourceLine;
pub(crate) use call_site::{CallSite, Caller, MadeAt, called_by, called_by_nobody};
pub(crate) use census::Member;
pub(crate) use children::Grant;
pub(crate) use destroy::Search;
pub(crate) use error::ShmError;
pub(crate) use handle::{Handle, Place};
pub(crate) use latch::{Latch, Latched, Patience, Predecessor, Refused};
pub(crate) use message::{message_bytes, message_length, message_objects};
pub(crate) use object::{Kind, ObjectHeader};
pub(crate) use offset::{Offset, peek, poke};
pub(crate) use part::as_part;
pub(crate) use process_entry::{Birth, ProcessInfo, ProcessState};
pub(crate) use process_id::{ExitKind, Leaver, ProcessId};
pub(crate) use process_name::ProcessName;
pub(crate) use role::Role;
pub(crate) use segment::{Segment, futex_half};
pub(crate) use session::{KindOperations, Kinds, Session, SessionOptions};
pub(crate) use shared::{Shared, shared_struct};
#[cfg(test)]
pub(crate) use step::points;
pub(crate) use step::step;
pub(crate) use thread_slot::{Thread, owner_parts};
pub(crate) use wait_line::{Sleepers, WaitLine};
pub(crate) use waiting::{ThreadInfo, Wait, WaitNote};
