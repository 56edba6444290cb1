//! Files that are pipes to a command, and files as the streams of one.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;

use super::buffer::Buffer;
use super::mode::Mode;
use super::object::{Encoding, File, Name, Written};
use crate::script::{Failure, Interp, os_failure};
use crate::sys::pipe::set_blocking;

impl File {
    /// Returns an end of a pipe as a file: for text if there is an encoding, for bytes otherwise.
    ///
    /// # Errors
    /// Those of `fcntl(2)`.
    pub(in crate::stdlib) fn of_pipe(
        interp: &Arc<Interp>,
        end: OwnedFd,
        writes: bool,
        encoding: Option<Encoding>,
        written: Written,
    ) -> Result<Self, Failure> {
        if writes {
            // A full pipe must not keep a script from ending.
            set_blocking(&end, false).map_err(os_failure)?;
        }
        let mode = Mode::parse(match (writes, encoding.is_some()) {
            (false, false) => "rb",
            (false, true) => "r",
            (true, false) => "wb",
            (true, true) => "w",
        })?;
        let name = Name::Number(end.as_raw_fd());
        let encoding = encoding.unwrap_or_else(Encoding::utf_8);
        let buffer = Buffer::new(end.into(), Vec::new());
        Ok(Self::new(interp, name, mode, encoding, written, buffer))
    }

    /// Returns the open file for a command that gets it as a stream, once what waits to be written is written.
    ///
    /// # Errors
    /// It is closed, or cannot be written.
    pub(in crate::stdlib) fn for_command(&self) -> Result<Arc<std::fs::File>, Failure> {
        self.with(|buffer| {
            buffer.flush()?;
            // Nobody expects a stream that does not wait.
            set_blocking(&**buffer.file(), true)?;
            Ok(buffer.file().clone())
        })
    }

    /// Returns the open file and what was read ahead of it, for somebody else who reads on, or who writes once what waits is written.
    ///
    /// # Errors
    /// It is closed, or cannot be written.
    pub(in crate::stdlib) fn begin_exchange(
        &self,
    ) -> Result<(Arc<std::fs::File>, Vec<u8>), Failure> {
        self.with(|buffer| {
            match buffer.flush() {
                // The command does not want it.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => (),
                flushed => flushed?,
            }
            let ahead = buffer.take_ahead();
            Ok((buffer.file().clone(), ahead))
        })
    }

    /// Closes a file whether or not what waits can be written.
    pub(in crate::stdlib) fn close_for_good(&self) {
        let _ = self.take_buffer();
    }
}
