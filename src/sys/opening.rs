//! Opening files that may block: a FIFO is opened at once, and what its opener waits for is asked afterwards.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;

/// The flag that makes opening a FIFO return at once.
pub(crate) const AT_ONCE: i32 = OFlags::NONBLOCK.bits().cast_signed();

/// The error of opening a FIFO for writing that nobody reads yet.
pub(crate) const NO_READER: i32 = Errno::NXIO.raw_os_error();

/// Returns whether this is a FIFO.
pub(crate) fn is_fifo(file: &File) -> io::Result<bool> {
    Ok(file.metadata()?.file_type().is_fifo())
}

/// Makes the kernel wait in the uses of a file that was opened with [`AT_ONCE`].
pub(crate) fn make_waiting(file: &File) -> io::Result<()> {
    let flags = fcntl_getfl(file)?;
    Ok(fcntl_setfl(file, flags - OFlags::NONBLOCK)?)
}

/// Returns whether the file has something to read, or room to write, after waiting for at most this long.
pub(crate) fn is_ready(file: &File, writes: bool, most: Duration) -> io::Result<bool> {
    let flags = if writes {
        PollFlags::OUT
    } else {
        PollFlags::IN
    };
    let limit = Timespec::try_from(most).ok();
    match poll(&mut [PollFd::new(file, flags)], limit.as_ref()) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Returns whether somebody writes to a FIFO that was opened with [`AT_ONCE`], after waiting for at most this long. What is read
/// then is added to `ahead`.
pub(crate) fn has_writer(file: &File, most: Duration, ahead: &mut Vec<u8>) -> io::Result<bool> {
    if is_ready(file, false, most)? {
        return Ok(true);
    }
    // The kernel does not notify anybody of a writer that writes nothing, but reading distinguishes it from none.
    let mut piece = [0; 1];
    match rustix::io::read(file, &mut piece) {
        Ok(0) | Err(Errno::INTR) => Ok(false),
        Ok(_) => {
            ahead.extend_from_slice(&piece);
            Ok(true)
        }
        Err(Errno::AGAIN) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
