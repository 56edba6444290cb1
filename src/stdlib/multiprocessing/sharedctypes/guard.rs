//! The lock of a Value or an Array: its own, or one that the script passed.

use rhai::Dynamic;

use crate::script::{Call, Dialect, Failure, Interp, raise};
use crate::stdlib::multiprocessing::synchronize::Hold;
use crate::stdlib::multiprocessing::synchronize::lock::Lock;
use crate::stdlib::multiprocessing::synchronize::rlock::RLock;
use crate::sync::Deadline;

const HELD_ALREADY: &str = "this thread holds the Lock that guards this value, so reading or changing it \
                            would wait for ever: give Value and Array an RLock, or no lock";

/// A lock that a script may hold as well.
#[derive(Debug, Clone)]
pub(crate) enum Guard {
    Lock(Lock),
    RLock(RLock),
}

/// The lock is held until this is dropped.
pub(crate) struct Held<'g>(&'g Guard);

impl Guard {
    /// Returns the lock that the argument `lock` means: `None` means no lock.
    pub(crate) fn asked_for(call: &mut Call<'_>, index: usize) -> Result<Option<Guard>, Failure> {
        let Some(wish) = call.given(index) else {
            return Self::new(call.interp).map(Some);
        };
        match wish.as_bool() {
            Ok(true) => Self::new(call.interp).map(Some),
            Ok(false) => Ok(None),
            Err(_) => Self::of(&wish).map(Some).ok_or_else(|| {
                let text = format!("{} has no method 'acquire'", call.repr(&wish));
                raise("AttributeError", text)
            }),
        }
    }

    fn new(interp: &Interp) -> Result<Guard, Failure> {
        RLock::new(interp, Dialect::Multiprocessing).map(Guard::RLock)
    }

    /// Returns the script's lock as a guard.
    pub(crate) fn of(value: &Dynamic) -> Option<Guard> {
        let lock = value.read_lock::<Lock>().map(|lock| lock.clone());
        let rlock = value.read_lock::<RLock>().map(|lock| lock.clone());
        lock.map(Guard::Lock).or(rlock.map(Guard::RLock))
    }

    /// Returns the lock as scripts have it.
    pub(crate) fn value(&self) -> Dynamic {
        match self {
            Guard::Lock(lock) => Dynamic::from(lock.clone()),
            Guard::RLock(lock) => Dynamic::from(lock.clone()),
        }
    }

    /// Acquires the lock.
    ///
    /// # Errors
    /// `RuntimeError` where that would wait for the calling thread itself.
    pub(crate) fn hold(&self, interp: &Interp) -> Result<Held<'_>, Failure> {
        match self {
            Guard::Lock(lock) if lock.shared.is_held_here() => {
                return Err(raise("RuntimeError", HELD_ALREADY));
            }
            Guard::Lock(lock) => lock.take(interp, Deadline::NEVER)?,
            Guard::RLock(lock) => lock.take(interp, Deadline::NEVER)?,
        };
        Ok(Held(self))
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // Another thread may have released it already, as Python allows: then there is nothing to do.
        let _ = match self.0 {
            Guard::Lock(lock) => lock.give(),
            Guard::RLock(lock) => lock.give(),
        };
    }
}
