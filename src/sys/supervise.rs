//! The supervisor of a command: a small process between a program and the command, which ends the command and everything that it
//! has started when the program ends, even if the program is killed.
//!
//! It is the parent of the command, and adopts what the command leaves behind. It stays in the process group of the program, so that
//! the terminal treats the command as if there were no supervisor: Ctrl-C, Ctrl-Z and reading work. It ends with the same status as the command.
//! SIGTERM makes it end the command; it ignores other signals. Processes with a session of their own (`setsid`) are left alone.
//!
//! # Safety
//! Invariant *forked*: everything from [`begin`] on runs in a forked child, which may be a copy of a program with several threads. It only
//! makes system calls on its own stack: no allocation, no lock, no panic.
#![allow(unsafe_code)]

use std::io;
use std::mem::zeroed;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::ptr::null_mut;

use nix::sys::signal::SigSet;

use super::clock::now_ns;
use super::signal::Held;

/// How long everything may take to end after SIGTERM, in nanoseconds.
const GRACE: u64 = 200_000_000;

/// How long the wait for the end of what was killed may take, in nanoseconds.
const PATIENCE: u64 = 2_000_000_000;

/// The longest time between two looks at what is left, in nanoseconds.
const ROUND: libc::c_long = 10_000_000;

/// How many processes are sent SIGTERM; all others are killed at once.
const LISTED: usize = 256;

/// Starts `command` under a supervisor, which is then the child of this process.
///
/// # Errors
/// Those of starting a command.
pub(crate) fn spawn(mut command: Command) -> io::Result<Child> {
    let program = std::process::id().cast_signed();
    // A handler of this program must not run in the copy, where it would act on copied state.
    let held = Held::every()?;
    let mask = held.before();
    // SAFETY: by *forked* the function does only what a forked child may do.
    unsafe { command.pre_exec(move || begin(program, &mask)) };
    command.spawn()
}

/// Returns in the command's process. The calling process becomes its supervisor.
fn begin(program: libc::pid_t, mask: &SigSet) -> io::Result<()> {
    // SAFETY: the calls take integers, and a live set. `fork` is called by the only thread of a process, whose C library has put its locks
    // in order after the first fork. The supervisor never returns from its function.
    unsafe {
        // If it were ignored, the kernel would discard the status of the command.
        libc::signal(libc::SIGCHLD, libc::SIG_DFL);
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        match libc::fork() {
            -1 => Err(io::Error::last_os_error()),
            0 => {
                libc::sigprocmask(libc::SIG_SETMASK, mask.as_ref(), null_mut());
                Ok(())
            }
            command => supervise(program, command),
        }
    }
}

/// Supervises until the command has ended. Every signal is blocked here.
fn supervise(program: libc::pid_t, command: libc::pid_t) -> ! {
    // SAFETY: the calls take integers and a string with an end. No descriptor of this process is used afterwards: the streams and pipes
    // of the program must not stay open because of it.
    unsafe {
        if libc::syscall(libc::SYS_close_range, 0, libc::c_uint::MAX, 0) != 0 {
            // A kernel before 5.9.
            for fd in 0..4096 {
                libc::close(fd);
            }
        }
        libc::prctl(libc::PR_SET_NAME, c"supervisor".as_ptr());
        // It comes when the thread that has started the command ends, too. Unlike others it wakes a process that was stopped.
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGCONT);
    }
    let status = loop {
        if let Some(status) = reap(command) {
            break Some(status);
        }
        // SAFETY: the call takes nothing.
        let is_left = unsafe { libc::getppid() } != program;
        if is_left || next_signal(None) == libc::SIGTERM {
            break end_everything(command);
        }
    };
    end_as(status.unwrap_or(libc::SIGKILL))
}

/// Sleeps until SIGCHLD, SIGCONT or SIGTERM comes, for at most this many nanoseconds. Returns the signal, or -1.
fn next_signal(most: Option<libc::c_long>) -> libc::c_int {
    // SAFETY: an all-zero set is a valid one, and the pointers are null or to live values.
    unsafe {
        let mut meant: libc::sigset_t = zeroed();
        for signal in [libc::SIGCHLD, libc::SIGCONT, libc::SIGTERM] {
            libc::sigaddset(&mut meant, signal);
        }
        match most {
            None => libc::sigwaitinfo(&meant, null_mut()),
            Some(tv_nsec) => {
                let limit = libc::timespec { tv_sec: 0, tv_nsec };
                libc::sigtimedwait(&meant, null_mut(), &limit)
            }
        }
    }
}

