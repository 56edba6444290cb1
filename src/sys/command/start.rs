//! Starting a program: `clone(2)` with the memory of this process, as `vfork(2)` does it.
//!
//! A fork would copy the page tables of this process, which takes the longer the more memory it holds.
//!
//! # Safety
//! Invariant *memory*: what a new process shares with this one is there as long as that process uses it. A [`Block`] is freed only once
//! its supervisor has ended. The rest is used until the program runs, and this process waits for that.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::block::{Block, NO_STATUS, Stack, stage};
use super::program::{NotStarted, Prepared, Program, run_program};
use super::supervisor;
use crate::sys::clock::{Deadline, now_ns};
use crate::sys::futex;
use crate::sys::process::{self, Ended};
use crate::sys::signal::{self, Held, Signal};

/// Starts a program that does not end with this process. Returns its process ID and pidfd.
///
/// # Errors
/// It cannot be run.
pub(crate) fn alone(program: Program) -> Result<(i32, OwnedFd), NotStarted> {
    let prepared = Prepared::new(program);
    let stack = Stack::new();
    // A handler of this program must not run in the new process.
    let held = Held::every()?;
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;
    let argument = ptr::from_ref(&prepared).cast_mut().cast();
    // SAFETY: the kernel suspends this thread until the new process no longer uses what it gets.
    let started = unsafe { clone(run_program, stack.top(), flags, argument) };
    drop(held);
    let (pid, pidfd) = started?;
    match prepared.failure() {
        None => Ok((pid, pidfd)),
        Some(failure) => {
            process::kill_and_reap(pid);
            Err(failure)
        }
    }
}

/// # Safety
/// The stack and the argument stay as long as the new process uses them.
unsafe fn clone(
    function: extern "C" fn(*mut c_void) -> c_int,
    stack: *mut c_void,
    flags: c_int,
    argument: *mut c_void,
) -> io::Result<(i32, OwnedFd)> {
    let mut pidfd: c_int = -1;
    // SAFETY: by the caller's promise; the kernel writes the descriptor to a live value.
    let pid = unsafe { libc::clone(function, stack, flags, argument, &raw mut pidfd) };
    if pid == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just opened it for this process.
    Ok((pid, unsafe { OwnedFd::from_raw_fd(pidfd) }))
}

/// A command that ends with this process, and its supervisor, which is the child of this process.
#[derive(Debug)]
pub(crate) struct Supervised {
    block: *mut Block,
    /// The process that has started it; others have a copy of the block.
    starter: i32,
    supervisor: Arc<OwnedFd>,
    command: Option<OwnedFd>,
    pid: i32,
    ended: Option<Ended>,
}

// SAFETY: of the block this process uses only what is atomic, until it frees it through `&mut self`.
unsafe impl Send for Supervised {}
// SAFETY: as for `Send`.
unsafe impl Sync for Supervised {}

/// Starts a program under a supervisor.
///
/// # Errors
/// It cannot be run.
pub(crate) fn supervised(program: Program, own_group: bool) -> Result<Supervised, NotStarted> {
    let starter = process::pid();
    let block = Box::into_raw(Box::new(Block::new(program, starter, own_group)));
    // SAFETY: it is freed by nobody else, and what is written to meanwhile is atomic.
    let shared = unsafe { &*block };
    let started = Held::every().and_then(|_held| {
        let flags = libc::CLONE_VM | libc::CLONE_PIDFD | libc::SIGCHLD;
        let flags = match shared.shares_descriptors {
            true => flags | libc::CLONE_FILES,
            false => flags,
        };
        // SAFETY: by *memory* the block, which has the stack, stays until the supervisor has ended.
        unsafe { clone(supervisor::begin, shared.stack.top(), flags, block.cast()) }
    });
    let (_, supervisor) = started.inspect_err(|_| free(block))?;
    let runs = wait_for_start(shared, &supervisor);
    let pid = shared.command.load(Ordering::Acquire);
    let command = match shared.shares_descriptors {
        true => pidfd_of_command(shared),
        false => process::pidfd(pid).ok(),
    };
    runs?;
    let mut supervised = Supervised {
        block,
        starter,
        supervisor: Arc::new(supervisor),
        command,
        pid,
        ended: None,
    };
    if !shared.is_watched.swap(true, Ordering::AcqRel) {
        // The command may have ended before.
        let _ = signal::send_through(supervised.supervisor.as_fd(), Signal::SIGCONT);
    }
    let Some(failure) = shared.prepared.failure() else {
        return Ok(supervised);
    };
    while supervised.poll()?.is_none() {
        let _ = process::wait_readable(&[supervised.supervisor.as_fd()], None);
    }
    Err(failure)
}

