//! Requests to stop the script of a runtime, kept until they are carried out.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::script::stop::Stop;
use crate::sync::Session;
use crate::sys::lock::locked;

/// Why the script has to stop: the first reason counts.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    reason: Mutex<Option<Stop>>,
    /// Whether there is a reason. Changed under the lock, read without it at every step of the script.
    any: AtomicBool,
    /// How often all threads that scripts had started were asked to end.
    epoch: AtomicU64,
}

impl Requests {
    pub(crate) fn note(&self, stop: Stop) {
        let mut reason = locked(&self.reason);
        reason.get_or_insert(stop);
        self.any.store(true, Ordering::Relaxed);
    }

    /// Forgets the reason if it is one of these. Returns whether it was.
    pub(crate) fn forget(&self, is_meant: impl Fn(&Stop) -> bool) -> bool {
        // A reason that comes at this moment comes afterwards.
        if !self.any.load(Ordering::Relaxed) {
            return false;
        }
        let mut reason = locked(&self.reason);
        let is_forgotten = reason.as_ref().is_some_and(is_meant);
        if is_forgotten {
            *reason = None;
            self.any.store(false, Ordering::Relaxed);
        }
        is_forgotten
    }

    #[inline]
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Relaxed)
    }

    /// Tells all threads that scripts have started so far to end.
    pub(crate) fn begin_epoch(&self) {
        self.epoch.fetch_add(1, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn current(&self) -> Option<Stop> {
        if !self.any.load(Ordering::Relaxed) {
            return None;
        }
        locked(&self.reason).clone()
    }

    /// Writes the present state where the waits of a session see it. Called after every change and for a new session, so that the last
    /// state written is true, whatever changes meanwhile.
    pub(crate) fn publish(&self, session: &Session) {
        let reason = locked(&self.reason);
        session
            .stop_flag()
            .store(reason.is_some(), Ordering::Relaxed);
    }
}
