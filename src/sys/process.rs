//! Processes: making them, watching them through pidfds, reaping them.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags};
use nix::sys::signal::SigSet;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags};

use super::clock::{Deadline, now_ns};

use super::signal::Signal;

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// `_exit(code)`.
    Code(i32),
    /// Killed by this signal number.
    Signal(i32),
    /// Somebody else has reaped it: nobody can say.
    Unknown,
}

/// What `fork(2)` returned.
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

/// Runs `program` with `args` (the first is its name for itself) in a new process that has each of `descriptors` under the number
/// beside it. If it is to have a process group of its own, SIGINT is held back in it, and one that the terminal sent before it had
/// its group waits there.
pub(crate) fn spawn(
    program: &Path,
    args: &[String],
    descriptors: &[(RawFd, RawFd)],
    own_group: bool,
) -> io::Result<i32> {
    let words = |list: &[String]| -> io::Result<Vec<CString>> {
        list.iter()
            .map(|word| Ok(CString::new(word.as_str())?))
            .collect()
    };
    let environment: Vec<CString> = std::env::vars_os()
        .filter_map(|(name, value)| {
            let mut entry = name.into_encoded_bytes();
            entry.push(b'=');
            entry.extend(value.into_encoded_bytes());
            CString::new(entry).ok()
        })
        .collect();
    let mut actions = PosixSpawnFileActions::init()?;
    // Duplicating a descriptor onto itself clears its close-on-exec flag in the new process only.
    for (fd, number) in descriptors {
        actions.add_dup2(*fd, *number)?;
    }
    let mut attributes = PosixSpawnAttr::init()?;
    // Whatever the calling thread holds back.
    let mut held = SigSet::empty();
    let mut flags = PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK;
    if own_group {
        held.add(Signal::SIGINT);
        flags |= PosixSpawnFlags::POSIX_SPAWN_SETPGROUP;
        attributes.set_pgroup(nix::unistd::Pid::from_raw(0))?;
    }
    attributes.set_sigmask(&held)?;
    attributes.set_flags(flags)?;
    let program = CString::new(program.as_os_str().as_bytes())?;
    let pid = nix::spawn::posix_spawn(
        program.as_c_str(),
        &actions,
        &attributes,
        &words(args)?,
        &environment,
    )?;
    Ok(pid.as_raw())
}

/// Gives the process `pid` (0: this one) a process group of its own.
///
/// # Errors
/// When it has ended, or runs another program already.
pub(crate) fn own_group(pid: i32) -> io::Result<()> {
    let pid = nix::unistd::Pid::from_raw(pid);
    Ok(nix::unistd::setpgid(pid, nix::unistd::Pid::from_raw(0))?)
}

/// A descriptor that becomes readable when the process ends.
///
/// Race-free for an unreaped child: its number cannot be used again before that.
pub(crate) fn pidfd(pid: i32) -> io::Result<OwnedFd> {
    let pid = Pid::from_raw(pid).ok_or(io::ErrorKind::InvalidInput)?;
    Ok(rustix::process::pidfd_open(pid, PidfdFlags::empty())?)
}

/// Waits until one of `fds` is readable; `None` waits for ever. Gives the readiness of each.
///
/// A signal that is handled ends the wait early, with nothing ready.
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
        Ok(_) | Err(rustix::io::Errno::INTR) => (),
        Err(error) => return Err(error.into()),
    }
    Ok(polled.iter().map(|p| !p.revents().is_empty()).collect())
}

/// Reaps the child behind `pidfd` if it has ended.
pub(crate) fn reap(pidfd: BorrowedFd<'_>) -> io::Result<Option<Ended>> {
    use nix::errno::Errno;
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG;
    loop {
        match nix::sys::wait::waitid(Id::PIDFd(pidfd.as_fd()), flags) {
            Ok(WaitStatus::Exited(_, code)) => return Ok(Some(Ended::Code(code))),
            Ok(WaitStatus::Signaled(_, signal, _)) => {
                return Ok(Some(Ended::Signal(signal as i32)));
            }
            Ok(_) => return Ok(None),
            Err(Errno::EINTR) => (),
            Err(Errno::ECHILD) => return Ok(Some(Ended::Unknown)),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Ends a child that cannot be watched, and reaps it.
pub(crate) fn abandon(pid: i32) {
    let pid = nix::unistd::Pid::from_raw(pid);
    let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
    let _ = nix::sys::wait::waitpid(pid, None);
}

/// Asks the kernel to send `signal` to this process when the thread that started it ends.
pub(crate) fn set_parent_death_signal(signal: super::signal::Signal) -> io::Result<()> {
    // SAFETY: this prctl takes an integer.
    if unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal as libc::c_ulong) } == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Sets what `ps` and `top` call this process (the first 15 bytes).
pub(crate) fn set_command_name(name: &str) {
    let _ = CString::new(name).map(|name| rustix::thread::set_name(&name));
}

pub(crate) fn pid() -> i32 {
    std::process::id().cast_signed()
}

pub(crate) fn parent_pid() -> i32 {
    rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get())
}

/// How long to wait for a thread that has ended to be gone.
const DEPARTURE: Duration = Duration::from_secs(1);

/// Waits until a thread of this process, which is about to end, is not counted any more.
pub(crate) fn await_departure(thread: i64) {
    let path = format!("/proc/self/task/{thread}");
    let end = Deadline::after(DEPARTURE);
    while std::fs::metadata(&path).is_ok() && !end.passed(now_ns()) {
        std::thread::yield_now();
    }
}

/// The number of threads of this process; very many where it cannot be found out.
pub(crate) fn thread_count() -> usize {
    use std::os::unix::fs::MetadataExt;
    // A directory has a link for each directory in it, besides its own two.
    let links = std::fs::metadata("/proc/self/task").map_or(u64::MAX, |task| task.nlink());
    usize::try_from(links).map_or(usize::MAX, |links| links.saturating_sub(2))
}

/// Takes over the descriptor `fd` that was inherited across `exec`, for this process alone.
///
/// # Errors
/// When no such descriptor is open, or it is one of the standard streams.
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
