//! The event.

use std::fmt;
use std::time::Duration;

use rhai::Dynamic;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::conversion::Conversion;
use super::errors::{Away, WaitError};
use super::{convert, home};
use crate::runtime::{Error, Runtime};
use crate::script::dialect::Dialect;
use crate::stdlib::multiprocessing::synchronize::event;
use crate::sync::{Deadline, Session};

/// A flag that this program, its scripts and their processes wait for: what a script knows as `Event`.
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
    /// A new event, not set.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn event(&self) -> Result<Event, Error> {
        let event = event::Event::new(&self.interp, Dialect::Multiprocessing);
        event
            .map(Event::over)
            .map_err(|why| home::failed(&self.interp, &why))
    }
}

impl Event {
    fn over(event: event::Event) -> Self {
        event.shared.handle().session().let_outlive_owner();
        Self(event)
    }

    /// The event that a script has given.
    ///
    /// # Errors
    /// The value is no event.
    pub fn from_dynamic(value: Dynamic) -> Result<Self, Conversion> {
        convert::object_of(value, "Event").map(Self::over)
    }

    /// The event as scripts know it, to be given to them.
    pub fn to_dynamic(&self) -> Dynamic {
        Dynamic::from(self.0.clone())
    }

    /// Sets the flag and wakes everybody who waits for it.
    ///
    /// # Errors
    /// The runtime is gone.
    pub fn set(&self) -> Result<(), WaitError> {
        home::of(self.session())?;
        let set = self.0.shared.set();
        Ok(set.map_err(Away::Session)?)
    }

    /// Takes the flag back. Who was waiting when it was set goes on all the same.
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

    /// Waits until the flag is set, for at most so long.
    ///
    /// # Errors
    /// See [`WaitError`].
    pub fn wait_timeout(&self, timeout: Duration) -> Result<(), WaitError> {
        self.wait_until(home::after(timeout))
    }

    fn wait_until(&self, deadline: Deadline) -> Result<(), WaitError> {
        home::of(self.session())?;
        let waited = home::wait(self.session(), || self.0.shared.wait(deadline))?;
        waited.ok_or(WaitError::TimedOut)
    }

    fn session(&self) -> &Session {
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

impl From<Event> for Dynamic {
    fn from(event: Event) -> Self {
        event.to_dynamic()
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        convert::serialize_object(&self.to_dynamic(), self.session(), serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = convert::deserialize_object(deserializer, "Event")?;
        Self::from_dynamic(object).map_err(|why| serde::de::Error::custom(why.reason()))
    }
}
