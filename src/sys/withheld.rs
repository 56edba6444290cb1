//! Signals that do not reach this process, but can be seen and discarded: `signalfd(2)`.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::Signal;
use nix::sys::signalfd::{SfdFlags, SignalFd};

use super::signal::Held;

/// Signals that wait while this lives, in this process and in copies of it. Those that were not discarded arrive when it is dropped.
#[derive(Debug)]
pub(crate) struct Withheld {
    waiting: SignalFd,
    _held: Held,
}

impl Withheld {
    /// # Errors
    /// No descriptor is left.
    pub(crate) fn new(signals: &[Signal]) -> io::Result<Self> {
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        let held = Held::new(signals)?;
        let set = signals.iter().copied().collect();
        Ok(Self {
            waiting: SignalFd::with_flags(&set, flags)?,
            _held: held,
        })
    }

    /// Discards a signal that waits for the calling process, if there is one.
    ///
    /// # Errors
    /// Those of `read(2)`.
    pub(crate) fn discard(&self) -> io::Result<()> {
        self.waiting.read_signal()?;
        Ok(())
    }
}

impl AsFd for Withheld {
    /// Returns a descriptor that is readable while a signal waits for the calling process.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.waiting.as_fd()
    }
}
