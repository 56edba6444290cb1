//! The three standard streams as descriptors: whole writes, and an empty standard input.

#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};

use super::interrupt;
use super::signal::{self, Signal};

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

/// Returns whether the stream is a terminal.
pub(crate) fn is_terminal(stream: Stream) -> bool {
    rustix::termios::isatty(stream.fd())
}

/// Returns the number of columns of the terminal that standard error leads to, `None` if it is not a terminal. At a prompt
/// standard error is a pipe to the terminal that is read.
#[doc(hidden)]
#[must_use]
pub fn terminal_width(at_prompt: bool) -> Option<u16> {
    let stream = match at_prompt {
        true => rustix::stdio::stdin(),
        false => Stream::Err.fd(),
    };
    let size = rustix::termios::tcgetwinsize(stream).ok()?;
    Some(size.ws_col).map(|columns| if columns == 0 { 80 } else { columns })
}

/// Returns the columns and lines of the terminal that a stream leads to, `None` if it is not a terminal that has a size.
pub(crate) fn terminal_size(stream: Stream) -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(stream.fd()).ok()?;
    Some((size.ws_col, size.ws_row)).filter(|(columns, lines)| *columns > 0 && *lines > 0)
}

/// Returns whether a descriptor is a terminal; one that is not open is none.
pub(crate) fn is_terminal_at(descriptor: i32) -> bool {
    // SAFETY: isatty takes an integer, and asks the kernel about whatever that is.
    unsafe { libc::isatty(descriptor) == 1 }
}

/// Writes all of `bytes`, in one `write(2)` where the kernel takes them whole; waits where it takes none.
///
/// # Errors
/// What `write(2)` says; `EPIPE` when the reader has gone. A closed descriptor (`EBADF`) is no error:
/// there is nobody to write to. `Interrupted` when a signal has asked the process to stop and standard output
/// takes nothing: a full pipe whose reader sleeps must not keep the process from ending.
pub(crate) fn write_all(stream: Stream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let mut piece = bytes;
        if stream == Stream::Out && interrupt::pending() {
            if !has_room(stream) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            piece = &bytes[..bytes.len().min(ROOM)];
        }
        match rustix::io::write(stream.fd(), piece) {
            Ok(written) => bytes = &bytes[written..],
            Err(rustix::io::Errno::INTR) => (),
            Err(rustix::io::Errno::AGAIN) => {
                let fd = stream.fd();
                let _ = poll(&mut [PollFd::new(&fd, PollFlags::OUT)], None);
            }
            Err(rustix::io::Errno::BADF) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The bytes that a writable pipe accepts without waiting: `PIPE_BUF`.
const ROOM: usize = 4096;

fn has_room(stream: Stream) -> bool {
    let fd = stream.fd();
    let mut asked = [PollFd::new(&fd, PollFlags::OUT)];
    poll(&mut asked, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
}

/// Redirects `stream` to `end`.
///
/// # Errors
/// Those of `dup2(2)`.
pub(crate) fn redirect(stream: Stream, end: &impl AsFd) -> io::Result<()> {
    match stream {
        Stream::Out => rustix::stdio::dup2_stdout(end.as_fd())?,
        Stream::Err => rustix::stdio::dup2_stderr(end.as_fd())?,
    }
    Ok(())
}

/// Does for the standard streams what Rust's own `main` does, in a program that begins without it: a stream that is closed leads to
/// `/dev/null`, so that no file gets its number, and a write to a pipe without a reader is an error instead of the end of the process.
#[doc(hidden)]
pub fn prepare_streams() {
    let streams = [rustix::stdio::stdin(), Stream::Out.fd(), Stream::Err.fd()];
    let mut asked = streams
        .each_ref()
        .map(|fd| PollFd::new(fd, PollFlags::empty()));
    let _ = poll(&mut asked, Some(&Timespec::default()));
    for _ in asked
        .iter()
        .filter(|fd| fd.revents().contains(PollFlags::NVAL))
    {
        // The lowest number that is free, which is that of the stream.
        if let Ok(null) = null(OFlags::RDWR) {
            let _ = null.into_raw_fd();
        }
    }
    let _ = signal::ignore(Signal::SIGPIPE);
}

fn null(flags: OFlags) -> io::Result<OwnedFd> {
    Ok(open("/dev/null", flags, Mode::empty())?)
}

/// Makes standard input empty, so that a child's reading sees the end of file at once.
pub(crate) fn empty_stdin() -> io::Result<()> {
    let null = null(OFlags::RDONLY)?;
    rustix::stdio::dup2_stdin(null.as_fd())?;
    Ok(())
}

/// Returns a file that is empty and discards what is written to it.
///
/// # Errors
/// The file is not there.
#[cfg(feature = "redis")]
pub(crate) fn nowhere() -> io::Result<OwnedFd> {
    null(OFlags::RDWR | OFlags::CLOEXEC)
}

/// Makes standard input empty, and discards what is written to standard output and standard error.
pub(crate) fn empty_all() -> io::Result<()> {
    let null = null(OFlags::RDWR)?;
    rustix::stdio::dup2_stdin(null.as_fd())?;
    rustix::stdio::dup2_stdout(null.as_fd())?;
    rustix::stdio::dup2_stderr(null.as_fd())?;
    Ok(())
}
