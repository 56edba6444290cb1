//! Locks and semaphores on a server for hosts.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Weak;
use std::time::Duration;

use super::queue::{Remote, until_there, with};
use crate::remote::line::{LineKind, LineTerms};
use crate::runtime::Error;
use crate::script::interp::Interp;
use crate::stdlib::multiprocessing::remote as face;
use crate::sync::Deadline;

/// A lock on a server, for programs on several machines; scripts open it by `Lock(#{ url, name })`.
///
/// It goes to those who wait in turn. When its holder dies, the next one has it at once; when the holder's machine is silent for the lease
/// ([`Remote::lease`]), after that. So a holder that was only paused may believe that it has the lock while another one has it: see
/// [`fence`](RemoteLockGuard::fence) and [`is_valid`](RemoteLockGuard::is_valid). A thread that acquires it twice waits for itself.
///
/// # Example
/// ```no_run
/// let permissions = procscript::Permissions::none().allow_net("10.0.0.5:6379");
/// let runtime = procscript::Runtime::builder().permissions(permissions).build()?;
/// let lock = runtime.remote("redis://10.0.0.5:6379/0")?.lock("report")?;
/// let guard = lock.acquire()?;
/// println!("the report of turn {}", guard.fence());
/// guard.release()?;
/// # Ok::<(), procscript::Error>(())
/// ```
#[derive(Clone)]
pub struct RemoteLock {
    interp: Weak<Interp>,
    line: face::RemoteLock,
}

/// A semaphore on a server, for programs on several machines; scripts open it by `Semaphore(value, #{ url, name })`.
///
/// # Example
/// ```no_run
/// let permissions = procscript::Permissions::none().allow_net("10.0.0.5:6379");
/// let runtime = procscript::Runtime::builder().permissions(permissions).build()?;
/// let downloads = runtime.remote("redis://10.0.0.5:6379/0")?.semaphore("downloads", 4)?;
/// let permit = downloads.acquire()?;
/// println!("{} are free", downloads.value()?);
/// drop(permit);
/// # Ok::<(), procscript::Error>(())
/// ```
#[derive(Clone)]
pub struct RemoteSemaphore {
    interp: Weak<Interp>,
    line: face::RemoteSemaphore,
}

/// A [`RemoteLock`] that is held. Dropping the guard releases the lock; [`release`](Self::release) also says whether it still was this one's.
///
/// The lock belongs to the thread that has acquired it, so the guard stays there. Dropping it waits up to 60 seconds for a server that cannot be
/// reached; the lock is free after the lease then, or when the thread next uses it.
#[must_use = "the lock is released when the guard is dropped"]
pub struct RemoteLockGuard {
    lock: RemoteLock,
    fence: i64,
    is_released: bool,
    stays: PhantomData<*const ()>,
}

/// A permit of a [`RemoteSemaphore`]. Dropping it gives it back; so does the death of this process. It stays in its thread.
/// Dropping it waits for a server that cannot be reached as that of a [`RemoteLockGuard`] does.
#[must_use = "the permit is given back when it is dropped"]
pub struct RemotePermit {
    semaphore: RemoteSemaphore,
    stays: PhantomData<*const ()>,
}

impl Remote {
    /// Opens a lock, which need not exist.
    ///
    /// # Errors
    /// The server cannot be reached or used, or the object of this name is another one.
    pub fn lock(&self, name: &str) -> Result<RemoteLock, Error> {
        let terms = self.terms(LineKind::Lock, 1);
        let line = self.opened(name, |interp, place| {
            face::RemoteLock::open(interp, place, terms)
        })?;
        let interp = self.interp.clone();
        Ok(RemoteLock { interp, line })
    }

    /// Opens a semaphore with this many permits at first.
    ///
    /// # Errors
    /// As [`lock`](Self::lock); it exists with another number of permits.
    pub fn semaphore(&self, name: &str, permits: u32) -> Result<RemoteSemaphore, Error> {
        let terms = self.terms(LineKind::Semaphore, permits);
        let line = self.opened(name, |interp, place| {
            face::RemoteSemaphore::open(interp, place, terms)
        })?;
        let interp = self.interp.clone();
        Ok(RemoteSemaphore { interp, line })
    }

    fn terms(&self, kind: LineKind, permits: u32) -> LineTerms {
        LineTerms {
            kind,
            reentrant: false,
            permits: Some(permits),
            lease: self.lease,
        }
    }
}

impl RemoteLock {
    /// Waits for the lock, in turn.
    ///
    /// # Errors
    /// Those of the server.
    pub fn acquire(&self) -> Result<RemoteLockGuard, Error> {
        until_there(|| self.acquire_until(Deadline::NEVER))
    }

