//! The descriptors of the prompt: the terminal for itself, a pipe for everybody who prints.
//!
//! Standard output and standard error become the pipe where they are the terminal; where the user has sent them somewhere
//! else they stay. Children inherit them. When the prompt is killed nobody reads the pipe any more, and a child that
//! prints ends quietly.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::stdio::{dup2_stderr, dup2_stdout, stderr, stdout};
use rustix::termios::isatty;

/// The terminal, whose place the pipe has taken.
#[derive(Debug)]
pub(crate) struct Descriptors {
    terminal: File,
    replaced: [bool; 2],
    /// Kept open: a pipe that nobody writes to counts as readable.
    _writer: OwnedFd,
}

impl Descriptors {
    /// Puts the pipe in the place of the terminal. Also gives the end of the pipe that is read, which does not block,
    /// and a descriptor to write to the terminal.
    ///
    /// # Errors
    /// Without a controlling terminal; when descriptors run out.
    pub(crate) fn redirect() -> io::Result<(Self, File, File)> {
        // The one rustyline opens.
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

    /// Puts the terminal back.
    pub(crate) fn restore(&self) {
        if self.replaced[0] {
            let _ = dup2_stdout(&self.terminal);
        }
        if self.replaced[1] {
            let _ = dup2_stderr(&self.terminal);
        }
    }
}
