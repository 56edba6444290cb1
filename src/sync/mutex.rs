//! The user-visible lock: owned by a process, released by anyone, taken over when its owner dies.
//!
//! The word names the owner; nothing is linked through it, so that any process may release. When the owner's process ends without
//! releasing, the next acquirer takes it over and learns of it. A thread that ends does not give its lock up, as in Python.
//!
//! Releases by others and deaths mix badly: after a takeover, a late `release` that was meant for the dead owner's hold would free
//! the new owner's. The rule: a hold that was taken over can be released only by the process that took it over.

use std::sync::atomic::Ordering;

use super::failure::{NotReleased, WaitError};
use super::kind;
use super::mutex_object::{
    CALLED, FLAGS, INHERITED, MutexObject, Owner, STARVED, WAITERS, owner_of,
};
use super::spin::spin;
use super::wait::wait_kind;
use crate::shm::{
    Handle, Offset, Session, ShmError, Thread, Wait, futex_half, owner_parts, peek, poke, step,
};
use crate::sys::clock::{Deadline, now_ns};
use crate::sys::futex::{self, Wakeup};
use crate::trace;

/// Waiting longer than this without luck is starving.
const STARVING_NS: u64 = 1_000_000;

/// A lock between processes. Clones are the same lock.
#[derive(Clone, Debug)]
pub(crate) struct Mutex(std::sync::Arc<Handle>);

/// How a lock was acquired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Acquired {
    /// It was free.
    Free,
    /// Its owner had ended without releasing it; what it protects may be half changed.
    Abandoned {
        /// The dead owner's process id in the system and its name; `None` when they have been forgotten.
        by: Option<(u32, String)>,
    },
}

impl Mutex {
    /// Creates a new lock, free.
    pub(crate) fn create(session: &Session) -> Result<Mutex, ShmError> {
        let handle = Handle::create(session, kind::MUTEX, size_of::<MutexObject>() as u64)?;
        Ok(Mutex(std::sync::Arc::new(handle)))
    }

    /// Creates a new lock, free, for this crate's own purposes: whoever looks at the locks of a program is not shown this one.
    pub(crate) fn create_hidden(session: &Session) -> Result<Mutex, ShmError> {
        let mutex = Mutex::create(session)?;
        // Nobody else knows the lock yet.
        poke(&mutex.object().hidden, 1);
        Ok(mutex)
    }

    /// Returns the lock at an offset received from another process. Any other offset is an error.
    pub(crate) fn open(session: &Session, offset: Offset) -> Result<Mutex, ShmError> {
        Ok(Mutex(std::sync::Arc::new(Handle::open(
            session,
            offset,
            kind::MUTEX,
        )?)))
    }

    /// Returns the lock in an object that begins with a [`MutexObject`].
    pub(super) fn over(handle: std::sync::Arc<Handle>) -> Mutex {
        Mutex(handle)
    }

    /// This process's hold on the lock's existence.
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    /// Returns the number that a holder has left for the next ones, at first 0.
    pub(crate) fn note(&self) -> u64 {
        peek(&self.object().note)
    }

    /// Leaves a number for the next holders, which say what it means.
    pub(crate) fn set_note(&self, note: u64) {
        poke(&self.object().note, note);
        step();
    }

    fn session(&self) -> &Session {
        self.0.session()
    }

    #[inline(always)]
    fn object(&self) -> &MutexObject {
        self.session().segment().at(self.0.offset())
    }

    /// Acquires the lock, waiting until `deadline`. Not reentrant.
    #[inline]
    pub(crate) fn acquire(&self, deadline: Deadline) -> Result<Acquired, WaitError> {
        let thread = self.session().thread()?;
        let object = self.object();
        if object.exchange(0, thread.owner) {
            step();
            object.note_site(thread);
            thread.trace_acquired(self.0.offset());
            return Ok(Acquired::Free);
        }
        let acquired = self.contend(thread, object, deadline)?;
        thread.trace_acquired(self.0.offset());
        Ok(acquired)
    }

    #[cold]
    fn contend(
        &self,
        thread: Thread<'_>,
        object: &MutexObject,
        deadline: Deadline,
    ) -> Result<Acquired, WaitError> {
        let _traced = thread.trace_wait(wait_kind::ACQUIRE, self.0.offset());
        let _unseen = match deadline.is_now() {
            true => None,
            false => spin(thread, deadline, || object.is_open_to(false)),
        };
        let start = now_ns();
        let mut note = None;
        let mut slept = false;
        loop {
            let now = now_ns();
            let word = peek(&object.word);
            if let Some(acquired) = self.try_take(thread, object, word, slept) {
                return Ok(acquired);
            }
            if peek(&object.word) != word {
                continue;
            }
            if !deadline.is_now() && self.session().stop_requested() {
                return Err(WaitError::Interrupted);
            }
            if note.is_some() && self.session().beat(thread, now) {
                return Err(WaitError::Interrupted);
            }
            if deadline.passed(now) {
                return Err(WaitError::TimedOut);
            }
            note.get_or_insert_with(|| {
                let (kind, since_ns) = (wait_kind::ACQUIRE, start);
                thread.note_wait(Wait {
                    kind,
                    object: self.0.offset(),
                    since_ns,
                    deadline,
                })
            });
            let starving = slept && now - start > STARVING_NS && word & !FLAGS != 0;
            let marked = word | WAITERS | if starving { STARVED } else { 0 };
            if marked != word && !object.exchange(word, marked) {
                continue;
            }
            let until = deadline.or_heartbeat(now);
            let wakeup = self.sleep(object, marked, until);
            slept = true;
            if wakeup == Wakeup::TimedOut && object.is_open_to(true) && !deadline.passed(now_ns()) {
                thread.count_heal();
            }
        }
    }

