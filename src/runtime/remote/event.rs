//! Events on a server for hosts.

use std::fmt;
use std::sync::Weak;
use std::time::Duration;

use super::queue::{Remote, with};
use crate::runtime::Error;
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::stdlib::multiprocessing::remote as face;
use crate::sync::Deadline;

/// A flag on a server, which programs on several machines wait for; scripts open it by `Event(#{ url, name })`.
///
/// Whoever waits when it is set goes on, also if it is cleared directly afterwards, or its connection is broken meanwhile.
///
/// # Example
/// ```no_run
/// let permissions = procscript::Permissions::none().allow_net("10.0.0.5:6379");
/// let runtime = procscript::Runtime::builder().permissions(permissions).build()?;
/// let ready = runtime.remote("redis://10.0.0.5:6379/0")?.event("ready")?;
/// ready.set()?;
/// assert!(ready.wait_timeout(std::time::Duration::from_secs(1))?);
/// # Ok::<(), procscript::Error>(())
/// ```
#[derive(Clone)]
pub struct RemoteEvent {
    interp: Weak<Interp>,
    event: face::RemoteEvent,
}

impl Remote {
    /// Opens an event, which is not set if it is new.
    ///
    /// # Errors
    /// The server cannot be reached or used, or the object of this name is another one.
    pub fn event(&self, name: &str) -> Result<RemoteEvent, Error> {
        let event = self.opened(name, face::RemoteEvent::open)?;
        let interp = self.interp.clone();
        Ok(RemoteEvent { interp, event })
    }
}

impl RemoteEvent {
    fn with<R>(
        &self,
        body: impl FnOnce(&face::RemoteEvent) -> Result<R, Failure>,
    ) -> Result<R, Error> {
        with(&self.interp, |_| body(&self.event))
    }

    /// Sets the flag and wakes all who wait for it.
    ///
    /// # Errors
    /// Those of the server.
    pub fn set(&self) -> Result<(), Error> {
        self.with(|event| event.put(true))
    }

    /// Clears the flag. Those who waited when it was set go on all the same.
    ///
    /// # Errors
    /// Those of the server.
    pub fn clear(&self) -> Result<(), Error> {
        self.with(|event| event.put(false))
    }

    /// Whether the flag is set.
    ///
    /// # Errors
    /// Those of the server.
    pub fn is_set(&self) -> Result<bool, Error> {
        self.with(face::RemoteEvent::is_set)
    }

    /// Waits until the flag is set.
    ///
    /// # Errors
    /// Those of the server.
    pub fn wait(&self) -> Result<(), Error> {
        self.with(|event| event.wait(Deadline::NEVER)).map(drop)
    }

    /// Waits until the flag is set. Returns false when the time is up.
    ///
    /// # Errors
    /// Those of the server.
    pub fn wait_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        self.with(|event| event.wait(Deadline::after(timeout)))
    }
}

impl fmt::Debug for RemoteEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.event.repr("RemoteEvent"))
    }
}
