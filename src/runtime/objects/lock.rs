//! A lock that Rust and scripts share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rhai::Dynamic;

use super::conversion::Conversion;
use super::errors::WaitError;
use super::{convert, home};
use crate::runtime::{Error, Runtime};
use crate::script::dialect::Dialect;
use crate::script::events::{Weight, event};
use crate::script::interp::Interp;
use crate::stdlib::multiprocessing::synchronize::lock;
use crate::sync::{Acquired, Deadline, Mutex, Owner, Session};

/// A lock between this program, its scripts and their processes; scripts call it `Lock`.
///
/// When a process that holds the lock is killed, the next one acquires it, and the guard says so
/// ([`LockGuard::abandoned_by`]). The lock is not reentrant: a thread that acquires it twice waits for itself.
///
/// # Example
/// ```
/// let runtime = procscript::Runtime::builder().build().unwrap();
/// let lock = runtime.lock().unwrap();
/// let guard = lock.acquire().unwrap();
/// assert!(lock.try_acquire().is_err());
/// drop(guard);
/// assert!(!lock.is_locked());
/// ```
#[derive(Clone)]
pub struct Lock(lock::Lock);

/// A [`Lock`] that is held. Dropping the guard releases the lock, in any thread.
#[derive(Debug)]
#[must_use = "the lock is released when the guard is dropped"]
pub struct LockGuard {
    lock: Mutex,
    /// Identifies this hold: a script may have released the lock since, and another process acquired it.
    owner: Option<Owner>,
    /// `Some` if the holder before ended; inside, its pid and name if they are known.
    abandoned_by: Option<Option<(u32, String)>>,
}

impl Runtime {
    /// Creates a lock that is free.
    ///
    /// # Errors
    /// The session has no memory for it.
    pub fn lock(&self) -> Result<Lock, Error> {
        Lock::create(&self.interp)
    }
}

impl Lock {
    pub(in crate::runtime) fn create(interp: &Arc<Interp>) -> Result<Self, Error> {
        let lock = lock::Lock::new(interp, Dialect::Multiprocessing);
        lock.map(Lock::over)
            .map_err(|why| home::failed(interp, &why))
    }

    fn over(lock: lock::Lock) -> Self {
        lock.shared.handle().session().let_outlive_owner();
        Self(lock)
    }

    /// Returns the lock in a value of a script.
    ///
    /// # Errors
    /// The value is not a lock.
    pub fn from_dynamic(value: Dynamic) -> Result<Self, Conversion> {
        convert::object_of(value, "Lock").map(Self::over)
    }

    /// Returns the lock as a value for scripts.
    pub fn to_dynamic(&self) -> Dynamic {
        Dynamic::from(self.0.clone())
    }

    /// Waits until the lock is free, and acquires it.
    ///
    /// # Errors
    /// See [`WaitError`]; never `TimedOut`.
    pub fn acquire(&self) -> Result<LockGuard, WaitError> {
        self.acquire_until(Deadline::NEVER)
    }

    /// Like [`acquire`](Self::acquire), but waits no longer than `timeout`.
    ///
    /// # Errors
    /// See [`WaitError`].
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<LockGuard, WaitError> {
        self.acquire_until(home::after(timeout))
    }

    /// Acquires the lock if it is free now.
    ///
    /// # Errors
    /// `TimedOut` if it is not; see [`WaitError`].
    pub fn try_acquire(&self) -> Result<LockGuard, WaitError> {
        self.acquire_until(Deadline::NOW)
    }

    fn acquire_until(&self, deadline: Deadline) -> Result<LockGuard, WaitError> {
        let lock = &self.0.shared;
        let acquired = home::wait_or_time_out(self.session(), || lock.acquire(deadline))?;
        let abandoned_by = match acquired {
            Acquired::Free => None,
            Acquired::Abandoned { by } => {
                event(Weight::Warning, || {
                    let holder = by.as_ref().map(|(pid, name)| format!("{name} (pid {pid})"));
                    let holder = holder.unwrap_or_else(|| "a process".into());
                    format!("{holder} ended while it held a lock; the host has it now")
                });
                Some(by)
            }
        };
        Ok(LockGuard {
            owner: lock.owner(),
            lock: lock.clone(),
            abandoned_by,
        })
    }

    /// Whether the lock is held.
    pub fn is_locked(&self) -> bool {
        self.0.shared.is_locked()
    }

    /// Whether a process has ended while it held the lock, like `lock.abandoned` in scripts. The data that the lock protects may be
    /// inconsistent; whoever has repaired it calls [`set_abandoned`](Self::set_abandoned).
    pub fn is_abandoned(&self) -> bool {
        self.0.shared.abandoned()
    }

    /// Sets or clears [`is_abandoned`](Self::is_abandoned).
    pub fn set_abandoned(&self, abandoned: bool) {
        self.0.shared.set_abandoned(abandoned);
    }

    fn session(&self) -> &Session {
        self.0.shared.handle().session()
    }
}

impl LockGuard {
    /// The name and pid of the process that held the lock before, if it ended without releasing it. The data that the lock
    /// protects may be inconsistent. Also `None` if name and pid are no longer known: see [`was_abandoned`](Self::was_abandoned).
    pub fn abandoned_by(&self) -> Option<(&str, u32)> {
        let (pid, name) = self.abandoned_by.as_ref()?.as_ref()?;
        Some((name, *pid))
    }

    /// Whether the process that held the lock before ended without releasing it.
    pub fn was_abandoned(&self) -> bool {
        self.abandoned_by.is_some()
    }
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        if self.owner.is_some() && self.lock.owner() == self.owner {
            // An error means that a script has released it in the meantime.
            let _ = self.lock.release();
        }
    }
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock")
            .field("is_locked", &self.is_locked())
            .field("is_abandoned", &self.is_abandoned())
            .finish()
    }
}

convert::impl_conversions!(Lock);
