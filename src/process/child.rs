//! A started child: its process ID, a descriptor that reports its end, and its exit status once it is reaped.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Instant;

use super::exit::ExitStatus;
use crate::sys::clock::slice;
use crate::sys::{process, signal};
use crate::trace;

/// A child of this process.
///
/// It is watched through a pidfd, so no handler for SIGCHLD is needed and hosts keep theirs.
#[derive(Debug)]
pub(crate) struct Child {
    pid: i32,
    pidfd: Arc<OwnedFd>,
    status: Option<ExitStatus>,
}

/// Why a wait for a child ended before the child did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StillRunning {
    TimedOut,
    /// Ctrl-C, SIGTERM or the host has asked this process to stop.
    Interrupted,
}

impl Child {
    /// Watches the unreaped child `pid`.
    ///
    /// # Errors
    /// If there is no descriptor left for it. The child has then been killed and reaped.
    pub(crate) fn watch(pid: i32) -> io::Result<Self> {
        let pidfd = process::pidfd(pid).inspect_err(|_| process::kill_and_reap(pid))?;
        Ok(Self {
            pid,
            pidfd: Arc::new(pidfd),
            status: None,
        })
    }

    pub(crate) fn pid(&self) -> i32 {
        self.pid
    }

    /// Returns a descriptor that is readable once the child has ended: Python's `sentinel`.
    pub(crate) fn sentinel(&self) -> Arc<OwnedFd> {
        self.pidfd.clone()
    }

    /// Returns the status if the child has ended, and reaps it.
    pub(crate) fn poll(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.status.is_none() {
            self.status = process::reap(self.pidfd.as_fd())?.map(ExitStatus::new);
            if let Some(status) = self.status {
                trace::reaped(self.pid, status.exitcode());
            }
        }
        Ok(self.status)
    }

    /// Sends a signal to the process that this was created for, and to no process if it has been reaped, even by
    /// another process that this one is a copy of: its process ID may belong to another process by then.
    pub(crate) fn signal(&mut self, signal: signal::Signal) -> io::Result<()> {
        if self.status.is_some() {
            return Ok(());
        }
        signal::send_through(self.pidfd.as_fd(), signal)
    }
}

/// Waits until the process behind `sentinel` has ended, at most until `deadline` (`None`: for ever).
///
/// `stop` is called at every wake-up, and at least every [`HEARTBEAT`](crate::sys::clock::HEARTBEAT), because a signal may
/// arrive between the call and the sleep.
pub(crate) fn wait_ended(
    sentinel: BorrowedFd<'_>,
    deadline: Option<Instant>,
    stop: impl Fn() -> bool,
) -> io::Result<Result<(), StillRunning>> {
    loop {
        if stop() {
            return Ok(Err(StillRunning::Interrupted));
        }
        let left = deadline.map(|d| d.saturating_duration_since(Instant::now()));
        if process::wait_readable(&[sentinel], Some(slice(left)))?[0] {
            return Ok(Ok(()));
        }
        if left.is_some_and(|l| l.is_zero()) {
            return Ok(Err(StillRunning::TimedOut));
        }
    }
}
