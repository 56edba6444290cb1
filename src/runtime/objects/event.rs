//! An event that Rust and scripts share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rhai::Dynamic;

use super::conversion::Conversion;
use super::errors::{Away, WaitError};
use super::{convert, home};
use crate::runtime::{Error, Runtime};
use crate::script::dialect::Dialect;
use crate::script::interp::Interp;
use crate::stdlib::multiprocessing::synchronize::event;
use crate::sync::{self, Deadline, Session};

/// A flag that this program, its scripts and their processes can wait for; scripts call it `Event`.
///
/// # Example
/// ```
/// let runtime = procscript::Runtime::builder().build().unwrap();
/// let ready = runtime.event().unwrap();
/// assert!(!ready.is_set());
/// ready.set().unwrap();
/// ready.wait().unwrap();
/// ```
#[derive(Clone)]
pub struct Event(event::Event);

impl Runtime {
    /// Creates an event that is not set.
    ///
    /// # Errors
    /// The session has no memory for it.
    pub fn event(&self) -> Result<Event, Error> {
        Event::create(&self.interp)
    }
}

impl Event {
    pub(in crate::runtime) fn create(interp: &Arc<Interp>) -> Result<Self, Error> {
        let event = event::Event::new(interp, Dialect::Multiprocessing);
        event
            .map(Event::over)
            .map_err(|why| home::failed(interp, &why))
    }

    fn over(event: event::Event) -> Self {
        event.shared.handle().session().let_outlive_owner();
        Self(event)
    }

    /// Returns the event in a value of a script.
    ///
    /// # Errors
    /// The value is not an event.
    pub fn from_dynamic(value: Dynamic) -> Result<Self, Conversion> {
        convert::object_of(value, "Event").map(Self::over)
    }

    /// Returns the event as a value for scripts.
    pub fn to_dynamic(&self) -> Dynamic {
        Dynamic::from(self.0.clone())
    }

    /// Sets the flag and wakes all threads and processes that wait for it.
    ///
    /// # Errors
    /// The runtime is gone.
    pub fn set(&self) -> Result<(), WaitError> {
        home::of(self.session())?;
        let set = self.0.shared.set();
        Ok(set.map_err(Away::Session)?)
    }

    /// Clears the flag. Threads and processes that waited when it was set continue all the same.
    pub fn clear(&self) {
        self.0.shared.clear();
    }

    /// Whether the flag is set.
    pub fn is_set(&self) -> bool {
        self.0.shared.is_set()
    }

    /// Waits until the flag is set.
    ///
    /// # Errors
    /// See [`WaitError`]; never `TimedOut`.
    pub fn wait(&self) -> Result<(), WaitError> {
        self.wait_until(Deadline::NEVER)
    }

    /// Like [`wait`](Self::wait), but waits no longer than `timeout`.
    ///
    /// # Errors
    /// See [`WaitError`].
    pub fn wait_timeout(&self, timeout: Duration) -> Result<(), WaitError> {
        self.wait_until(home::after(timeout))
    }

    fn wait_until(&self, deadline: Deadline) -> Result<(), WaitError> {
        home::wait_or_time_out(self.session(), || self.0.shared.wait(deadline))
    }

    pub(super) fn shared(&self) -> &sync::Event {
        &self.0.shared
    }

    pub(super) fn session(&self) -> &Session {
        self.0.shared.handle().session()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("is_set", &self.is_set())
            .finish()
    }
}

convert::impl_conversions!(Event);