/// Reaps what has ended. Returns the status of the command if that is among it.
fn reap(command: libc::pid_t) -> Option<libc::c_int> {
    let mut found = None;
    loop {
        let mut status = 0;
        // SAFETY: the status is a live value.
        let pid = unsafe { libc::waitpid(-1, &mut status, libc::WNOHANG) };
        if pid <= 0 {
            return found;
        }
        if pid == command {
            found = Some(status);
        }
    }
}

/// Ends the command and what it has started, first by SIGTERM. Returns the status of the command.
fn end_everything(command: libc::pid_t) -> Option<libc::c_int> {
    let begun = now_ns();
    let (mut status, mut asked) = (None, Asked::default());
    loop {
        let passed = now_ns().saturating_sub(begun);
        let left = asked.send_to_children(command, passed > GRACE);
        if left == 0 || passed > GRACE + PATIENCE {
            return status;
        }
        next_signal(Some(ROUND));
        status = reap(command).or(status);
    }
}

/// The processes that have got SIGTERM.
struct Asked {
    list: [libc::pid_t; LISTED],
    count: usize,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            list: [0; LISTED],
            count: 0,
        }
    }
}

impl Asked {
    /// Sends SIGTERM or SIGKILL to each child in the session of this process, and returns how many there are. Their own children become
    /// children of this process when they have ended.
    fn send_to_children(&mut self, command: libc::pid_t, kill: bool) -> usize {
        let mut left = 0;
        // SAFETY: the path is a string with an end, the buffer has the size that is given, and the other calls take integers.
        unsafe {
            let file = libc::open(c"/proc/thread-self/children".as_ptr(), libc::O_RDONLY);
            if file < 0 {
                return usize::from(self.send(command, kill));
            }
            let (mut number, mut buffer): (libc::pid_t, _) = (0, [0_u8; 1024]);
            loop {
                let length = libc::read(file, buffer.as_mut_ptr().cast(), buffer.len());
                let Ok(length @ 1..) = usize::try_from(length) else {
                    break;
                };
                for byte in buffer.iter().take(length) {
                    if byte.is_ascii_digit() {
                        let digit = libc::pid_t::from(byte - b'0');
                        number = number.wrapping_mul(10).wrapping_add(digit);
                    } else {
                        left += usize::from(number > 0 && self.send(number, kill));
                        number = 0;
                    }
                }
            }
            libc::close(file);
        }
        left
    }

    /// Returns whether the process is one to end.
    fn send(&mut self, pid: libc::pid_t, kill: bool) -> bool {
        // SAFETY: the calls take integers.
        unsafe {
            if libc::getsid(pid) != libc::getsid(0) {
                return false;
            }
            let mut asked = self.list.iter().take(self.count);
            let was_asked = asked.any(|asked| *asked == pid);
            if kill || self.count == LISTED {
                libc::kill(pid, libc::SIGKILL);
            } else if !was_asked {
                if let Some(place) = self.list.get_mut(self.count) {
                    *place = pid;
                    self.count += 1;
                }
                libc::kill(pid, libc::SIGTERM);
                // One that was stopped notices nothing before it continues.
                libc::kill(pid, libc::SIGCONT);
            }
        }
        true
    }
}

/// Ends this process as one with this status has ended.
fn end_as(status: libc::c_int) -> ! {
    // SAFETY: the set and the limit are live values, and an all-zero one is valid; the other calls take integers.
    unsafe {
        if libc::WIFSIGNALED(status) {
            let signal = libc::WTERMSIG(status);
            // The command has left its core already.
            let none: libc::rlimit = zeroed();
            libc::setrlimit(libc::RLIMIT_CORE, &none);
            libc::signal(signal, libc::SIG_DFL);
            libc::kill(libc::getpid(), signal);
            let open: libc::sigset_t = zeroed();
            libc::sigprocmask(libc::SIG_SETMASK, &open, null_mut());
            libc::_exit(128 + signal)
        }
        libc::_exit(libc::WEXITSTATUS(status))
    }
}
