//! The reentrant lock: a [`Mutex`] that its holding thread may acquire again.
//!
//! Depth and holder are words that only the holder writes; when it dies they mean nothing any more, and the next holder starts over.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::failure::WaitError;
use super::kind;
use super::mutex::{Acquired, Mutex};
use super::mutex_object::{MutexObject, Owner};
use crate::shm::{Handle, Offset, Session, ShmError, peek, poke, shared_struct, step};
use crate::sys::clock::Deadline;

shared_struct! {
    struct ReentrantObject {
        mutex: MutexObject,
        /// [`crate::shm::Thread::id`] of the holding thread, 0 for none.
        holder: AtomicU64,
        /// How often it has acquired without releasing.
        depth: AtomicU64,
    }
}

/// A release by a thread that does not hold the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotHolder;

/// A lock between processes that its holder may acquire again. Clones are the same lock.
#[derive(Clone, Debug)]
pub(crate) struct ReentrantMutex(Mutex);

impl ReentrantMutex {
    /// Creates a new lock, free.
    pub(crate) fn create(session: &Session) -> Result<ReentrantMutex, ShmError> {
        let size = size_of::<ReentrantObject>() as u64;
        let handle = Handle::create(session, kind::REENTRANT_MUTEX, size)?;
        Ok(ReentrantMutex(Mutex::over(Arc::new(handle))))
    }

    /// Returns the lock at an offset received from another process. Any other offset is an error.
    pub(crate) fn open(session: &Session, offset: Offset) -> Result<ReentrantMutex, ShmError> {
        let handle = Handle::open(session, offset, kind::REENTRANT_MUTEX)?;
        Ok(ReentrantMutex(Mutex::over(Arc::new(handle))))
    }

    /// This process's hold on the lock's existence.
    pub(crate) fn handle(&self) -> &Handle {
        self.0.handle()
    }

    /// The lock below, which knows nothing of depth.
    pub(super) fn mutex(&self) -> &Mutex {
        &self.0
    }

    fn object(&self) -> &ReentrantObject {
        let handle = self.handle();
        handle.session().segment().at(handle.offset())
    }

    /// Returns whether the calling thread holds the lock.
    pub(crate) fn is_mine(&self) -> bool {
        let thread = self.handle().session().thread();
        thread.is_ok_and(|thread| {
            // The mutex first: a dead holder's words mean nothing once another has taken over.
            self.0.is_of(thread) && peek(&self.object().holder) == thread.id
        })
    }

    /// Acquires the lock, at once if the calling thread holds it, otherwise waiting until `deadline`.
    pub(crate) fn acquire(&self, deadline: Deadline) -> Result<Acquired, WaitError> {
        let object = self.object();
        if self.is_mine() {
            poke(&object.depth, peek(&object.depth) + 1);
            step();
            return Ok(Acquired::Free);
        }
        let acquired = self.0.acquire(deadline)?;
        self.begin(1)?;
        Ok(acquired)
    }

    /// Notes how often the calling thread, which has acquired the mutex, holds the lock.
    fn begin(&self, depth: u64) -> Result<(), WaitError> {
        let object = self.object();
        poke(&object.depth, depth);
        step();
        poke(&object.holder, self.handle().session().thread()?.id);
        step();
        Ok(())
    }

    /// Takes one acquisition back; the last one frees the lock.
    pub(crate) fn release(&self) -> Result<(), NotHolder> {
        if !self.is_mine() {
            return Err(NotHolder);
        }
        let object = self.object();
        let depth = peek(&object.depth);
        if depth > 1 {
            poke(&object.depth, depth - 1);
            return Ok(());
        }
        self.release_all().map(|_| ())
    }

    /// Frees the lock whatever its depth, which [`ReentrantMutex::acquire_to`] restores.
    pub(crate) fn release_all(&self) -> Result<u64, NotHolder> {
        if !self.is_mine() {
            return Err(NotHolder);
        }
        let object = self.object();
        let depth = peek(&object.depth);
        poke(&object.depth, 0);
        step();
        poke(&object.holder, 0);
        step();
        self.0.release().map_err(|_| NotHolder)?;
        Ok(depth)
    }

    /// Acquires the lock to a depth that [`ReentrantMutex::release_all`] gave, waiting until `deadline`.
    pub(crate) fn acquire_to(&self, depth: u64, deadline: Deadline) -> Result<Acquired, WaitError> {
        let acquired = self.0.acquire(deadline)?;
        self.begin(depth)?;
        Ok(acquired)
    }

    /// Returns how often its holder has acquired the lock; 0 when it is free.
    pub(crate) fn depth(&self) -> u64 {
        if self.0.is_locked() {
            peek(&self.object().depth)
        } else {
            0
        }
    }

    /// Who holds the lock.
    pub(crate) fn owner(&self) -> Option<Owner> {
        self.0.owner()
    }

    /// Returns whether somebody holds the lock, dead or alive.
    pub(crate) fn is_locked(&self) -> bool {
        self.0.is_locked()
    }

    /// Returns whether a holder has died, as [`Mutex::abandoned`].
    pub(crate) fn abandoned(&self) -> bool {
        self.0.abandoned()
    }

    /// Sets or takes back [`ReentrantMutex::abandoned`].
    pub(crate) fn set_abandoned(&self, abandoned: bool) {
        self.0.set_abandoned(abandoned);
    }
}
