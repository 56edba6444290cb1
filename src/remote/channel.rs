//! What the bytes of a connection go through: a socket, alone or with TLS around it.
//!
//! Nothing here waits: what would have to wait says so, and whoever calls it waits for the socket.

use std::io;

use super::fault::Fault;
#[cfg(feature = "redis-tls")]
use super::tls::Tls;
use crate::sys::interrupt::unless_interrupted;
use crate::sys::socket::Socket;

pub(super) enum Channel {
    Plain(Socket),
    #[cfg(feature = "redis-tls")]
    Tls(Box<Tls>),
}

impl Channel {
    /// Returns what can be waited for.
    pub(super) fn socket(&self) -> &Socket {
        match self {
            Self::Plain(socket) => socket,
            #[cfg(feature = "redis-tls")]
            Self::Tls(tls) => tls.socket(),
        }
    }

    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Self::Plain(_))
    }

    /// Takes bytes to send, and returns how many; they are under way after [`flush`](Self::flush).
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => unless_interrupted(|| socket.send(bytes)),
            #[cfg(feature = "redis-tls")]
            Self::Tls(tls) => tls.send(bytes),
        }
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            #[cfg(feature = "redis-tls")]
            Self::Tls(tls) => tls.flush(),
        }
    }

    /// Receives into a buffer, and returns how many bytes came; none at the end.
    pub(super) fn receive_into(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => unless_interrupted(|| socket.receive_into(buffer)),
            #[cfg(feature = "redis-tls")]
            Self::Tls(tls) => tls.receive_into(buffer),
        }
    }

    /// Returns what the last error means, if TLS knows more than the system.
    pub(super) fn take_fault(&mut self) -> Option<Fault> {
        match self {
            Self::Plain(_) => None,
            #[cfg(feature = "redis-tls")]
            Self::Tls(tls) => tls.take_fault(),
        }
    }
}
