//! The descriptors of the prompt: the terminal for the prompt itself, a pipe for everything that is printed.
//!
//! Standard output and standard error are replaced by the pipe if they are the terminal; if the user has redirected
//! them, they stay. Children inherit them. When the prompt is killed, the pipe has no reader any more, and a child
//! that prints ends quietly.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::stdio::{dup2_stderr, dup2_stdout, stderr, stdout};
use rustix::termios::isatty;

/// The terminal that the pipe has replaced.
#[derive(Debug)]
pub(crate) struct Descriptors {
    terminal: File,
    replaced: [bool; 2],
    /// Kept open, because a pipe without a writer counts as readable.
    _writer: OwnedFd,
}

impl Descriptors {
    /// Replaces the terminal by the pipe. Also returns the reading end of the pipe, which does not block, and a
    /// descriptor that writes to the terminal.
    ///
    /// # Errors
    /// If there is no controlling terminal, or no descriptor is left.
    pub(crate) fn redirect() -> io::Result<(Self, File, File)> {
        // The terminal that rustyline opens.
        let terminal = File::options().read(true).write(true).open("/dev/tty")?;
        let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
        rustix::io::ioctl_fionbio(&reader, true)?;
        let written = terminal.try_clone()?;
        let replaced = [isatty(stdout()), isatty(stderr())];
        if replaced[0] {
            dup2_stdout(&writer)?;
        }
        if replaced[1] {
            dup2_stderr(&writer)?;
        }
        let descriptors = Self {
            terminal,
            replaced,
            _writer: writer,
        };
        Ok((descriptors, reader.into(), written))
    }

    /// Restores the terminal.
    pub(crate) fn restore(&self) {
        if self.replaced[0] {
            let _ = dup2_stdout(&self.terminal);
        }
        if self.replaced[1] {
            let _ = dup2_stderr(&self.terminal);
        }
    }
}
