//! How the process of an isolated script ended, and what may be the reason.

use std::fmt;

use crate::process::ExitStatus;

/// The end of the process in which an isolated script ran, before the script had come to its end.
///
/// The script's functions, variables, threads and children are gone. The next evaluation starts a new process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Death {
    /// The number of the signal that killed it: 9 for SIGKILL.
    pub signal: Option<i32>,
    /// Its exit code, if it ended by itself.
    pub code: Option<i32>,
}

impl Death {
    /// Reads Python's exit code.
    pub(super) fn of(exitcode: i64) -> Self {
        let number = i32::try_from(exitcode.unsigned_abs()).unwrap_or(i32::MAX);
        match exitcode < 0 {
            true => Self {
                signal: Some(number),
                code: None,
            },
            false => Self {
                signal: None,
                code: Some(number),
            },
        }
    }

    /// The usual reasons for this end.
    fn reason(self) -> &'static str {
        match (self.signal, self.code) {
            (Some(6), _) => "it needed more memory than it may use, or something in it aborted",
            (Some(9), _) => "it killed itself, or the system had no memory left",
            (Some(7 | 11), _) => "its values were nested too deeply, or its memory was damaged",
            (Some(_), _) => "it sent itself the signal, or another process did",
            (None, _) => "it called `os._exit`, or could not go on",
        }
    }
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.reason();
        match (self.signal, self.code) {
            (Some(signal), _) => {
                let name = ExitStatus::shown(-i64::from(signal));
                let name = name.trim_start_matches('-');
                write!(f, "the isolated script was killed by {name}: {reason}")?;
            }
            (None, code) => {
                let code = code.unwrap_or_default();
                write!(
                    f,
                    "the isolated script's process ended with exit code {code}: {reason}"
                )?;
            }
        }
        f.write_str("; its functions and variables are lost, and the next evaluation starts afresh")
    }
}
