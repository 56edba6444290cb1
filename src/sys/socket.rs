//! Sockets that never block in the kernel: every operation either happens at once or says that it would have to wait.
#![allow(unsafe_code)]

use std::io;
#[cfg(feature = "redis")]
use std::io::Read;
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
#[cfg(feature = "redis")]
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
pub(crate) use socket2::{Domain, SockAddr, Type};

/// The readiness that a wait is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interest {
    /// Data, a connection to accept, or the end.
    Read,
    /// Room to send, or the end of connecting.
    Write,
}

/// A socket of the kernel's.
#[derive(Debug)]
pub(crate) struct Socket(socket2::Socket);

impl Socket {
    /// `socket(2)`.
    pub(crate) fn new(domain: Domain, kind: Type, protocol: i32) -> io::Result<Self> {
        let protocol = (protocol != 0).then(|| protocol.into());
        Self::adopt(socket2::Socket::new(domain, kind, protocol)?)
    }

    /// `socketpair(2)`.
    pub(crate) fn pair(domain: Domain, kind: Type) -> io::Result<(Self, Self)> {
        let (a, b) = socket2::Socket::pair(domain, kind, None)?;
        Ok((Self::adopt(a)?, Self::adopt(b)?))
    }

    /// Returns a socket behind a descriptor that came from elsewhere.
    pub(crate) fn from_fd(fd: OwnedFd) -> io::Result<Self> {
        Self::adopt(fd.into())
    }

