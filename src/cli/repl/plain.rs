//! A prompt for terminals that can only show lines: no editing except the terminal's own, no colours.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::Arc;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use rustix::stdio::stdin;

use super::signals::Endings;

/// Reads lines from standard input.
#[derive(Debug)]
pub(crate) struct Plain {
    endings: Arc<Endings>,
    /// What was read beyond the last line.
    ahead: Vec<u8>,
}

/// The result of reading a line.
#[derive(Debug)]
pub(crate) enum Line {
    Text(String),
    /// Text to be changed with the user's editor.
    Edit(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D, a terminal that is gone, or a signal.
    End,
}

impl Plain {
    pub(crate) fn new(endings: Arc<Endings>) -> Self {
        Self {
            endings,
            ahead: Vec::new(),
        }
    }

    pub(crate) fn read_line(&mut self, prompt: &str) -> Line {
        let endings = self.endings.clone();
        let noting = endings.note();
        // Ctrl-C is let through only while this thread waits: at any other time it would end nothing.
        let outside = SigSet::from(Signal::SIGINT).thread_swap_mask(SigmaskHow::SIG_BLOCK);
        let line = self.next_line(prompt);
        let _ = outside.map(|mask| mask.thread_set_mask());
        if matches!(line, Line::End) {
            noting.go_on();
        }
        line
    }

    fn next_line(&mut self, prompt: &str) -> Line {
        let mut stdout = io::stdout();
        if stdout
            .write_all(prompt.as_bytes())
            .and_then(|()| stdout.flush())
            .is_err()
        {
            return Line::End;
        }
        let mut searched = 0;
        loop {
            let rest = &self.ahead[searched..];
            if let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
                let end = searched + at;
                let line: Vec<u8> = self.ahead.drain(..=end).collect();
                return Line::Text(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            searched = self.ahead.len();
            match self.read_more() {
                Ok(0) => return self.end(),
                Ok(_) => {}
                Err(Errno::EINTR) => {
                    self.ahead.clear();
                    let _ = stdout.write_all(b"\n");
                    return Line::Interrupted;
                }
                Err(_) => return Line::End,
            }
        }
    }

    /// A line without a newline is the last one.
    fn end(&mut self) -> Line {
        if self.ahead.is_empty() {
            let _ = io::stdout().write_all(b"\n");
            return Line::End;
        }
        let line = std::mem::take(&mut self.ahead);
        Line::Text(String::from_utf8_lossy(&line).into_owned())
    }

    /// Returns the number of bytes read; 0 at the end, and after a signal.
    fn read_more(&mut self) -> Result<usize, Errno> {
        let mut waited = [
            PollFd::new(stdin(), PollFlags::POLLIN),
            PollFd::new(self.endings.as_fd(), PollFlags::POLLIN),
        ];
        let mut mask = SigSet::thread_get_mask()?;
        mask.remove(Signal::SIGINT);
        ppoll(&mut waited, None, Some(mask))?;
        if self.endings.came().is_some() {
            self.ahead.clear();
            return Ok(0);
        }
        let mut bytes = [0; 4096];
        let count = nix::unistd::read(stdin(), &mut bytes)?;
        self.ahead.extend_from_slice(&bytes[..count]);
        Ok(count)
    }
}
