//! A prompt for terminals that can do no more than show lines: no editing but the terminal's own, no colours.

use std::io::{self, Write};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::stdio::stdin;

use super::signals::Endings;

/// Reads lines from standard input.
#[derive(Debug)]
pub(crate) struct Plain {
    endings: Arc<Endings>,
    /// What was read beyond the last line.
    ahead: Vec<u8>,
}

/// What came of a line.
#[derive(Debug)]
pub(crate) enum Line {
    Text(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D, a terminal that is gone, a signal.
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
        let line = self.next_line(prompt);
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
        loop {
            if let Some(end) = self.ahead.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.ahead.drain(..=end).collect();
                return Line::Text(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            match self.read_more() {
                Ok(0) => return self.end(),
                Ok(_) => {}
                Err(Errno::INTR) => {
                    self.ahead.clear();
                    let _ = stdout.write_all(b"\n");
                    return Line::Interrupted;
                }
                Err(_) => return Line::End,
            }
        }
    }

    /// A line without an end is the last one.
    fn end(&mut self) -> Line {
        if self.ahead.is_empty() {
            let _ = io::stdout().write_all(b"\n");
            return Line::End;
        }
        let line = std::mem::take(&mut self.ahead);
        Line::Text(String::from_utf8_lossy(&line).into_owned())
    }

    /// The number of bytes that came; 0 at the end, and when a signal has come.
    fn read_more(&mut self) -> Result<usize, Errno> {
        let mut waited = [
            PollFd::from_borrowed_fd(stdin(), PollFlags::IN),
            PollFd::new(&*self.endings, PollFlags::IN),
        ];
        poll(&mut waited, None)?;
        if self.endings.came().is_some() {
            self.ahead.clear();
            return Ok(0);
        }
        let mut bytes = [0; 4096];
        let count = rustix::io::read(stdin(), &mut bytes)?;
        self.ahead.extend_from_slice(&bytes[..count]);
        Ok(count)
    }
}
