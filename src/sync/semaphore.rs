//! The semaphore: a number of permits, whose holders are known as long as that is possible.
//!
//! Python's semaphore has two uses. As a pool of permits, whoever acquires one releases it later: a permit has an owner, the process
//! that acquired it. As a counter of signals, one process releases what another acquires, and an acquired permit is nobody's.
//! At the beginning nothing distinguishes the two, so:
//!
//! - As long as every release came from a process that held a permit, permits have owners. When the owner is killed, or fails (an
//!   error nobody caught, an exit code other than 0), its permits are given back.
//! - An owner that comes to its end in order has used its permits up, as in Python: nothing has gone wrong, and a script may count on
//!   it.
//! - From the first release by a process that holds none, the semaphore is a counter of signals: its permits have no owner and are
//!   never given back. One created with the value 0 is a counter from the beginning.
//!
//! A process's permits are its stake in the object (see `shm/reference.rs`), counted in the transaction that counts the value.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::event_word::EventWord;
use super::failure::{ReleaseError, WaitError};
use super::hold::{hold, hold_with, patience};
use super::kind;
use super::wait::{wait_kind, wait_until};
use crate::shm::{
    ExitKind, Handle, Latch, Leaver, ObjectHeader, Offset, Segment, Session, ShmError, Thread,
    peek, poke, shared_struct, step,
};
use crate::sys::clock::Deadline;

shared_struct! {
    struct SemaphoreObject {
        header: ObjectHeader,
        latch: Latch,
        value: AtomicU64,
        /// The most permits there may be; [`UNBOUNDED`] for a semaphore that is not bounded.
        maximum: AtomicU64,
        /// Sticky: permits have no owner.
        signals: AtomicU64,
        available: EventWord,
    }
}

/// More permits than anybody counts.
const UNBOUNDED: u64 = i64::MAX as u64;

/// Returns how many permits the semaphore at an offset has left.
pub(super) fn value_at(segment: &Segment, semaphore: Offset) -> Option<u64> {
    let object: &SemaphoreObject = segment.get(semaphore)?;
    Some(peek(&object.value))
}

/// A semaphore between processes. Clones are the same semaphore.
#[derive(Clone, Debug)]
pub(crate) struct Semaphore(Arc<Handle>);

impl Semaphore {
    /// Creates a new semaphore with that many permits, which may become more.
    pub(crate) fn create(session: &Session, value: u64) -> Result<Semaphore, ShmError> {
        Semaphore::create_with(session, value, UNBOUNDED)
    }

    /// Creates a new semaphore with that many permits, never more.
    pub(crate) fn create_bounded(session: &Session, value: u64) -> Result<Semaphore, ShmError> {
        Semaphore::create_with(session, value, value)
    }

    fn create_with(session: &Session, value: u64, maximum: u64) -> Result<Semaphore, ShmError> {
        let size = size_of::<SemaphoreObject>() as u64;
        let handle = Handle::create(session, kind::SEMAPHORE, size)?;
        let semaphore = Semaphore(Arc::new(handle));
        // Nobody else knows the semaphore yet.
        let object = semaphore.object();
        poke(&object.value, value);
        poke(&object.maximum, maximum);
        poke(&object.signals, u64::from(value == 0));
        Ok(semaphore)
    }

    /// Returns the semaphore at an offset received from another process. Any other offset is an error.
    pub(crate) fn open(session: &Session, offset: Offset) -> Result<Semaphore, ShmError> {
        let handle = Handle::open(session, offset, kind::SEMAPHORE)?;
        Ok(Semaphore(Arc::new(handle)))
    }

    /// This process's hold on the semaphore's existence.
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    fn session(&self) -> &Session {
        self.0.session()
    }

    fn object(&self) -> &SemaphoreObject {
        self.session().segment().at(self.0.offset())
    }

    fn latch(&self) -> (&Latch, Offset) {
        (&self.object().latch, self.0.offset())
    }

    /// Returns the number of free permits.
    pub(crate) fn value(&self) -> u64 {
        peek(&self.object().value)
    }