    fn adopt(socket: socket2::Socket) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self(socket))
    }

    pub(crate) fn number(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    pub(crate) fn bind(&self, address: &SockAddr) -> io::Result<()> {
        self.0.bind(address)
    }

    pub(crate) fn listen(&self, backlog: i32) -> io::Result<()> {
        self.0.listen(backlog)
    }

    pub(crate) fn accept(&self) -> io::Result<(Self, SockAddr)> {
        let (socket, address) = self.0.accept()?;
        Ok((Self::adopt(socket)?, address))
    }

    /// Begins to connect; `false` when the end of it has to be waited for, see [`Socket::connected`].
    pub(crate) fn connect(&self, address: &SockAddr) -> io::Result<bool> {
        match self.0.connect(address) {
            Ok(()) => Ok(true),
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Checks whether connecting succeeded, once the socket is writable.
    pub(crate) fn connected(&self) -> io::Result<()> {
        self.0.take_error()?.map_or(Ok(()), Err)
    }

    pub(crate) fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes)
    }

    pub(crate) fn send_to(&self, bytes: &[u8], address: &SockAddr) -> io::Result<usize> {
        self.0.send_to(bytes, address)
    }

    /// Receives at most `most` bytes; empty at the end.
    pub(crate) fn receive(&self, most: usize, flags: i32) -> io::Result<Vec<u8>> {
        let mut buffer = vec![MaybeUninit::uninit(); most];
        let count = self.0.recv_with_flags(&mut buffer, flags)?;
        Ok(filled(buffer, count))
    }

    /// Receives into a buffer, and returns how many bytes came; none at the end.
    #[cfg(feature = "redis")]
    pub(crate) fn receive_into(&self, buffer: &mut [u8]) -> io::Result<usize> {
        (&self.0).read(buffer)
    }

    /// Returns one message and where it came from.
    pub(crate) fn receive_from(&self, most: usize) -> io::Result<(Vec<u8>, SockAddr)> {
        let mut buffer = vec![MaybeUninit::uninit(); most];
        let (count, address) = self.0.recv_from(&mut buffer)?;
        Ok((filled(buffer, count), address))
    }

    pub(crate) fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.0.shutdown(how)
    }

    pub(crate) fn local_address(&self) -> io::Result<SockAddr> {
        self.0.local_addr()
    }

    pub(crate) fn peer_address(&self) -> io::Result<SockAddr> {
        self.0.peer_addr()
    }

    /// Sends small pieces without waiting for more, over TCP.
    pub(crate) fn send_at_once(&self) -> io::Result<()> {
        self.0.set_tcp_nodelay(true)
    }

    /// `setsockopt(2)` with an integer.
    pub(crate) fn set_option(&self, level: i32, name: i32, value: i32) -> io::Result<()> {
        // SAFETY: the kernel reads one integer from an address that is valid for it.
        let result = unsafe {
            libc::setsockopt(
                self.number(),
                level,
                name,
                (&raw const value).cast(),
                size_of::<i32>() as libc::socklen_t,
            )
        };
        checked(result)
    }

    /// `getsockopt(2)` of an integer.
    pub(crate) fn option(&self, level: i32, name: i32) -> io::Result<i32> {
        let mut value = 0_i32;
        let mut length = size_of::<i32>() as libc::socklen_t;
        // SAFETY: the kernel writes at most `length` bytes to the integer, and the length.
        let result = unsafe {
            libc::getsockopt(
                self.number(),
                level,
                name,
                (&raw mut value).cast(),
                &raw mut length,
            )
        };
        checked(result).map(|()| value)
    }

    /// Waits until an operation can continue, for `slice` at the most; a signal that is handled ends the wait early.
    pub(crate) fn wait(&self, interest: Interest, slice: Duration) -> io::Result<bool> {
        let flags = match interest {
            Interest::Read => PollFlags::IN,
            Interest::Write => PollFlags::OUT,
        };
        let limit = Timespec {
            tv_sec: i64::try_from(slice.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: slice.subsec_nanos().into(),
        };
        match poll(&mut [PollFd::new(&self.0, flags)], Some(&limit)) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn checked(result: libc::c_int) -> io::Result<()> {
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Returns the first `count` bytes of a buffer, which the kernel has filled.
fn filled(buffer: Vec<MaybeUninit<u8>>, count: usize) -> Vec<u8> {
    let bytes = buffer.into_iter().take(count);
    // SAFETY: the kernel has written the first `count` bytes.
    bytes.map(|byte| unsafe { byte.assume_init() }).collect()
}

/// Returns the process at the other end of a local connection, as it was when it connected, and its user.
#[cfg(feature = "redis")]
pub(crate) fn peer(stream: &UnixStream) -> io::Result<(i32, u32)> {
    let peer = rustix::net::sockopt::socket_peercred(stream)?;
    Ok((peer.pid.as_raw_nonzero().get(), peer.uid.as_raw()))
}

/// Returns the addresses of a host by name or number.
pub(crate) fn resolve(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    use std::net::ToSocketAddrs;
    (host, port).to_socket_addrs().map(Iterator::collect)
}

/// The numbers of the kernel that scripts know by name.
pub(crate) const NUMBERS: &[(&str, i32)] = &[
    ("AF_UNSPEC", libc::AF_UNSPEC),
    ("AF_UNIX", libc::AF_UNIX),
    ("AF_INET", libc::AF_INET),
    ("AF_INET6", libc::AF_INET6),
    ("SOCK_STREAM", libc::SOCK_STREAM),
    ("SOCK_DGRAM", libc::SOCK_DGRAM),
    ("SOCK_SEQPACKET", libc::SOCK_SEQPACKET),
    ("SOL_SOCKET", libc::SOL_SOCKET),
    ("SO_REUSEADDR", libc::SO_REUSEADDR),
    ("SO_REUSEPORT", libc::SO_REUSEPORT),
    ("SO_KEEPALIVE", libc::SO_KEEPALIVE),
    ("SO_BROADCAST", libc::SO_BROADCAST),
    ("SO_RCVBUF", libc::SO_RCVBUF),
    ("SO_SNDBUF", libc::SO_SNDBUF),
    ("SO_ERROR", libc::SO_ERROR),
    ("SO_TYPE", libc::SO_TYPE),
    ("SOMAXCONN", libc::SOMAXCONN),
    ("IPPROTO_IP", libc::IPPROTO_IP),
    ("IPPROTO_TCP", libc::IPPROTO_TCP),
    ("IPPROTO_UDP", libc::IPPROTO_UDP),
    ("IPPROTO_IPV6", libc::IPPROTO_IPV6),
    ("IPV6_V6ONLY", libc::IPV6_V6ONLY),
    ("TCP_NODELAY", libc::TCP_NODELAY),
    ("MSG_PEEK", libc::MSG_PEEK),
    ("MSG_DONTWAIT", libc::MSG_DONTWAIT),
    ("MSG_WAITALL", libc::MSG_WAITALL),
    ("SHUT_RD", libc::SHUT_RD),
    ("SHUT_WR", libc::SHUT_WR),
    ("SHUT_RDWR", libc::SHUT_RDWR),
];
