//! A command that was started, from its first to its last moment.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::exit::ExitStatus;
use crate::sys::command::Supervised;
use crate::sys::lock::locked;
use crate::sys::signal::{self, Signal};
use crate::sys::{clock, process};

/// How long a command may take to end once it has been made to.
const GRACE: Duration = Duration::from_secs(5);

/// A command that was started. Several threads may wait for it.
#[derive(Debug)]
pub(crate) struct Running {
    pid: i32,
    sentinel: Arc<OwnedFd>,
    kind: Mutex<Kind>,
}

#[derive(Debug)]
enum Kind {
    /// One that ends with this process.
    Supervised(Supervised),
    /// One that does not.
    Alone { status: Option<ExitStatus> },
}

impl Running {
    pub(super) fn alone(pid: i32, pidfd: OwnedFd) -> Self {
        Self {
            pid,
            sentinel: Arc::new(pidfd),
            kind: Mutex::new(Kind::Alone { status: None }),
        }
    }

    pub(super) fn supervised(command: Supervised) -> Self {
        Self {
            pid: command.pid(),
            sentinel: command.sentinel(),
            kind: Mutex::new(Kind::Supervised(command)),
        }
    }

    pub(crate) fn pid(&self) -> i32 {
        self.pid
    }

    /// Returns whether it ends with this process.
    pub(crate) fn ends_with_this_process(&self) -> bool {
        matches!(*locked(&self.kind), Kind::Supervised(_))
    }

    /// Returns the status if the command has ended, and reaps it.
    ///
    /// # Errors
    /// Those of `waitid(2)`.
    pub(crate) fn poll(&self) -> io::Result<Option<ExitStatus>> {
        match &mut *locked(&self.kind) {
            Kind::Supervised(command) => Ok(command.poll()?.map(ExitStatus::new)),
            Kind::Alone { status } => {
                if status.is_none() {
                    *status = process::reap(self.sentinel.as_fd())?.map(ExitStatus::new);
                }
                Ok(*status)
            }
        }
    }

    /// Waits for its end, for at most this long.
    ///
    /// # Errors
    /// Those of `poll(2)` and `waitid(2)`.
    pub(crate) fn wait(&self, most: Duration) -> io::Result<Option<ExitStatus>> {
        process::wait_readable(&[self.sentinel.as_fd()], Some(most))?;
        self.poll()
    }

    /// Sends a signal to the command, and to no process if it has ended.
    ///
    /// # Errors
    /// There is no such signal, or the kernel does not allow it.
    pub(crate) fn signal(&self, signal: i32) -> io::Result<()> {
        match &*locked(&self.kind) {
            Kind::Supervised(command) => command.signal(signal),
            Kind::Alone { .. } => signal::send_number_through(self.sentinel.as_fd(), signal),
        }
    }

    /// Makes the command and everything it has started end: with `at_once` by SIGKILL, otherwise first by SIGTERM.
    pub(crate) fn end(&self, at_once: bool) {
        // As long as it is not reaped, its number is that of its group and of no other.
        if !matches!(self.poll(), Ok(None)) {
            return;
        }
        match (&*locked(&self.kind), at_once) {
            (Kind::Supervised(command), _) => command.end(at_once),
            (Kind::Alone { .. }, true) => drop(signal::send(-self.pid, Signal::SIGKILL as i32)),
            (Kind::Alone { .. }, false) => drop(signal::send(-self.pid, Signal::SIGTERM as i32)),
        }
    }

    /// Ends the command and everything it has started, and waits for that.
    pub(crate) fn end_and_wait(&self, at_once: bool) {
        self.end(at_once);
        self.wait_to_end();
    }

    /// Waits for the end of a command that was made to end, and kills it if it does not.
    pub(crate) fn wait_to_end(&self) {
        if self.ends_within(GRACE) {
            return;
        }
        match &*locked(&self.kind) {
            Kind::Supervised(command) => command.kill_supervisor(),
            Kind::Alone { .. } => drop(signal::send(-self.pid, Signal::SIGKILL as i32)),
        }
        self.ends_within(GRACE);
    }

    fn ends_within(&self, most: Duration) -> bool {
        let deadline = Instant::now() + most;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.wait(clock::slice(Some(left))) {
                Ok(None) if left.is_zero() => return false,
                Ok(None) => (),
                Ok(Some(_)) | Err(_) => return true,
            }
        }
    }
}
