//! The ends of pipes and of connections by sockets, named after Python's `multiprocessing/connection.py`.

use std::sync::{Arc, Mutex};

use rhai::{Array, Dynamic};

use super::stream::Stream;
use crate::script::codecs::optional;
use crate::script::{Failure, raise};
use crate::stdlib::socket::connection::Socket;
use crate::sync::{PipeEnd, Place};
use crate::sys::lock::locked;
use crate::wire::kind;

pub(super) const NOT_GIVEN: &str = "this process was not given this end of the pipe: \
                         pass it as an argument of the process, or send it through a queue or a pipe";

pub(super) const NOTHING_CAN_COME: &str = "no more data can arrive: only this process still holds the other end of the \
                                pipe; close it here after passing it on";

/// What a connection is an end of. Clones are the same.
#[derive(Debug, Clone)]
pub(super) enum End {
    /// A pipe in the memory of the family.
    Pipe(PipeEnd),
    /// A socket, of which the other end may be any program's.
    Stream(Arc<Stream>),
}

/// One end of a pipe or of a connection by a socket, as scripts see it. Clones are the same: closed together.
#[derive(Debug, Clone)]
pub(crate) struct Connection(Arc<Mutex<State>>);

#[derive(Debug)]
pub(super) struct State {
    /// `None` once it is closed.
    pub end: Option<End>,
    pub readable: bool,
    pub writable: bool,
}

/// Returns why an end cannot be sent from this process: what it refers to may be gone.
pub(super) fn not_given(connection: &Connection) -> Option<&'static str> {
    let state = locked(&connection.0);
    let inherited_only = match state.end.as_ref()? {
        End::Pipe(end) => !end.handle().is_held(),
        End::Stream(_) => false,
    };
    inherited_only.then_some(NOT_GIVEN)
}

/// Returns the offset of an open end of a pipe.
pub(super) fn place_of(connection: &Connection) -> Option<(u16, Place)> {
    let state = locked(&connection.0);
    match state.end.as_ref()? {
        End::Pipe(end) => Some((kind::CONNECTION, end.handle().place())),
        End::Stream(_) => None,
    }
}

/// Returns the parts of what has no offset: its directions, and its socket if it is open.
pub(super) fn parts_of(connection: &Connection) -> Dynamic {
    let state = locked(&connection.0);
    let socket = match &state.end {
        Some(End::Stream(stream)) => Dynamic::from(stream.socket().clone()),
        Some(End::Pipe(_)) | None => Dynamic::UNIT,
    };
    let parts: Array = vec![state.readable.into(), state.writable.into(), socket];
    parts.into()
}

/// Returns the connection that was sent by its parts. A closed one can be sent, so that a function may refer to one that its child
/// does not need.
pub(super) fn of_parts(parts: Dynamic) -> Result<Connection, String> {
    let parts = parts.into_array().ok();
    let parts = parts.and_then(|parts| <[Dynamic; 3]>::try_from(parts).ok());
    let [readable, writable, socket] = parts.ok_or("a connection without its parts")?;
    let socket = optional::<Socket>(socket)?;
    Ok(Connection::from_state(State {
        end: socket.map(|socket| End::Stream(Arc::new(Stream::new(socket)))),
        readable: readable
            .as_bool()
            .map_err(|_| "a connection without directions")?,
        writable: writable
            .as_bool()
            .map_err(|_| "a connection without directions")?,
    }))
}

impl Connection {
    pub(super) fn new(end: PipeEnd) -> Self {
        Self::from_state(State {
            readable: end.is_readable(),
            writable: end.is_writable(),
            end: Some(End::Pipe(end)),
        })
    }

    /// A connection by a socket.
    pub(super) fn by_stream(stream: Stream) -> Self {
        Self::from_state(State {
            end: Some(End::Stream(Arc::new(stream))),
            readable: true,
            writable: true,
        })
    }

    pub(super) fn from_state(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    pub(super) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut locked(&self.0))
    }

    /// Returns the end, unless this process has closed it.
    pub(super) fn open(&self) -> Result<End, Failure> {
        let end = self.with(|state| state.end.clone());
        end.ok_or_else(|| raise("OSError", "handle is closed"))
    }

    pub(super) fn reader(&self) -> Result<End, Failure> {
        let end = self.open()?;
        if self.with(|state| state.readable) {
            Ok(end)
        } else {
            Err(raise("OSError", "connection is write-only"))
        }
    }

    pub(super) fn writer(&self) -> Result<End, Failure> {
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
