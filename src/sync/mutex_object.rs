//! The lock in memory: its word, and who holds it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::gone_owner::GoneOwner;
use crate::shm::{
    CallSite, ObjectHeader, Offset, ProcessId, Segment, Session, Thread, futex_half, owner_parts,
    peek, poke, shared_struct, step,
};
use crate::sys::clock::{HEARTBEAT_NS, now_ns};
use crate::sys::futex;

/// Somebody sleeps on the word.
pub(super) const WAITERS: u64 = 1 << 31;
/// Somebody has waited long: a release promises the lock to the sleepers.
pub(super) const STARVED: u64 = 1 << 30;
/// The hold was taken over from a dead owner.
pub(super) const INHERITED: u64 = 1 << 29;
/// A thread that was called under the lock is to be woken by the release.
pub(super) const CALLED: u64 = 1 << 28;
pub(super) const FLAGS: u64 = WAITERS | STARVED | INHERITED | CALLED;

shared_struct! {
    pub(super) struct MutexObject {
        header: ObjectHeader,
        /// [`Thread::owner`] of the owner and flags, 0 when free.
        pub(super) word: AtomicU64,
        /// Sticky: an owner died holding the lock.
        pub(super) abandoned: AtomicU64,
        /// When the lock was last promised to a sleeper.
        promised_at: AtomicU64,
        /// The thread to wake by the release, as [`CALLED`] says.
        pub(super) called: AtomicU64,
        /// [`CallSite`] at which the owner acquired. It may still be the previous owner's for a moment.
        acquired_at: AtomicU64,
        pub(super) gone_owner: GoneOwner,
        /// What holders leave for each other: see [`Mutex::note`](super::mutex::Mutex::note).
        pub(super) note: AtomicU64,
        /// 1 for a lock that no script has created.
        pub(super) hidden: AtomicU64,
    }
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

/// Returns whether the lock at an offset is none that a script has created.
pub(super) fn is_hidden_at(segment: &Segment, lock: Offset) -> bool {
    let object: Option<&MutexObject> = segment.get(lock);
    object.is_none_or(|object| peek(&object.hidden) != 0)
}

/// Returns who holds the lock at an offset.
pub(super) fn owner_at(segment: &Segment, lock: Offset) -> Option<Owner> {
    owner_of(segment, segment.get(lock)?)
}

pub(super) fn owner_of(segment: &Segment, object: &MutexObject) -> Option<Owner> {
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
    pub(super) fn exchange(&self, from: u64, to: u64) -> bool {
        self.word
            .compare_exchange(from, to, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    #[inline(always)]
    pub(super) fn release_to(&self, from: u64, to: u64) -> bool {
        self.word
            .compare_exchange(from, to, Ordering::Release, Ordering::Relaxed)
            .is_ok()
    }

    /// Notes where the thread that has just taken the lock did so.
    #[inline]
    pub(super) fn note_site(&self, thread: Thread<'_>) {
        poke(&self.acquired_at, CallSite::now(thread.segment).word());
    }

    /// Returns whether a free lock may be taken: one promised to the sleepers only by them, or by anyone after a heartbeat, when
    /// the thread that was woken must be dead.
    pub(super) fn may_take(&self, word: u64, slept: bool) -> bool {
        word & STARVED == 0
            || slept
            || now_ns().saturating_sub(peek(&self.promised_at)) > HEARTBEAT_NS
    }

    pub(super) fn is_open_to(&self, slept: bool) -> bool {
        let word = peek(&self.word);
        word & !FLAGS == 0 && self.may_take(word, slept)
    }

    /// Releases a lock that somebody waits for, promising it to the sleepers if one of them starves.
    #[cold]
    pub(super) fn hand_on(&self, segment: &Segment, word: u64) -> bool {
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
