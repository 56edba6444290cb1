//! Requests to stop the script of a runtime, noted until they are carried out.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::script::stop::Stop;
use crate::sync::Session;
use crate::sys::lock::locked;

/// Why the script has to stop: the first reason counts.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    reason: Mutex<Option<Stop>>,
    /// Whether there is one; changed under the lock, read without it at every step of the script.
    any: AtomicBool,
}

impl Requests {
    pub(crate) fn note(&self, stop: Stop) {
        let mut reason = locked(&self.reason);
        reason.get_or_insert(stop);
        self.any.store(true, Ordering::Relaxed);
    }

    /// Forgets the reason if it is one of these.
    pub(crate) fn forget(&self, is_meant: impl Fn(&Stop) -> bool) {
        let mut reason = locked(&self.reason);
        if reason.as_ref().is_some_and(is_meant) {
            *reason = None;
            self.any.store(false, Ordering::Relaxed);
        }
    }

    #[inline]
    pub(crate) fn current(&self) -> Option<Stop> {
        if !self.any.load(Ordering::Relaxed) {
            return None;
        }
        locked(&self.reason).clone()
    }

    /// Tells the waits of a session what is so now. Called after every change, and once a session is known: then the last word is
    /// true, whoever changes what meanwhile.
    pub(crate) fn tell(&self, session: &Session) {
        let reason = locked(&self.reason);
        session
            .stop_flag()
            .store(reason.is_some(), Ordering::Relaxed);
    }
}
