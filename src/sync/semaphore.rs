//! The semaphore: a number of permits, whose holders are known as long as that is possible.
//!
//! Python's semaphore has two uses. As a pool of permits, whoever acquires one releases it later: a permit has an owner, the process
//! that acquired it, and when that process ends, however it ends, its permits are given back. As a counter of signals, one process
//! releases what another acquires, and an acquired permit is nobody's. Nothing tells the two apart at the beginning, so:
//!
//! - As long as every release came from a process that held a permit, permits have owners.
//! - From the first release by a process that holds none, the semaphore is a counter of signals: its permits have no owner and are
//!   never given back. One created with the value 0 is a counter from the beginning.
//!
//! A process's permits are its stake in the object (see `shm/reference.rs`), counted in the transaction that counts the value.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::event_word::EventWord;
use super::failure::WaitError;
use super::kinds::kind;
use super::wait::{patience, wait_for_a_survivor, wait_kind};
use crate::shm::{
    Handle, Latch, Latched, Leaver, ObjectHeader, Offset, Patience, Predecessor, Refused, Session,
    ShmError, Thread, peek, poke, shared_struct, step,
};
use crate::sys::clock::Deadline;

/// No permit more than this at a time.
const NO_MAXIMUM: u64 = 0;

shared_struct! {
    struct SemaphoreObject {
        header: ObjectHeader,
        latch: Latch,
        value: AtomicU64,
        /// The most permits there may be, plus one; [`NO_MAXIMUM`] when it is not bounded.
        bound: AtomicU64,
        /// Sticky: permits have no owner.
        signals: AtomicU64,
        available: EventWord,
    }
}

/// A semaphore between processes. Clones are the same semaphore.
#[derive(Clone, Debug)]
pub(crate) struct Semaphore(Arc<Handle>);

/// A release beyond the maximum of a bounded semaphore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OverRelease;

/// Why permits were not released.
#[derive(Debug)]
pub(crate) enum ReleaseError {
    /// There would be more than a bounded semaphore began with.
    TooMany,
    /// The session could not serve the operation.
    Session(ShmError),
}

impl From<ShmError> for ReleaseError {
    fn from(error: ShmError) -> ReleaseError {
        ReleaseError::Session(error)
    }
}