/// Takes the pidfd of a command that was started or could not be run.
fn pidfd_of_command(block: &Block) -> Option<OwnedFd> {
    let descriptor = block.pidfd.swap(-1, Ordering::Acquire);
    // SAFETY: the kernel has opened it for this process, with which the supervisor had its descriptors in common. The supervisor has made that
    // process, and nobody else knows the number.
    (descriptor >= 0).then(|| unsafe { OwnedFd::from_raw_fd(descriptor) })
}

fn free(block: *mut Block) {
    // SAFETY: it is from a `Box`, and the callers use it for the last time: its supervisor never was, or has ended.
    drop(unsafe { Box::from_raw(block) });
}

/// Waits until the program runs or cannot be run.
///
/// # Errors
/// Somebody has killed the supervisor. The command may still be ending, so that the block must not be freed.
fn wait_for_start(block: &Block, supervisor: &OwnedFd) -> io::Result<()> {
    let is_over = || block.stage.load(Ordering::Acquire) != stage::BEGINS;
    while !is_over() {
        let soon = Deadline::NEVER.or_heartbeat(now_ns());
        let _ = futex::wait(&block.stage, stage::BEGINS, soon);
        let ended = process::wait_readable(&[supervisor.as_fd()], Some(Duration::ZERO));
        if !is_over() && ended.is_ok_and(|ended| ended == [true]) {
            let _ = process::reap(supervisor.as_fd());
            return Err(io::Error::other("the supervisor of the command was killed"));
        }
    }
    Ok(())
}

impl Supervised {
    /// Returns the process ID of the command.
    pub(crate) fn pid(&self) -> i32 {
        self.pid
    }

    /// Returns a descriptor that is readable once the command has ended and its status is known.
    pub(crate) fn sentinel(&self) -> Arc<OwnedFd> {
        self.supervisor.clone()
    }

    /// Returns how the command has ended; `None` while it runs.
    ///
    /// # Errors
    /// Those of `waitid(2)`.
    pub(crate) fn poll(&mut self) -> io::Result<Option<Ended>> {
        if self.ended.is_none()
            && let Some(reaped) = process::reap(self.supervisor.as_fd())?
        {
            self.ended = Some(self.settle(reaped));
        }
        Ok(self.ended)
    }

    /// Frees what the supervisor has used, and returns how the command has ended.
    fn settle(&mut self, reaped: Ended) -> Ended {
        let block = std::mem::replace(&mut self.block, ptr::null_mut());
        // SAFETY: until here the pointer is to the block, of which only atomics change.
        let status = unsafe { &*block }.status.load(Ordering::Acquire);
        if self.starter == process::pid() {
            free(block);
        }
        match status {
            NO_STATUS => reaped,
            status if libc::WIFSIGNALED(status) => Ended::Signal(libc::WTERMSIG(status)),
            status => Ended::Code(libc::WEXITSTATUS(status)),
        }
    }

    /// Sends a signal to the command, unless it has ended.
    ///
    /// # Errors
    /// The kernel does not allow it.
    pub(crate) fn signal(&self, signal: i32) -> io::Result<()> {
        match &self.command {
            Some(command) => signal::send_number_through(command.as_fd(), signal),
            None => Ok(()),
        }
    }

    /// Makes the supervisor end the command and everything it has started: with `at_once` by SIGKILL, otherwise first by SIGTERM.
    pub(crate) fn end(&self, at_once: bool) {
        if self.ended.is_some() || self.starter != process::pid() {
            return;
        }
        // SAFETY: the pointer is to the block until the end is known.
        let block = unsafe { &*self.block };
        block.at_once.fetch_or(at_once, Ordering::Release);
        let _ = signal::send_through(self.supervisor.as_fd(), Signal::SIGTERM);
    }

    /// Kills the supervisor, and by that the command.
    pub(crate) fn kill_supervisor(&self) {
        if self.starter == process::pid() {
            let _ = signal::send_through(self.supervisor.as_fd(), Signal::SIGKILL);
        }
    }
}
