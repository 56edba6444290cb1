//! The descriptors of this process by their numbers: which are open, and under which number a program gets one.
#![allow(unsafe_code)]

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd, RawFd};

use rustix::io::{FdFlags, fcntl_dupfd_cloexec};
use rustix::process::{Resource, getrlimit};

/// The highest number of a standard stream.
const STREAMS: RawFd = 2;

/// Returns the descriptors besides the standard streams that are open.
///
/// # Errors
/// `/proc` is not mounted.
pub(crate) fn open_ones() -> io::Result<Vec<RawFd>> {
    Ok(listed()?.filter(|fd| is_open(*fd)).collect())
}

/// Returns the descriptors besides the standard streams that a program gets which this process starts.
///
/// # Errors
/// `/proc` is not mounted.
pub(crate) fn inheritable() -> io::Result<Vec<RawFd>> {
    let stays = |fd: &RawFd| flags(*fd).is_some_and(|flags| flags & libc::FD_CLOEXEC == 0);
    Ok(listed()?.filter(stays).collect())
}

/// Lists descriptors, among them the one by which they are listed.
fn listed() -> io::Result<impl Iterator<Item = RawFd>> {
    let entries = fs::read_dir("/proc/self/fd")?;
    let numbers: Vec<RawFd> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|fd| *fd > STREAMS)
        .collect();
    Ok(numbers.into_iter())
}

/// Returns whether a descriptor is open.
pub(crate) fn is_open(fd: RawFd) -> bool {
    flags(fd).is_some()
}

/// Returns the flags of a descriptor, if it is open.
fn flags(fd: RawFd) -> Option<i32> {
    // SAFETY: the call takes numbers, and fails when the descriptor is not open.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFD) };
    (flags != -1).then_some(flags)
}

/// Moves a descriptor to the lowest free number that is none of these, if its own is one of them.
///
/// # Errors
/// No number is left.
pub(crate) fn elsewhere(mut fd: OwnedFd, taken: &[RawFd]) -> io::Result<OwnedFd> {
    let mut least = 0;
    while taken.contains(&fd.as_raw_fd()) {
        fd = fcntl_dupfd_cloexec(&fd, least)?;
        least = fd.as_raw_fd() + 1;
    }
    Ok(fd)
}

/// Returns how many descriptors this process may have. Their numbers are below this.
pub(crate) fn most() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Opens a descriptor under this number, for this process and the programs that it starts. What was open there is closed.
///
/// # Errors
/// The number is too high.
pub(crate) fn place(fd: OwnedFd, number: RawFd) -> io::Result<()> {
    if fd.as_raw_fd() == number {
        rustix::io::fcntl_setfd(&fd, FdFlags::empty())?;
        let _stays_open = fd.into_raw_fd();
        return Ok(());
    }
    // SAFETY: the call takes numbers. The caller has nothing open under `number` that it still uses.
    match unsafe { libc::dup2(fd.as_raw_fd(), number) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
