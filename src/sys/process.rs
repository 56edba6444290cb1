//! Processes: forking, watching children through pidfds, reaping them.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char};
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::sync::Mutex;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process, setpgid, waitid,
    waitpid,
};

use super::clock::{Deadline, now_ns};
use super::lock::locked;
use super::own_id::{process_id, thread_id};

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

/// Returns the path by which the kernel started this program.
pub(crate) fn started_as() -> Option<&'static CStr> {
    // SAFETY: the call reads a table that the kernel has filled before the program began.
    let path = unsafe { libc::getauxval(libc::AT_EXECFN) } as *const c_char;
    // SAFETY: unless it is null, it points to a string above the stack, which is there as long as the process.
    (!path.is_null()).then(|| unsafe { CStr::from_ptr(path) })
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

/// Returns whether this process is the leader of a process group.
pub(crate) fn leads_group() -> bool {
    group() == pid()
}

/// Returns the process group of this process; 0 if it has no number here, because its leader is outside of the process-ID namespace.
pub(crate) fn group() -> i32 {
    nix::unistd::getpgrp().as_raw()
}

/// Returns the process group of a process, 0 being this one.
pub(crate) fn group_of(pid: i32) -> io::Result<i32> {
    let group = nix::unistd::getpgid(Some(nix::unistd::Pid::from_raw(pid)))?;
    Ok(group.as_raw())
}

/// Returns the session of this process; 0 as for [`group`].
pub(crate) fn session() -> i32 {
    // SAFETY: the call takes a number. For this process itself it does not fail.
    unsafe { libc::getsid(0) }
}

/// Returns the current directory, held by a descriptor.
pub(crate) fn current_directory() -> io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(".", flags, Mode::empty())?)
}

/// Makes `directory` the current directory.
///
/// # Errors
/// Those of `fchdir(2)`.
pub(crate) fn change_directory(directory: BorrowedFd<'_>) -> io::Result<()> {
    Ok(rustix::process::fchdir(directory)?)
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
    process_id().cast_signed()
}

pub(crate) fn parent_pid() -> i32 {
    rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get())
}

/// How long to wait until a thread that has ended is gone.
const THREAD_END: Duration = Duration::from_secs(1);

/// Waits until a thread of this process that is about to end is no longer counted.
pub(crate) fn wait_until_gone(thread: i64) {
    wait_until_all_are_gone(&[thread]);
}

fn wait_until_all_are_gone(threads: &[i64]) {
    let end = Deadline::after(THREAD_END);
    let is_there = || threads.iter().any(|thread| is_leaving(*thread));
    while is_there() && !end.passed(now_ns()) {
        std::thread::yield_now();
    }
}

/// Returns whether another thread of this process with this id is still counted.
fn is_leaving(thread: i64) -> bool {
    let is_counted = |id| id != thread_id() && thread_is_counted(process_id(), id);
    u32::try_from(thread).is_ok_and(is_counted)
}

/// Threads that are about to end, for whom nobody has waited yet.
static LEAVING: Mutex<Vec<i64>> = Mutex::new(Vec::new());

/// How many such threads are noted before those are forgotten that are gone.
const MOST_LEAVING: usize = 64;

/// Notes that a thread of this process is about to end: the next question whether the process [has one thread](has_one_thread) waits for it.
pub(crate) fn note_leaving(thread: i64) {
    let mut leaving = locked(&LEAVING);
    if leaving.len() >= MOST_LEAVING {
        leaving.retain(|thread| is_leaving(*thread));
    }
    if !leaving.contains(&thread) {
        leaving.push(thread);
    }
}

/// Waits for threads that were noted to be about to end.
pub(crate) fn wait_for_leaving() {
    let leaving = std::mem::take(&mut *locked(&LEAVING));
    wait_until_all_are_gone(&leaving);
}

/// Returns whether the process has a thread with this id, a zombie included.
pub(crate) fn thread_is_counted(pid: u32, thread: u32) -> bool {
    let (pid, thread) = (pid.cast_signed(), thread.cast_signed());
    // SAFETY: signal 0 is not sent; the call only looks for the thread, and takes numbers.
    let found = unsafe { libc::syscall(libc::SYS_tgkill, pid, thread, 0) };
    found == 0 || io::Error::last_os_error().raw_os_error() != Some(libc::ESRCH)
}

/// Returns whether this process has one thread; false if that cannot be found out. Waits for threads that were noted to be about to end.
pub(crate) fn has_one_thread() -> bool {
    use std::os::unix::fs::MetadataExt;
    wait_for_leaving();
    // SAFETY: with this flag alone the call has no effect; it fails when there are several threads (`unshare(2)`).
    if unsafe { libc::unshare(libc::CLONE_THREAD) } == 0 {
        return true;
    }
    // Some sandboxes forbid the call. A directory has one link for each subdirectory, and two for itself.
    std::fs::metadata("/proc/self/task").is_ok_and(|tasks| tasks.nlink() == 3)
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
