//! The three standard streams as descriptors: whole writes, and an empty standard input.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags, open};

use super::interrupt;

/// One of the two streams a program writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Out,
    Err,
}

impl Stream {
    fn fd(self) -> BorrowedFd<'static> {
        match self {
            Stream::Out => rustix::stdio::stdout(),
            Stream::Err => rustix::stdio::stderr(),
        }
    }
}

/// Writes all of `bytes`, in one `write(2)` where the kernel takes them whole; waits where it takes none.
///
/// # Errors
/// What `write(2)` says; `EPIPE` when the reader has gone. `Interrupted` when a signal asks the process to
/// stop while it waits for room on standard output; the rest is not written then. A closed descriptor (`EBADF`) is no error:
/// there is nobody to write to.
pub(crate) fn write_all(stream: Stream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(stream.fd(), bytes) {
            Ok(written) => bytes = &bytes[written..],
            // A full pipe whose reader sleeps must not keep the process from ending.
            Err(rustix::io::Errno::INTR) if interrupt::pending() && stream == Stream::Out => {
                return Err(io::ErrorKind::Interrupted.into());
            }
            Err(rustix::io::Errno::INTR) => (),
            Err(rustix::io::Errno::AGAIN) => {
                let fd = stream.fd();
                let mut waiting = [PollFd::new(&fd, PollFlags::OUT)];
                let _ = poll(&mut waiting, None);
            }
            Err(rustix::io::Errno::BADF) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Makes standard input empty, so that a child's reading sees the end of file at once.
pub(crate) fn empty_stdin() -> io::Result<()> {
    let null = open("/dev/null", OFlags::RDONLY, Mode::empty())?;
    rustix::stdio::dup2_stdin(null.as_fd())?;
    Ok(())
}
