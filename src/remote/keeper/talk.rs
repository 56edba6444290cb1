//! What a process and its keeper say to each other, over a socket that nobody outside the family knows.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use serde::{Deserialize, Serialize};

use crate::wire::typed;

/// A member that has to be watched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ward {
    /// The server, with the password.
    pub url: String,
    pub kind: String,
    pub name: String,
    pub member: String,
    pub lease_ms: u64,
}

/// What a process asks for.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Order {
    /// Watch this member of the asking process. It is answered.
    Watch(Ward),
    /// This member has left in order.
    Forget(String),
}

/// The answer to [`Order::Watch`].
pub(super) const WATCHED: u8 = b'W';

/// The longest order, in bytes.
const ORDER_MAX: usize = 64 << 10;

/// Writes an order after its length.
pub(super) fn send(stream: &mut UnixStream, order: &Order) -> io::Result<()> {
    let bytes = typed::pack(order).map_err(|misfit| io::Error::other(misfit.to_string()))?;
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend(bytes);
    stream.write_all(&frame)
}

/// Orders as they come in.
#[derive(Debug, Default)]
pub(super) struct Incoming(Vec<u8>);

impl Incoming {
    /// Reads what has come. Returns false at the end of the stream.
    ///
    /// # Errors
    /// Those of the socket.
    pub(super) fn read(&mut self, stream: &mut UnixStream) -> io::Result<bool> {
        let mut buffer = [0; 4096];
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => return Ok(false),
                Ok(count) => self.0.extend(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes the next order, if it is complete.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn next(&mut self) -> io::Result<Option<Order>> {
        let Some(length) = self.0.first_chunk::<4>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(*length) as usize;
        if length > ORDER_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let Some(bytes) = self.0.get(4..4 + length) else {
            return Ok(None);
        };
        let order = typed::read(bytes).map_err(|misfit| io::Error::other(misfit.to_string()));
        self.0.drain(..4 + length);
        order.map(Some)
    }
}
