//! The signals that end the prompt while it waits for a line: SIGTERM, and SIGHUP of a closed terminal.
//!
//! While a line runs, the library handles them.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Receives the signals while they are [noted](Self::note).
#[derive(Debug)]
pub(crate) struct Endings {
    signals: SignalFd,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The signals are blocked, so reading them here does not take them from anybody.
    noting: bool,
    came: Option<Signal>,
}

impl Endings {
    pub(crate) fn new() -> nix::Result<Self> {
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        Ok(Self {
            signals: SignalFd::with_flags(&endings(), flags)?,
            state: Mutex::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Blocks the signals and notes them in this thread until the guard is dropped.
    pub(crate) fn note(&self) -> Noting<'_> {
        let _ = endings().thread_block();
        self.state().noting = true;
        Noting(self)
    }

    /// Returns the signal that arrived, if any.
    pub(crate) fn came(&self) -> Option<Signal> {
        let mut state = self.state();
        if state.noting
            && let Ok(Some(signal)) = self.signals.read_signal()
        {
            state.came = Signal::try_from(signal.ssi_signo.cast_signed()).ok();
        }
        state.came
    }
}

impl AsFd for Endings {
    /// Returns a descriptor that is readable when a signal has arrived.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.signals.as_fd()
    }
}

/// Unblocks the signals when it is dropped.
#[derive(Debug)]
pub(crate) struct Noting<'e>(&'e Endings);

impl Noting<'_> {
    /// Keeps noting them until the process ends, which a second signal must not disturb.
    pub(crate) fn go_on(self) {
        std::mem::forget(self);
    }
}

impl Drop for Noting<'_> {
    fn drop(&mut self) {
        self.0.state().noting = false;
        let _ = endings().thread_unblock();
    }
}

fn endings() -> SigSet {
    [Signal::SIGTERM, Signal::SIGHUP].into_iter().collect()
}
