//! A session as a host uses it, which has shared objects and does not run the scripts itself.

use std::any::Any;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::session::{Owner, Session};

thread_local! {
    /// The stops there had been when the calling thread began to wait, where it notices them all.
    static SINCE: Cell<Option<u64>> = const { Cell::new(None) };
}

impl Session {
    /// Sets the owner of the session in this process, which can be found from each of its objects. It is set once.
    pub(crate) fn belongs_to(&self, owner: Owner) {
        let _ = self.0.outside.owner.set(owner);
    }

    /// Returns the owner of the session, as long as it exists.
    pub(crate) fn owner(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        self.0.outside.owner.get()?.upgrade()
    }

    /// Shared objects of the session may be used after its owner is gone: the process leaves the session when the last of them is
    /// dropped, and not before.
    pub(crate) fn let_outlive_owner(&self) {
        self.0.outside.outlives_owner.store(true, Ordering::Relaxed);
        self.note_host_hand();
    }

    /// Returns whether [`let_outlive_owner`](Self::let_outlive_owner) has been called.
    pub(crate) fn outlives_owner(&self) -> bool {
        self.0.outside.outlives_owner.load(Ordering::Relaxed)
    }

    /// Counts a request to stop, for [`noticing_stops`](Self::noticing_stops).
    pub(crate) fn count_stop(&self) {
        self.0.outside.stops.fetch_add(1, Ordering::SeqCst);
    }

    /// Returns how often a stop was requested.
    pub(crate) fn stops(&self) -> u64 {
        self.0.outside.stops.load(Ordering::SeqCst)
    }

    /// Waits in a thread that does not run the script: a stop ends the wait even if the stop flag is cleared before this thread sees it.
    pub(crate) fn noticing_stops<R>(&self, wait: impl FnOnce() -> R) -> R {
        struct Restore(Option<u64>);
        impl Drop for Restore {
            fn drop(&mut self) {
                SINCE.set(self.0);
            }
        }
        let _restore = Restore(SINCE.replace(Some(self.stops())));
        wait()
    }

    /// Returns whether the calling thread is in [`noticing_stops`](Self::noticing_stops), and there was a stop.
    #[inline]
    pub(super) fn was_stopped_since(&self) -> bool {
        SINCE.get().is_some_and(|since| since != self.stops())
    }
}
