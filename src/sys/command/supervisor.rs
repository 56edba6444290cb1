//! The supervisor of a command: a small process between a program and the command, which ends the command and everything that it
//! has started when the program ends, even if the program is killed.
//!
//! It is the parent of the command, and adopts what the command leaves behind. It stays in the process group of the program, so that
//! the terminal treats the command as if there were no supervisor: Ctrl-C, Ctrl-Z and reading work. It ends with the command.
//! SIGTERM makes it end the command; it ignores other signals. Processes with a session of their own (`setsid`) are left alone.
//!
//! It shares the memory of the program, so that it costs no more than a thread, and stays in being without the program.
//!
//! # Safety
//! Invariant *shared*: everything from [`begin`] on runs in a process that shares the memory of the program and outlives its threads. It
//! only makes system calls that leave `errno` alone, on its own stack: no allocation, no lock, no panic, nothing of the C library
//! but `clone`, which changes `errno` if it fails, while the thread that waits for the start is there.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::Ordering;

use super::block::{Block, stage};
use super::program::run_program;
use super::raw;

/// How long everything may take to end after SIGTERM, in rounds.
const GRACE: u32 = 20;

/// How long the wait for the end of what was killed may take, in rounds.
const PATIENCE: u32 = 200;

/// The time between two looks at what is left, in nanoseconds.
const ROUND: i64 = 10_000_000;

/// How many processes are sent SIGTERM; all others are killed at once.
const LISTED: usize = 256;

/// Starts the command, and supervises it until it has ended.
pub(super) extern "C" fn begin(block: *mut c_void) -> c_int {
    // SAFETY: the starter passes a pointer to its block, which stays until this process has ended.
    let block: &Block = unsafe { &*block.cast() };
    // If it were ignored, the kernel would discard the status of the command.
    raw::reset(libc::SIGCHLD);
    number(libc::SYS_prctl, [libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0]);
    if block.own_group {
        number(libc::SYS_setpgid, [0, 0]);
    }
    let command = start(block);
    // The program may have got a pidfd of the command by what they have in common. Its streams and pipes must not stay open because of
    // this process.
    match block.shares_descriptors {
        true => raw::leave_descriptors(),
        false => raw::close_all(0, u32::MAX as usize),
    }
    block.command.store(command, Ordering::Release);
    block.stage.store(stage::OVER, Ordering::Release);
    let (word, all) = (block.stage.as_ptr().addr(), i32::MAX as usize);
    // SAFETY: the call only takes the address of the word as its name.
    let _ = unsafe { raw::call(libc::SYS_futex, [word, libc::FUTEX_WAKE as usize, all]) };
    if command > 0 {
        supervise(block, command);
    }
    raw::exit(0)
}

/// Returns the process ID of the command, or 0 if it cannot be run.
fn start(block: &Block) -> i32 {
    block
        .prepared
        .supervisor
        .store(number(libc::SYS_getpid, []), Ordering::Relaxed);
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;
    let program = ptr::from_ref(&block.prepared).cast_mut().cast();
    let (stack, mut pidfd) = (block.command_stack.top(), -1);
    // SAFETY: the kernel suspends this process until the new one no longer uses the stack and the program, and writes the number of a
    // descriptor to a live value.
    let command = unsafe { libc::clone(run_program, stack, flags, program, &raw mut pidfd) };
    if command == -1 {
        // SAFETY: the starter's thread waits, so that its `errno`, which is this one's, is there.
        block.prepared.fail(unsafe { *libc::__errno_location() });
        return 0;
    }
    // Not before: the kernel takes back the descriptor of a process that it could not make, and leaves its number there.
    block.pidfd.store(pidfd, Ordering::Release);
    if block.prepared.failure_number() != 0 {
        let _ = reap(command);
        return 0;
    }
    command
}

/// Makes a system call that only takes numbers. Returns its result, or -1.
fn number<const N: usize>(number: libc::c_long, arguments: [i32; N]) -> i32 {
    // SAFETY: the callers name calls that take numbers.
    let result = unsafe { raw::call(number, arguments.map(|argument| argument as usize)) };
    result.map_or(-1, |result| result as i32)
}

/// Supervises until the command has ended. Every signal is blocked here.
fn supervise(block: &Block, command: i32) {
    let name = c"supervisor";
    // SAFETY: the name ends with a zero byte.
    let _ = unsafe {
        let name = name.as_ptr().addr();
        raw::call(libc::SYS_prctl, [libc::PR_SET_NAME as usize, name, 0, 0, 0])
    };
    // It comes when the thread that has started the command ends, too. Unlike others it wakes a process that was stopped.
    number(
        libc::SYS_prctl,
        [libc::PR_SET_PDEATHSIG, libc::SIGCONT, 0, 0, 0],
    );
    let status = loop {
        let is_left = number(libc::SYS_getppid, []) != block.program;
        let is_watched = block.is_watched.load(Ordering::Acquire) || is_left;
        if is_watched && let Some(status) = reap(command) {
            break Some(status);
        }
        if is_left || next_signal(None) == libc::SIGTERM {
            break end_everything(command, block.at_once.load(Ordering::Acquire));
        }
    };
    let status = status.unwrap_or(libc::SIGKILL);
    block.status.store(status, Ordering::Release);
}