    /// Returns the maximum number of permits of a bounded semaphore.
    pub(crate) fn maximum(&self) -> Option<u64> {
        Some(peek(&self.object().maximum)).filter(|maximum| *maximum != UNBOUNDED)
    }

    /// Returns whether permits have owners, so that those of a process that is killed or fails are given back.
    pub(crate) fn has_owners(&self) -> bool {
        peek(&self.object().signals) == 0
    }

    /// Takes a permit, waiting for one until `deadline`.
    pub(crate) fn acquire(&self, deadline: Deadline) -> Result<(), WaitError> {
        let thread = self.session().thread()?;
        if self.take(thread, deadline)? {
            return Ok(());
        }
        // The permits of the dead come first: their end may have escaped everybody so far.
        self.session().sweep_the_dead(thread);
        loop {
            let object = self.object();
            let what = (wait_kind::PERMIT, self.0.offset());
            let ready = || peek(&object.value) > 0;
            wait_until(
                self.session(),
                thread,
                what,
                &object.available,
                deadline,
                ready,
            )?;
            if self.take(thread, deadline)? {
                return Ok(());
            }
        }
    }

    /// Takes a permit if there is one.
    fn take(&self, thread: Thread<'_>, deadline: Deadline) -> Result<bool, WaitError> {
        let object = self.object();
        if peek(&object.value) == 0 {
            return Ok(false);
        }
        let stake = self.0.stake();
        let latched = hold_with(self.latch(), thread, patience(self.session(), deadline))?;
        let value = peek(&object.value);
        if value == 0 {
            return Ok(false);
        }
        latched.set(&object.value, value - 1);
        if let Some(stake) = stake.filter(|_| self.has_owners()) {
            latched.set(stake, peek(stake) + 1);
        }
        latched.commit();
        Ok(true)
    }

    /// Gives permits back, the process's own first; more than those make the semaphore a counter of signals.
    pub(crate) fn release(&self, permits: u64) -> Result<(), ReleaseError> {
        let thread = self.session().thread()?;
        let object = self.object();
        let stake = self.0.stake();
        let latched = hold(self.latch(), thread);
        let value = peek(&object.value).saturating_add(permits);
        if value > peek(&object.maximum) {
            return Err(ReleaseError::TooMany);
        }
        let own = stake.map_or(0, |stake| peek(stake).min(permits));
        if let Some(stake) = stake.filter(|_| own > 0) {
            latched.set(stake, peek(stake) - own);
        }
        if own < permits && self.has_owners() {
            latched.set(&object.signals, 1);
        }
        latched.set(&object.value, value);
        latched.commit();
        drop(latched);
        step();
        object.available.notify(sleepers(permits));
        step();
        Ok(())
    }
}

/// Returns whether the permits of the semaphore at an offset have owners.
pub(super) fn has_owners_at(segment: &Segment, semaphore: Offset) -> bool {
    let object: &SemaphoreObject = segment.at(semaphore);
    peek(&object.signals) == 0
}

/// As many sleepers as there are permits for.
fn sleepers(permits: u64) -> u32 {
    u32::try_from(permits).unwrap_or(u32::MAX)
}

/// Finishes what a dead thread may have left half done, and wakes those that may wait for it.
pub(super) fn settle(session: &Session, thread: Thread<'_>, semaphore: Offset) {
    let object: &SemaphoreObject = session.segment().at(semaphore);
    drop(hold((&object.latch, semaphore), thread));
    object.available.notify(u32::MAX);
}

/// Gives back the permits of a process that was killed or failed, if permits have owners.
pub(super) fn forfeit(
    session: &Session,
    thread: Thread<'_>,
    semaphore: Offset,
    stake: &AtomicU64,
    leaver: Leaver,
) {
    let object: &SemaphoreObject = session.segment().at(semaphore);
    let latched = hold((&object.latch, semaphore), thread);
    let permits = peek(stake);
    if permits == 0 {
        // What took them had been left half done.
        return;
    }
    if leaver.exit != ExitKind::Finished && peek(&object.signals) == 0 {
        latched.set(&object.value, peek(&object.value) + permits);
    }
    latched.set(stake, 0);
    latched.commit();
    drop(latched);
    step();
    object.available.notify(sleepers(permits));
}
