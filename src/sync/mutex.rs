//! The user-visible lock: owned by a process, released by anyone, taken over when its owner dies.
//!
//! The word names the owner; nothing is linked through it, so that any process may release. When the owner's process ends without
//! releasing, the next acquirer takes it over and learns of it. A thread that ends does not give its lock up, as in Python.
//!
//! Releases by others and deaths mix badly: after a takeover, a late `release` that was meant for the dead owner's hold would free
//! the new owner's. The rule: a hold that was taken over can be released only by the process that took it over.

use std::sync::atomic::{AtomicU64, Ordering};

use super::failure::{NotReleased, WaitError};
use super::gone_owner::GoneOwner;
use super::kind;
use super::spin::spin;
use super::wait::wait_kind;
use crate::shm::{
    CallSite, Handle, ObjectHeader, Offset, ProcessId, Segment, Session, ShmError, Thread, Wait,
    futex_half, owner_parts, peek, poke, shared_struct, step,
};
use crate::sys::clock::{Deadline, HEARTBEAT_NS, now_ns};
use crate::sys::futex::{self, Wakeup};

/// Somebody sleeps on the word.
const WAITERS: u64 = 1 << 31;
/// Somebody has waited long: a release promises the lock to the sleepers.
const STARVED: u64 = 1 << 30;
/// The hold was taken over from a dead owner.
const INHERITED: u64 = 1 << 29;
/// A thread that was called under the lock is to be woken by the release.
const CALLED: u64 = 1 << 28;
const FLAGS: u64 = WAITERS | STARVED | INHERITED | CALLED;

/// Waiting longer than this without luck is starving.
const STARVING_NS: u64 = 1_000_000;

shared_struct! {
    pub(super) struct MutexObject {
        header: ObjectHeader,
        /// [`Thread::owner`] of the owner and flags, 0 when free.
        word: AtomicU64,
        /// Sticky: an owner died holding the lock.
        abandoned: AtomicU64,
        /// When the lock was last promised to a sleeper.
        promised_at: AtomicU64,
        /// The thread to wake by the release, as [`CALLED`] says.
        called: AtomicU64,
        /// [`CallSite`] at which the owner acquired. It may still be the previous owner's for a moment.
        acquired_at: AtomicU64,
        gone_owner: GoneOwner,
        /// What holders leave for each other: see [`Mutex::note`].
        note: AtomicU64,
        /// 1 for a lock that no script has created.
        hidden: AtomicU64,
    }
}

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

/// Who holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The process in the session.
    pub(crate) process: ProcessId,
    /// Its id in the system; 0 when that has been forgotten.
    pub(crate) pid: u32,
    /// Row of the thread that acquired.
    pub(crate) thread: u64,
    /// The line at which it did.
    pub(crate) acquired_at: CallSite,
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
            return Ok(Acquired::Free);
        }
        self.contend(thread, object, deadline)
    }

    #[cold]
    fn contend(
        &self,
        thread: Thread<'_>,
        object: &MutexObject,
        deadline: Deadline,
    ) -> Result<Acquired, WaitError> {
        let _unseen = match deadline.is_now() {
            true => None,
            false => spin(thread, deadline, || object.is_open_to(false)),
        };
        let start = now_ns();
        let mut note = None;
        let mut slept = false;
        loop {
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
            let now = now_ns();
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

/// Returns whether the lock at an offset is none that a script has created.
pub(super) fn is_hidden_at(segment: &Segment, lock: Offset) -> bool {
    let object: Option<&MutexObject> = segment.get(lock);
    object.is_none_or(|object| peek(&object.hidden) != 0)
}

/// Returns who holds the lock at an offset.
pub(super) fn owner_at(segment: &Segment, lock: Offset) -> Option<Owner> {
    owner_of(segment, segment.get(lock)?)
}

fn owner_of(segment: &Segment, object: &MutexObject) -> Option<Owner> {
    let (process, thread) = owner_parts(peek(&object.word))?;
    let described = segment.describe(process);
    Some(Owner {
        process,
        pid: described.map_or(0, |(pid, _)| pid),
        thread,
        acquired_at: CallSite::from_word(peek(&object.acquired_at)),
    })
}

/// Notes who the process is if it owns the lock: see [`KindOperations::note_owner`](crate::shm::KindOperations).
///
/// It is called again if the caller died, and nobody asks before the entry is used again, which is after the call.
pub(super) fn note_owner(session: &Session, lock: Offset, process: ProcessId) {
    let segment = session.segment();
    let object: &MutexObject = segment.at(lock);
    let owner = owner_parts(peek(&object.word));
    if owner.is_some_and(|(owner, _)| owner == process) {
        object.gone_owner.note(segment, process);
    }
}

impl MutexObject {
    #[inline(always)]
    fn exchange(&self, from: u64, to: u64) -> bool {
        self.word
            .compare_exchange(from, to, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    #[inline(always)]
    fn release_to(&self, from: u64, to: u64) -> bool {
        self.word
            .compare_exchange(from, to, Ordering::Release, Ordering::Relaxed)
            .is_ok()
    }

    /// Notes where the thread that has just taken the lock did so.
    #[inline]
    fn note_site(&self, thread: Thread<'_>) {
        poke(&self.acquired_at, CallSite::now(thread.segment).word());
    }

    /// Returns whether a free lock may be taken: one promised to the sleepers only by them, or by anyone after a heartbeat, when
    /// the thread that was woken must be dead.
    fn may_take(&self, word: u64, slept: bool) -> bool {
        word & STARVED == 0
            || slept
            || now_ns().saturating_sub(peek(&self.promised_at)) > HEARTBEAT_NS
    }

    fn is_open_to(&self, slept: bool) -> bool {
        let word = peek(&self.word);
        word & !FLAGS == 0 && self.may_take(word, slept)
    }

    /// Releases a lock that somebody waits for, promising it to the sleepers if one of them starves.
    #[cold]
    fn hand_on(&self, segment: &Segment, word: u64) -> bool {
        let promised = if word & STARVED != 0 {
            STARVED | WAITERS
        } else {
            0
        };
        if promised != 0 {
            poke(&self.promised_at, now_ns());
        }
        if !self.release_to(word, promised) {
            return false;
        }
        step();
        if word & CALLED != 0 {
            segment.wake_called(self.called.swap(0, Ordering::AcqRel));
        }
        if word & WAITERS != 0 && futex::wake(futex_half(&self.word), 1) == 0 && promised != 0 {
            // Whoever starved has given up waiting.
            if self.release_to(promised, 0) {
                futex::wake(futex_half(&self.word), 1);
            }
        }
        true
    }
}
