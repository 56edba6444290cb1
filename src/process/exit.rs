//! How a child ended, in Python's terms: a code from 0 to 255, or the negative signal number.

use crate::sys::process::Ended;

/// The end of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExitStatus(Ended);

impl ExitStatus {
    pub(crate) fn new(ended: Ended) -> Self {
        Self(ended)
    }

    /// Returns Python's `exitcode`: the code, or `-15` for a child ended by SIGTERM.
    ///
    /// A status that somebody else has collected is reported as 255, as CPython does for a lost fork server.
    pub(crate) fn exitcode(self) -> i64 {
        match self.0 {
            Ended::Code(code) => i64::from(code),
            Ended::Signal(signal) => -i64::from(signal),
            Ended::Unknown => 255,
        }
    }

    /// Returns the `returncode` of a command: the same, but 0 if somebody else has collected the status, as in CPython.
    pub(crate) fn returncode(self) -> i64 {
        match self.0 {
            Ended::Unknown => 0,
            Ended::Code(_) | Ended::Signal(_) => self.exitcode(),
        }
    }

    /// Returns the signal's name after a minus, or the code, as shown after `exitcode=` when a Process is printed.
    pub(crate) fn shown(exitcode: i64) -> String {
        let name = i32::try_from(-exitcode)
            .ok()
            .filter(|signal| *signal > 0)
            .and_then(|signal| crate::sys::signal::Signal::try_from(signal).ok());
        match name {
            Some(signal) => format!("-{}", signal.as_str()),
            None => exitcode.to_string(),
        }
    }
}
