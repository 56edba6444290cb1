//! Commands that scripts start: the streams that they have from the script, and the wait for their end.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::process::ExitStatus;
use crate::process::running::Running;
use crate::script::exceptions::{Failure, os_failure};
use crate::script::interp::Interp;
use crate::sync::wait_kind;

/// Three standard streams; `None` is that of this process.
type Streams = [Option<Arc<OwnedFd>>; 3];

/// Returns the numbers of streams.
pub(crate) fn streams_as_numbers(streams: &Streams) -> [Option<RawFd>; 3] {
    let [input, output, errors] = streams;
    [input, output, errors].map(|stream| Some(stream.as_ref()?.as_raw_fd()))
}

impl Interp {
    /// Returns the streams of a command that has those of the script: the input and the streams of a host are not for scripts.
    ///
    /// # Errors
    /// The process has no descriptor or no thread left for them.
    pub(crate) fn streams_for_commands(&self) -> io::Result<Streams> {
        let input = match self.source.is_stdin() {
            true => None,
            false => Some(Arc::new(null()?)),
        };
        let [output, errors] = self.output.entrances()?;
        Ok([input, output, errors])
    }

    /// Waits until a command has ended. Returns `None` if it has not by the deadline.
    ///
    /// # Errors
    /// The script has to stop, or a function for a signal threw.
    pub(crate) fn wait_for_command(
        &self,
        command: &Running,
        deadline: Option<Instant>,
    ) -> Result<Option<ExitStatus>, Failure> {
        self.wait_for_commands(deadline, |most| command.wait(most))
    }

    /// Waits for something of commands: calls `wait` with the longest time it may take until it returns a value. Returns `None` after the
    /// deadline.
    ///
    /// # Errors
    /// Those of `wait`; the script has to stop, or a function for a signal threw.
    pub(crate) fn wait_for_commands<T>(
        &self,
        deadline: Option<Instant>,
        mut wait: impl FnMut(Duration) -> io::Result<Option<T>>,
    ) -> Result<Option<T>, Failure> {
        self.wait_for(wait_kind::COMMAND, None, |most| {
            let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
            let most = left.map_or(most, |left| left.min(most));
            match wait(most).map_err(os_failure)? {
                Some(found) => Ok(Some(Some(found))),
                None => Ok((left == Some(Duration::ZERO)).then_some(None)),
            }
        })
    }
}

/// Opens a file in which there is nothing, and which takes everything.
///
/// # Errors
/// No descriptor is left.
pub(crate) fn null() -> io::Result<OwnedFd> {
    let null = OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    Ok(null.into())
}
