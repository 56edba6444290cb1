//! What a process passes on to the programs that it starts, besides arguments, descriptors and the current directory.
//!
//! The kernel gives all of it to every new process: identity and privileges, limits, priority, what is ignored, where it belongs. Two
//! processes that were started under the same conditions have all of it in common.
#![allow(unsafe_code)]

use std::fs;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;

use rustix::fs::{Mode, OFlags, open, openat};
use rustix::process::{Resource, Rlimit, getrlimit};

use super::process;

/// The lines of `proc_pid_status(5)` that say what is passed on.
const LINES: [&str; 16] = [
    "Umask:",
    "Uid:",
    "Gid:",
    "Groups:",
    "SigIgn:",
    "CapInh:",
    "CapPrm:",
    "CapEff:",
    "CapBnd:",
    "CapAmb:",
    "NoNewPrivs:",
    "Seccomp:",
    "Seccomp_filters:",
    "THP_enabled:",
    "Cpus_allowed:",
    "Mems_allowed:",
];

/// The line that says for which signals the process has a function.
const CAUGHT: &str = "SigCgt:";

/// More than the kernel writes, unless a process is in thousands of groups.
const ROOM: usize = 8192;

const NAMESPACES: [&str; 8] = [
    "ns/cgroup",
    "ns/ipc",
    "ns/mnt",
    "ns/net",
    "ns/pid_for_children",
    "ns/time_for_children",
    "ns/user",
    "ns/uts",
];

const LIMITS: [Resource; 16] = [
    Resource::As,
    Resource::Core,
    Resource::Cpu,
    Resource::Data,
    Resource::Fsize,
    Resource::Locks,
    Resource::Memlock,
    Resource::Msgqueue,
    Resource::Nice,
    Resource::Nofile,
    Resource::Nproc,
    Resource::Rss,
    Resource::Rtprio,
    Resource::Rttime,
    Resource::Sigpending,
    Resource::Stack,
];

/// What a process passes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conditions(Vec<u8>);

impl Conditions {
    /// Returns what this process passes on to programs that its thread `thread` starts, and whether it has a function for SIGCHLD.
    ///
    /// # Errors
    /// They cannot be found out, for example because `/proc` is not mounted.
    pub(crate) fn of(thread: u32) -> io::Result<(Self, bool)> {
        let about = format!("/proc/self/task/{thread}");
        let about = open(
            about,
            OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let mut all = Vec::with_capacity(ROOM);
        let mut buffer = [0; ROOM];
        let status = read(about.as_fd(), "status", &mut buffer)?;
        let caught = note_status(status, &mut all).ok_or(io::ErrorKind::InvalidData)?;
        // A kernel may lack these, and some namespaces. The last is the process's, and not a thread's.
        for file in [
            "cgroup",
            "oom_score_adj",
            "personality",
            "/proc/self/coredump_filter",
        ] {
            all.extend(read(about.as_fd(), file, &mut buffer).unwrap_or_default());
        }
        for name in NAMESPACES {
            let link = rustix::fs::readlinkat(&about, name, Vec::new());
            all.extend(link.unwrap_or_default().into_bytes());
        }
        for limit in LIMITS {
            let Rlimit { current, maximum } = getrlimit(limit);
            let numbers = [current, maximum].map(|limit| limit.unwrap_or(u64::MAX).to_ne_bytes());
            all.extend(numbers.as_flattened());
        }
        let (group, session) = (process::group(), process::session());
        let root = fs::metadata("/")?;
        let root = (root.dev(), root.ino());
        let others = (group, session, root, priorities(thread), timer_slack());
        write!(all, "{others:?}")?;
        for (name, value) in std::env::vars_os() {
            all.extend(name.into_encoded_bytes());
            all.push(b'=');
            all.extend(value.into_encoded_bytes());
            all.push(0);
        }
        let child_signal = 1 << (libc::SIGCHLD - 1);
        Ok((Self(all), caught & child_signal != 0))
    }
}

/// Adds the lines of `proc_pid_status(5)` that say what is passed on. Returns the signals for which the process has a function.
fn note_status(status: &[u8], all: &mut Vec<u8>) -> Option<u64> {
    let status = str::from_utf8(status).ok()?;
    for line in status.lines() {
        if LINES.iter().any(|start| line.starts_with(start)) {
            all.extend(line.as_bytes());
        }
    }
    let caught = status.lines().find_map(|line| line.strip_prefix(CAUGHT))?;
    u64::from_str_radix(caught.trim(), 16).ok()
}

/// Reads a file that the kernel writes.
///
/// # Errors
/// It is longer than the buffer.
fn read<'a>(about: BorrowedFd<'_>, name: &str, buffer: &'a mut [u8]) -> io::Result<&'a [u8]> {
    let file = openat(about, name, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    // The kernel writes all of it at once.
    let length = rustix::io::read(&file, &mut *buffer)?;
    match length < buffer.len() {
        true => Ok(&buffer[..length]),
        false => Err(io::ErrorKind::FileTooLarge.into()),
    }
}

/// How the kernel schedules a thread: its nice value, its policy and the priority there, and its class for disks.
fn priorities(thread: u32) -> [i64; 4] {
    let mut parameter = libc::sched_param { sched_priority: 0 };
    let id = thread.cast_signed();
    // SAFETY: the calls take numbers, and a live value of the right type. A call that fails returns -1, which is compared like others.
    unsafe {
        libc::sched_getparam(id, &mut parameter);
        [
            libc::getpriority(libc::PRIO_PROCESS, thread).into(),
            libc::sched_getscheduler(id).into(),
            parameter.sched_priority.into(),
            // 1 stands for a thread.
            libc::syscall(libc::SYS_ioprio_get, 1, id),
        ]
    }
}

/// How late timers of the calling thread may be. The threads that it starts have the same.
fn timer_slack() -> i32 {
    // SAFETY: the call takes numbers.
    unsafe { libc::prctl(libc::PR_GET_TIMERSLACK) }
}

/// Returns whether this process may still do what the process `pid` may, which was started with the privileges of this one: the
/// kernel lets it look into that, and both have the same root directory.
pub(crate) fn may_as_much_as(pid: i32) -> bool {
    let root = |path: &str| fs::metadata(path).map(|about| (about.dev(), about.ino()));
    let theirs = root(&format!("/proc/{pid}/root"));
    theirs.is_ok_and(|theirs| root("/").is_ok_and(|mine| mine == theirs))
}
