//! A session as those see it who have objects of it and do not run its scripts: an embedding program.

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
    /// What the session belongs to in this process, for whoever has come to an object of it by another way. Set once.
    pub(crate) fn belongs_to(&self, owner: Owner) {
        let _ = self.0.outside.owner.set(owner);
    }

    /// What the session belongs to, as long as that exists.
    pub(crate) fn owner(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        self.0.outside.owner.get()?.upgrade()
    }

    /// Somebody beside the owner has objects of the session, and may use them after it: then it is left when the last of them is
    /// gone, and not before.
    pub(crate) fn lend(&self) {
        self.0.outside.lent.store(true, Ordering::Relaxed);
    }

    /// Whether [`lend`](Self::lend) has been called.
    pub(crate) fn is_lent(&self) -> bool {
        self.0.outside.lent.load(Ordering::Relaxed)
    }

    /// Count a request to stop, for whoever [notices them all](Self::noticing_stops).
    pub(crate) fn count_stop(&self) {
        self.0.outside.stops.fetch_add(1, Ordering::SeqCst);
    }

    fn stops(&self) -> u64 {
        self.0.outside.stops.load(Ordering::SeqCst)
    }

    /// Waits in a thread that does not run what is stopped: the stop flag may be taken back before this thread sees it, and the
    /// wait ends all the same.
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

    /// Whether the calling thread waits so, and there was a stop.
    #[inline]
    pub(super) fn was_stopped_since(&self) -> bool {
        SINCE.get().is_some_and(|since| since != self.stops())
    }
}
