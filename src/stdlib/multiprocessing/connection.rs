//! The ends of a pipe, named after Python's `multiprocessing/connection.py`.

use std::sync::{Arc, Mutex};

use rhai::{Array, Dynamic};

use crate::script::{Failure, raise};
use crate::sync::{PipeEnd, Place};
use crate::sys::lock::locked;
use crate::wire::kind;

pub(super) const NOT_GIVEN: &str = "this process was not given this end of the pipe: \
                         pass it as an argument of the process, or send it through a queue or a pipe";

pub(super) const NOTHING_CAN_COME: &str = "no more data can arrive: only this process still holds the other end of the \
                                pipe; close it here after passing it on";

/// One end of a pipe as scripts see it. Clones are the same: closed together.
#[derive(Debug, Clone)]
pub(crate) struct Connection(Arc<Mutex<State>>);

#[derive(Debug)]
pub(super) struct State {
    /// `None` once it is closed.
    pub end: Option<PipeEnd>,
    pub readable: bool,
    pub writable: bool,
}

/// Returns why an end cannot be sent from this process: what it refers to may be gone.
pub(super) fn not_given(connection: &Connection) -> Option<&'static str> {
    let state = locked(&connection.0);
    let inherited_only = !state.end.as_ref()?.handle().is_held();
    inherited_only.then_some(NOT_GIVEN)
}

/// Returns the offset of an open end.
pub(super) fn place_of(connection: &Connection) -> Option<(u16, Place)> {
    let state = locked(&connection.0);
    let end = state.end.as_ref()?;
    Some((kind::CONNECTION, end.handle().place()))
}

/// Returns the encoded form of a closed end: its directions.
pub(super) fn directions_of(connection: &Connection) -> Dynamic {
    let state = locked(&connection.0);
    let directions: Array = vec![state.readable.into(), state.writable.into()];
    directions.into()
}

/// Returns the end that was sent closed. A closed end can be sent, so that a function may refer to one that its child
/// does not need.
pub(super) fn closed_of(parts: Dynamic) -> Result<Connection, String> {
    let directions = parts.into_typed_array::<bool>()?;
    let [readable, writable] = directions[..] else {
        return Err("a connection without directions".into());
    };
    Ok(Connection::from_state(State {
        end: None,
        readable,
        writable,
    }))
}

impl Connection {
    pub(super) fn new(end: PipeEnd) -> Self {
        Self::from_state(State {
            readable: end.is_readable(),
            writable: end.is_writable(),
            end: Some(end),
        })
    }

    pub(super) fn from_state(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    pub(super) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut locked(&self.0))
    }

    /// Returns the end, unless this process has closed it.
    pub(super) fn open(&self) -> Result<PipeEnd, Failure> {
        let end = self.with(|state| state.end.clone());
        end.ok_or_else(|| raise("OSError", "handle is closed"))
    }

    pub(super) fn reader(&self) -> Result<PipeEnd, Failure> {
        let end = self.open()?;
        if self.with(|state| state.readable) {
            Ok(end)
        } else {
            Err(raise("OSError", "connection is write-only"))
        }
    }

    pub(super) fn writer(&self) -> Result<PipeEnd, Failure> {
        let end = self.open()?;
        if self.with(|state| state.writable) {
            Ok(end)
        } else {
            Err(raise("OSError", "connection is read-only"))
        }
    }

    pub(super) fn close(&self) {
        // Dropped outside the lock.
        drop(self.with(|state| state.end.take()));
    }

    /// Stops receiving after a message that could not be used, as Python does.
    pub(super) fn stop_reading(&self) {
        if self.with(|state| state.writable) {
            self.with(|state| state.readable = false);
        } else {
            self.close();
        }
    }

    pub(super) fn repr(&self) -> String {
        self.with(|state| {
            let words = [
                (state.end.is_none(), " closed"),
                (state.readable, " readable"),
                (state.writable, " writable"),
            ];
            let words: String = words.iter().filter(|w| w.0).map(|w| w.1).collect();
            format!("<multiprocessing.connection.Connection{words}>")
        })
    }
}