    /// Waits for the lock until the time is up, which is `None`.
    ///
    /// # Errors
    /// Those of the server.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<Option<RemoteLockGuard>, Error> {
        self.acquire_until(Deadline::after(timeout))
    }

    /// Acquires the lock if it is free now.
    ///
    /// # Errors
    /// Those of the server.
    pub fn try_acquire(&self) -> Result<Option<RemoteLockGuard>, Error> {
        self.acquire_until(Deadline::NOW)
    }

    fn acquire_until(&self, deadline: Deadline) -> Result<Option<RemoteLockGuard>, Error> {
        let fence = with(&self.interp, |interp| {
            match self.line.acquire(interp, deadline)? {
                true => self.line.fence(),
                false => Ok(None),
            }
        })?;
        Ok(fence.map(|fence| RemoteLockGuard {
            lock: self.clone(),
            fence,
            is_released: false,
            stays: PhantomData,
        }))
    }

    /// Whether somebody holds the lock, as the server says.
    ///
    /// # Errors
    /// Those of the server.
    pub fn is_locked(&self) -> Result<bool, Error> {
        with(&self.interp, |_| Ok(self.line.look()?.0 <= 0))
    }

    /// Whether anybody has ever died with the lock.
    ///
    /// # Errors
    /// Those of the server.
    pub fn is_abandoned(&self) -> Result<bool, Error> {
        with(&self.interp, |_| Ok(self.line.look()?.1 > 0))
    }
}

impl RemoteLockGuard {
    /// A number that rises with every acquisition, whatever happens to the server. Store it with what you write, and let the storage refuse
    /// a lower one.
    pub fn fence(&self) -> i64 {
        self.fence
    }

    /// Asks the server whether this thread still has the lock.
    ///
    /// # Errors
    /// Those of the server.
    pub fn is_valid(&self) -> Result<bool, Error> {
        with(&self.lock.interp, |_| self.lock.line.is_valid())
    }

    /// Releases the lock.
    ///
    /// # Errors
    /// It had been taken away (`LeaseLost`), because this machine was silent for the lease; those of the server. A server that cannot be reached
    /// is given up after 60 seconds; it frees the lock when this thread next uses it, or after the lease.
    pub fn release(mut self) -> Result<(), Error> {
        self.is_released = true;
        with(&self.lock.interp, |_| self.lock.line.release())
    }
}

impl Drop for RemoteLockGuard {
    fn drop(&mut self) {
        if !self.is_released {
            // A server that cannot be reached takes it away after the lease: nobody beats for this holder any more.
            let _ = with(&self.lock.interp, |_| self.lock.line.release());
        }
    }
}

impl RemoteSemaphore {
    /// Waits for a permit, in turn.
    ///
    /// # Errors
    /// Those of the server.
    pub fn acquire(&self) -> Result<RemotePermit, Error> {
        until_there(|| self.acquire_until(Deadline::NEVER))
    }

    /// Waits for a permit until the time is up, which is `None`.
    ///
    /// # Errors
    /// Those of the server.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<Option<RemotePermit>, Error> {
        self.acquire_until(Deadline::after(timeout))
    }

    fn acquire_until(&self, deadline: Deadline) -> Result<Option<RemotePermit>, Error> {
        let has = with(&self.interp, |interp| self.line.acquire(interp, deadline))?;
        Ok(has.then(|| RemotePermit {
            semaphore: self.clone(),
            stays: PhantomData,
        }))
    }

    /// Releases a permit that this thread need not have: one that somebody else has, or one more.
    ///
    /// # Errors
    /// Those of the server.
    pub fn release(&self) -> Result<(), Error> {
        with(&self.interp, |_| self.line.release())
    }

    /// The number of free permits.
    ///
    /// # Errors
    /// Those of the server.
    pub fn value(&self) -> Result<u32, Error> {
        let (free, _) = with(&self.interp, |_| self.line.look())?;
        Ok(u32::try_from(free).unwrap_or(0))
    }
}

impl Drop for RemotePermit {
    fn drop(&mut self) {
        let semaphore = &self.semaphore;
        // A server that cannot be reached takes it away after the lease: nobody beats for this holder any more.
        let _ = with(&semaphore.interp, |_| semaphore.line.release());
    }
}

impl fmt::Debug for RemoteLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line.repr())
    }
}

impl fmt::Debug for RemoteSemaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line.repr())
    }
}

impl fmt::Debug for RemoteLockGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RemoteLockGuard");
        shown.field("lock", &self.lock).field("fence", &self.fence);
        shown.finish()
    }
}

impl fmt::Debug for RemotePermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RemotePermit")
            .field(&self.semaphore)
            .finish()
    }
}
