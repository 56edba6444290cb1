//! Output that could not be written: the errors that it raises, and the endings that it causes.

use std::io;

use crate::script::exceptions::{Exception, Failure, os_error, raise_os};
use crate::script::interp::Interp;
use crate::script::output::Unwritten;
use crate::script::report::{Ending, FAILED, closed_output};
use crate::script::stop::Stop;

/// The name of standard output in messages, as Python's.
const STDOUT: &str = "<stdout>";

impl Interp {
    /// Returns the error of a script that could not print: the end of the script if nobody reads its output any more.
    pub(crate) fn cannot_print(&self, error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => self.stop(Stop::OutputClosed),
            io::ErrorKind::Interrupted => self.interrupted(),
            _ => raise_os(error, None),
        }
    }

    /// Returns the error of a script whose output could not be written when it was flushed.
    pub(crate) fn cannot_flush(&self, unwritten: &Unwritten) -> Failure {
        match &unwritten.file {
            Some(file) => raise_os(&unwritten.error, Some(file)),
            None => self.cannot_print(&unwritten.error),
        }
    }

    /// Writes out an incomplete line that threads have left, before a wait that may be long.
    pub(crate) fn write_last_line(&self) {
        match self.output.flush_line() {
            Ok(()) => (),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.request_stop(Stop::OutputClosed);
            }
            Err(error) => self.output.lose(Unwritten { file: None, error }),
        }
    }

    /// Writes out everything at the end of the script.
    pub(crate) fn write_last_output(&self) -> LastOutput {
        let mut last = LastOutput::default();
        for Unwritten { file, error } in self.output.flush_all() {
            match (error.kind(), file) {
                (io::ErrorKind::BrokenPipe, None) => last.is_closed = true,
                // The process was asked to end, and the reader takes nothing.
                (io::ErrorKind::Interrupted, _) => (),
                (_, file) => {
                    let file = file.as_deref().unwrap_or(STDOUT);
                    // The error of a host's sink has a text of its own.
                    let file = error.raw_os_error().map(|_| file);
                    last.failures.push(os_error(&error, file));
                }
            }
        }
        last
    }
}

/// The result of writing out everything at the end of a script.
#[derive(Debug, Default)]
pub(crate) struct LastOutput {
    /// Nobody reads standard output any more.
    is_closed: bool,
    /// The errors of everything else that could not be written.
    pub failures: Vec<Exception>,
}

impl LastOutput {
    /// Returns the ending of a script in view of its last output: it has not ended well if that could not be written.
    pub(crate) fn applied_to(&mut self, ending: Ending) -> Ending {
        match ending {
            Ending::Code(_) if self.is_closed => Ending::OutputClosed(closed_output()),
            Ending::Code(0) if !self.failures.is_empty() => Ending::Failed(self.failures.remove(0)),
            other => other,
        }
    }

    /// Adds a closed output to the request that has ended the family of a script, which had this exit code until then.
    pub(crate) fn applied_to_request(&self, request: Option<Stop>, code: i32) -> Option<Stop> {
        request.or_else(|| (self.is_closed && code == 0).then_some(Stop::OutputClosed))
    }

    /// Returns the exit code of a script in view of its last output.
    pub(crate) fn applied_to_code(&self, code: i32) -> i32 {
        if code == 0 && !self.failures.is_empty() {
            FAILED
        } else {
            code
        }
    }
}
