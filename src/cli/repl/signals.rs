//! The signals that end the prompt while it waits for a line: SIGTERM, and SIGHUP of a terminal that is closed.
//!
//! While a line runs they are the library's business.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Hears the signals while they are [noted](Self::note).
#[derive(Debug)]
pub(crate) struct Endings {
    signals: SignalFd,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The signals are blocked: whoever reads them here takes them away from nobody.
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

    /// From now on this thread notes them instead of having them delivered, until the guard is dropped.
    pub(crate) fn note(&self) -> Noting<'_> {
        let _ = endings().thread_block();
        self.state().noting = true;
        Noting(self)
    }

    /// The one that came.
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
    /// Readable when one has come.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.signals.as_fd()
    }
}

/// Signals are delivered again when it is dropped.
#[derive(Debug)]
pub(crate) struct Noting<'e>(&'e Endings);

impl Noting<'_> {
    /// They are noted to the end of the process, which a second signal must not disturb.
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
