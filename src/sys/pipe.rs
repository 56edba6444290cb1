//! Pipes that other processes get as their standard streams, and the bell that wakes the thread that reads them.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::OFlags;
use rustix::pipe::{PipeFlags, pipe_with};

/// The first descriptor after the standard streams.
const BEHIND_THE_STREAMS: i32 = 3;

/// Returns a pipe: the reading end never blocks, the writing end does.
///
/// Neither end is one of the standard streams, even if the process has closed its own, because the pipe is to replace
/// them.
pub(crate) fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
    let (read, write) = (behind_the_streams(read)?, behind_the_streams(write)?);
    rustix::fs::fcntl_setfl(&read, OFlags::NONBLOCK)?;
    Ok((read, write))
}

/// Returns a pipe that holds this many bytes, both of whose ends block.
///
/// # Errors
/// No descriptor is left, or the user may not have such a large pipe.
pub(crate) fn blocking_pipe(size: Option<usize>) -> io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
    if let Some(size) = size {
        rustix::pipe::fcntl_setpipe_size(&write, size)?;
    }
    Ok((behind_the_streams(read)?, behind_the_streams(write)?))
}

/// Sets whether uses of an end wait, for all who have it.
pub(crate) fn set_blocking(end: &impl AsFd, blocks: bool) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(end)?;
    let flags = match blocks {
        true => flags - OFlags::NONBLOCK,
        false => flags | OFlags::NONBLOCK,
    };
    Ok(rustix::fs::fcntl_setfl(end, flags)?)
}

/// Waits until one of `reads` has something to read, or one of `writes` has room, for at most this long. Returns which.
pub(crate) fn wait_for_any(
    reads: &[impl AsFd],
    writes: &[impl AsFd],
    most: Duration,
) -> io::Result<(Vec<bool>, Vec<bool>)> {
    let asked = |end, flags| PollFd::from_borrowed_fd(end, flags);
    let reading = reads.iter().map(|end| asked(end.as_fd(), PollFlags::IN));
    let writing = writes.iter().map(|end| asked(end.as_fd(), PollFlags::OUT));
    let mut polled: Vec<_> = reading.chain(writing).collect();
    match poll(&mut polled, Timespec::try_from(most).ok().as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => (),
        Err(error) => return Err(error.into()),
    }
    let mut ready = polled.iter().map(|end| !end.revents().is_empty());
    let reads = ready.by_ref().take(reads.len()).collect();
    Ok((reads, ready.collect()))
}

fn behind_the_streams(end: OwnedFd) -> io::Result<OwnedFd> {
    use std::os::fd::AsRawFd;
    if end.as_raw_fd() >= BEHIND_THE_STREAMS {
        return Ok(end);
    }
    Ok(rustix::io::fcntl_dupfd_cloexec(&end, BEHIND_THE_STREAMS)?)
}

/// Returns the number of bytes in a pipe.
pub(crate) fn waiting(end: &impl AsFd) -> usize {
    let count = rustix::io::ioctl_fionread(end).unwrap_or(0);
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// Reads what is available into `buffer`; returns 0 if nothing is.
pub(crate) fn read(end: &impl AsFd, buffer: &mut [u8]) -> usize {
    loop {
        match rustix::io::read(end, &mut *buffer) {
            Ok(count) => return count,
            Err(rustix::io::Errno::INTR) => (),
            Err(_) => return 0,
        }
    }
}

/// Wakes a thread that waits for pipes.
#[derive(Debug)]
pub(crate) struct Bell(OwnedFd);

impl Bell {
    pub(crate) fn new() -> io::Result<Self> {
        let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
        Ok(Self(eventfd(0, flags)?))
    }

    /// Ends the current wait, or the next one.
    pub(crate) fn ring(&self) {
        let _ = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }

    /// Waits until one of `ends` can be read, or the bell rings.
    pub(crate) fn wait(&self, ends: &[impl AsFd]) {
        let mut asked = vec![PollFd::new(&self.0, PollFlags::IN)];
        asked.extend(ends.iter().map(|end| PollFd::new(end, PollFlags::IN)));
        let _ = poll(&mut asked, None);
        let _ = rustix::io::read(&self.0, &mut [0; 8]);
    }
}
