//! Processes: forking, watching children through pidfds, reaping them.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process, setpgid, waitid,
    waitpid,
};

use super::clock::{Deadline, now_ns};

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// `_exit(code)`.
    Code(i32),
    /// Killed by this signal number.
    Signal(i32),
    /// Somebody else has reaped it, so its status is unknown.
    Unknown,
}

/// The result of `fork(2)`.
pub(crate) enum Forked {
    Child,
    Parent { pid: i32 },
}

/// `fork(2)`.
///
/// # Safety
/// In a process with several threads the child may only do what is async-signal-safe.
pub(crate) unsafe fn fork() -> io::Result<Forked> {
    // SAFETY: the caller keeps the rule above.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(Forked::Child),
        pid => Ok(Forked::Parent { pid }),
    }
}

/// Ends this process at once: no destructors, no flushing.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: _exit never returns and reads no memory.
    unsafe { libc::_exit(code) }
}

/// Moves the process `pid` (0: this one) into a new process group.
///
/// # Errors
/// If it has ended, or already runs another program.
pub(crate) fn own_group(pid: i32) -> io::Result<()> {
    Ok(setpgid(Pid::from_raw(pid), None)?)
}

/// Returns a descriptor that becomes readable when the process ends.
///
/// Without a race for an unreaped child, because its ID cannot be reused before that.
pub(crate) fn pidfd(pid: i32) -> io::Result<OwnedFd> {
    let pid = Pid::from_raw(pid).ok_or(io::ErrorKind::InvalidInput)?;
    Ok(rustix::process::pidfd_open(pid, PidfdFlags::empty())?)
}

/// Waits until one of `fds` is readable; `None` waits for ever. Returns the readiness of each.
///
/// A handled signal ends the wait early, with nothing ready.
pub(crate) fn wait_readable(
    fds: &[BorrowedFd<'_>],
    timeout: Option<Duration>,
) -> io::Result<Vec<bool>> {
    let mut polled: Vec<_> = fds
        .iter()
        .map(|fd| PollFd::new(fd, PollFlags::IN))
        .collect();
    let limit = timeout.map(|t| Timespec {
        tv_sec: i64::try_from(t.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(t.subsec_nanos()),
    });
    match poll(&mut polled, limit.as_ref()) {
        Ok(_) | Err(Errno::INTR) => (),
        Err(error) => return Err(error.into()),
    }
    Ok(polled.iter().map(|p| !p.revents().is_empty()).collect())
}

/// Reaps the child behind `pidfd` if it has ended; `None` while it runs.
pub(crate) fn reap(pidfd: BorrowedFd<'_>) -> io::Result<Option<Ended>> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
    loop {
        return match waitid(WaitId::PidFd(pidfd), options) {
            Ok(None) => Ok(None),
            Ok(Some(status)) => Ok(Some(match status.terminating_signal() {
                Some(signal) => Ended::Signal(signal),
                None => status.exit_status().map_or(Ended::Unknown, Ended::Code),
            })),
            Err(Errno::INTR) => continue,
            Err(Errno::CHILD) => Ok(Some(Ended::Unknown)),
            Err(error) => Err(error.into()),
        };
    }
}

/// Kills and reaps a child that cannot be watched.
pub(crate) fn kill_and_reap(pid: i32) {
    if let Some(pid) = Pid::from_raw(pid) {
        let _ = kill_process(pid, Signal::KILL);
        let _ = waitpid(Some(pid), WaitOptions::empty());
    }
}

/// Sets the name of this process in `ps` and `top` (the first 15 bytes).
pub(crate) fn set_command_name(name: &str) {
    let _ = CString::new(name).map(|name| rustix::thread::set_name(&name));
}

pub(crate) fn pid() -> i32 {
    std::process::id().cast_signed()
}

pub(crate) fn parent_pid() -> i32 {
    rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get())
}

/// How long to wait until a thread that has ended is gone.
const THREAD_END: Duration = Duration::from_secs(1);

/// Waits until a thread of this process that is about to end is no longer counted.
pub(crate) fn wait_until_gone(thread: i64) {
    let path = format!("/proc/self/task/{thread}");
    let end = Deadline::after(THREAD_END);
    while std::fs::metadata(&path).is_ok() && !end.passed(now_ns()) {
        std::thread::yield_now();
    }
}

/// Returns the number of threads of this process; a very large number if it is unknown.
pub(crate) fn thread_count() -> usize {
    use std::os::unix::fs::MetadataExt;
    // A directory has one link for each subdirectory, and two for itself.
    let links = std::fs::metadata("/proc/self/task").map_or(u64::MAX, |task| task.nlink());
    usize::try_from(links).map_or(usize::MAX, |links| links.saturating_sub(2))
}

/// Takes ownership of the descriptor `fd` that was inherited across `exec`, for this process alone.
///
/// # Errors
/// If no such descriptor is open, or it is one of the standard streams.
pub(crate) fn inherited_fd(fd: RawFd) -> io::Result<OwnedFd> {
    use std::os::fd::FromRawFd;
    if fd <= 2 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: fcntl with F_SETFD changes a flag of the descriptor, or fails when it is not open.
    if unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) } == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it is open (checked above), and it was given to this program as its own: nothing here has
    // opened a descriptor of that number yet.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