/// Sleeps until SIGCHLD, SIGCONT or SIGTERM comes, for at most this many nanoseconds. Returns the signal, or -1.
fn next_signal(most: Option<i64>) -> i32 {
    let set = raw::set_of(libc::SIGCHLD) | raw::set_of(libc::SIGCONT) | raw::set_of(libc::SIGTERM);
    let limit = [0, most.unwrap_or(0)];
    let limit = most.map_or(ptr::null(), |_| limit.as_ptr());
    let arguments = [ptr::from_ref(&set).addr(), 0, limit.addr(), raw::SET_SIZE];
    // SAFETY: the set and the limit, which has the form of a `timespec`, are live values.
    let signal = unsafe { raw::call(libc::SYS_rt_sigtimedwait, arguments) };
    signal.map_or(-1, |signal| signal as i32)
}

/// Reaps what has ended. Returns the status of the command if that is among it.
fn reap(command: i32) -> Option<i32> {
    let mut found = None;
    loop {
        let mut status: c_int = 0;
        let (any, at_once) = (-1_isize as usize, libc::WNOHANG as usize);
        let arguments = [any, (&raw mut status).addr(), at_once, 0];
        // SAFETY: the status is a live value.
        let pid = unsafe { raw::call(libc::SYS_wait4, arguments) };
        match pid {
            Ok(pid @ 1..) if pid as i32 == command => found = Some(status),
            Ok(1..) => (),
            _ => return found,
        }
    }
}

/// Ends the command and what it has started, first by SIGTERM unless `at_once`. Returns the status of the command.
fn end_everything(command: i32, at_once: bool) -> Option<i32> {
    let (mut status, mut asked) = (None, Asked::default());
    let grace = if at_once { 0 } else { GRACE };
    // A signal may end a round early.
    let begun = now();
    loop {
        let passed = (now().saturating_sub(begun) / ROUND) as u32;
        let left = asked.send_to_children(command, at_once || passed > grace);
        if left == 0 || passed > grace + PATIENCE {
            return status;
        }
        next_signal(Some(ROUND));
        status = reap(command).or(status);
    }
}

/// Returns the time in nanoseconds since some moment.
fn now() -> i64 {
    let mut time = [0_i64; 2];
    let arguments = [libc::CLOCK_MONOTONIC as usize, time.as_mut_ptr().addr()];
    // SAFETY: the value has the form of a `timespec`.
    let _ = unsafe { raw::call(libc::SYS_clock_gettime, arguments) };
    time[0].wrapping_mul(1_000_000_000).wrapping_add(time[1])
}

/// The processes that have got SIGTERM.
struct Asked {
    list: [i32; LISTED],
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
    fn send_to_children(&mut self, command: i32, kill: bool) -> usize {
        let path = c"/proc/thread-self/children".as_ptr().addr();
        let here = libc::AT_FDCWD as usize;
        // SAFETY: the path ends with a zero byte.
        let file = unsafe { raw::call(libc::SYS_openat, [here, path, 0, 0]) };
        let Ok(file) = file else {
            return usize::from(self.send(command, kill));
        };
        let (mut left, mut pid, mut buffer) = (0, 0_i32, [0_u8; 1024]);
        loop {
            let arguments = [file, buffer.as_mut_ptr().addr(), buffer.len()];
            // SAFETY: the buffer has the size that is given.
            let Ok(length @ 1..) = (unsafe { raw::call(libc::SYS_read, arguments) }) else {
                break;
            };
            for byte in buffer.iter().take(length) {
                if byte.is_ascii_digit() {
                    pid = pid.wrapping_mul(10).wrapping_add(i32::from(byte - b'0'));
                } else {
                    left += usize::from(pid > 0 && self.send(pid, kill));
                    pid = 0;
                }
            }
        }
        number(libc::SYS_close, [file as i32]);
        left
    }

    /// Returns whether the process is one to end.
    fn send(&mut self, pid: i32, kill: bool) -> bool {
        if number(libc::SYS_getsid, [pid]) != number(libc::SYS_getsid, [0]) {
            return false;
        }
        let mut asked = self.list.iter().take(self.count);
        let was_asked = asked.any(|asked| *asked == pid);
        if kill || self.count == LISTED {
            number(libc::SYS_kill, [pid, libc::SIGKILL]);
        } else if !was_asked {
            if let Some(place) = self.list.get_mut(self.count) {
                *place = pid;
                self.count += 1;
            }
            number(libc::SYS_kill, [pid, libc::SIGTERM]);
            // One that was stopped notices nothing before it continues.
            number(libc::SYS_kill, [pid, libc::SIGCONT]);
        }
        true
    }
}