    /// Takes the lock if `word` says it is free for us, or its owner is dead.
    fn try_take(
        &self,
        thread: Thread<'_>,
        object: &MutexObject,
        word: u64,
        slept: bool,
    ) -> Option<Acquired> {
        // Whoever has slept cannot know whether others still do.
        let waiters = (word & (WAITERS | CALLED)) | if slept { WAITERS } else { 0 };
        let Some((process, _)) = owner_parts(word) else {
            let taken =
                object.may_take(word, slept) && object.exchange(word, thread.owner | waiters);
            step();
            return taken.then(|| {
                object.note_site(thread);
                Acquired::Free
            });
        };
        let segment = self.session().segment();
        if !segment.process_is_dead(process) {
            return None;
        }
        let by = segment.describe(process);
        let by = by.or_else(|| object.gone_owner.recall(process));
        if !object.exchange(word, thread.owner | waiters | INHERITED) {
            return None;
        }
        step();
        object.note_site(thread);
        // The kernel wakes only one of those who sleep on a life word; they may wait for different locks.
        if let Some(life) = segment.main_life(process) {
            futex::wake(life.futex(), u32::MAX);
        }
        object.abandoned.store(1, Ordering::Release);
        step();
        Some(Acquired::Abandoned { by })
    }

    /// Sleeps until the word changes, the owner's process dies, or the time is over.
    fn sleep(&self, object: &MutexObject, word: u64, until: Deadline) -> Wakeup {
        let half = futex_half(&object.word);
        let owner = owner_parts(word);
        let life = owner.and_then(|(process, _)| self.session().segment().main_life(process));
        if let Some(life) = life {
            let Some(living) = life.prepare_wait() else {
                return Wakeup::Changed;
            };
            let wakeup = futex::wait_either((half, word as u32), (life.futex(), living), until);
            if wakeup != Wakeup::Unsupported {
                return wakeup;
            }
        }
        futex::wait(half, word as u32, until)
    }

    /// Releases the lock, whoever holds it; but one taken over from a dead owner only by the process that did so.
    #[inline]
    pub(crate) fn release(&self) -> Result<(), NotReleased> {
        let object = self.object();
        // Before the next thread can have it.
        trace::released(self.0.offset().0);
        loop {
            let word = peek(&object.word);
            if word & !FLAGS == 0 {
                return Err(NotReleased::NotHeld);
            }
            if word & FLAGS == 0 {
                if object.release_to(word, 0) {
                    step();
                    return Ok(());
                }
                continue;
            }
            if word & INHERITED != 0 && !self.is_mine(word) {
                return Err(NotReleased::Inherited);
            }
            if object.hand_on(self.session().segment(), word) {
                return Ok(());
            }
        }
    }

    /// Leaves it to the release of the lock, whoever releases it, to wake a thread that sleeps in a line and was called: it could only
    /// wait for the lock before. Returns `false` if the calling thread does not hold the lock; it has to wake the other itself then.
    pub(super) fn wake_on_release(&self, thread: Thread<'_>, called: u64) -> bool {
        let (object, segment) = (self.object(), self.session().segment());
        let earlier = object.called.swap(called, Ordering::AcqRel);
        step();
        // Called under the same hold, or by a thread that was killed at this place.
        segment.wake_called(earlier);
        loop {
            let word = peek(&object.word);
            if word & !FLAGS != thread.owner {
                // Released by another meanwhile, who has woken it if it is not there any more.
                return object.called.swap(0, Ordering::AcqRel) != called;
            }
            if object.release_to(word, word | CALLED) {
                step();
                return true;
            }
        }
    }

    /// Returns whether this thread acquired the lock and nobody has released it since.
    pub(super) fn is_of(&self, thread: Thread<'_>) -> bool {
        peek(&self.object().word) & !FLAGS == thread.owner
    }

    /// Returns whether the calling thread acquired the lock and nobody has released it since.
    pub(crate) fn is_held_here(&self) -> bool {
        self.session()
            .thread()
            .is_ok_and(|thread| self.is_of(thread))
    }

    fn is_mine(&self, word: u64) -> bool {
        owner_parts(word).is_some_and(|(process, _)| process == self.session().me())
    }

    /// Returns whether somebody holds the lock, dead or alive.
    pub(crate) fn is_locked(&self) -> bool {
        peek(&self.object().word) & !FLAGS != 0
    }

    /// Who holds the lock.
    pub(crate) fn owner(&self) -> Option<Owner> {
        owner_of(self.session().segment(), self.object())
    }

    /// Returns whether an owner has died holding the lock, ever, or since [`Mutex::set_abandoned`] took it back.
    pub(crate) fn abandoned(&self) -> bool {
        peek(&self.object().abandoned) != 0
    }

    /// Sets or takes back [`Mutex::abandoned`], for a caller that has repaired what the lock protects.
    pub(crate) fn set_abandoned(&self, abandoned: bool) {
        self.object()
            .abandoned
            .store(u64::from(abandoned), Ordering::Release);
    }
}
