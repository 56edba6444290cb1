//! One of the two streams of a runtime: its sink, and the pipe through which children reach it.

use std::io;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::sink::{LINE_MAX, Sink};
use crate::script::panics::panic_text;
use crate::sys::pipe;

/// How much is taken out of the pipe at once.
const CHUNK: usize = 64 << 10;

/// A sink in use.
#[derive(Debug)]
pub(super) struct Outlet {
    sink: Sink,
    state: State,
    /// The pipe that children write to.
    write: Option<Arc<OwnedFd>>,
    /// The sink; `None` when it is not used any more.
    read: Option<Arc<OwnedFd>>,
    /// The beginning of a child's line.
    begun: Vec<u8>,
    /// The error that the sink returned for a child's output, until the script's next print or its end reports it.
    owed: Option<io::Error>,
}

#[derive(Debug)]
enum State {
    Open,
    /// The reader is gone.
    Closed,
    /// The sink has panicked with this message.
    Failed(String),
}

impl Outlet {
    pub(super) fn new(sink: Sink) -> Self {
        Self {
            sink,
            state: State::Open,
            write: None,
            read: None,
            begun: Vec::new(),
            owed: None,
        }
    }

    /// Returns the standard stream of a child.
    pub(super) fn entrance(&mut self) -> io::Result<Arc<OwnedFd>> {
        if let Some(write) = &self.write {
            return Ok(write.clone());
        }
        let (read, write) = pipe::pipe()?;
        if matches!(self.state, State::Open) {
            self.read = Some(Arc::new(read));
        }
        Ok(self.write.insert(Arc::new(write)).clone())
    }

    /// Returns the end of the pipe that is read.
    pub(super) fn exit(&self) -> Option<Arc<OwnedFd>> {
        self.read.clone()
    }

    /// Moves the whole lines in the pipe to the sink; with `all` also the beginning of a line.
    pub(super) fn take_in(&mut self, all: bool) {
        // Only what there is now: a child that prints endlessly must not hold up others.
        let mut left = self.read.as_ref().map_or(0, pipe::waiting);
        let mut chunk = vec![0; left.min(CHUNK)];
        while left > 0 {
            let Some(read) = &self.read else { break };
            let count = pipe::read(read, &mut chunk);
            if count == 0 {
                break;
            }
            left = left.saturating_sub(count);
            self.collect(&chunk[..count]);
        }
        if all && !self.begun.is_empty() {
            let begun = std::mem::take(&mut self.begun);
            self.hand_on(&begun);
        }
    }

    fn collect(&mut self, bytes: &[u8]) {
        let end = bytes.iter().rposition(|byte| *byte == b'\n');
        let (whole, rest) = bytes.split_at(end.map_or(0, |at| at + 1));
        if !whole.is_empty() {
            self.begun.extend_from_slice(whole);
            let lines = std::mem::take(&mut self.begun);
            self.hand_on(&lines);
        }
        self.begun.extend_from_slice(rest);
        if self.begun.len() > LINE_MAX {
            let piece = std::mem::take(&mut self.begun);
            self.hand_on(&piece);
        }
    }

    fn hand_on(&mut self, bytes: &[u8]) {
        if let Err(error) = self.give(bytes) {
            self.owed.get_or_insert(error);
        }
    }

    /// Takes the error that nobody has reported yet.
    pub(super) fn take_owed(&mut self) -> Option<io::Error> {
        self.owed.take()
    }

    /// Writes what this process's script prints.
    ///
    /// # Errors
    /// The sink's error, for these bytes or for a child's output before; `BrokenPipe` when the reader is gone.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = self.give(bytes);
        match self.owed.take() {
            Some(owed) => written.and(Err(owed)),
            None => written,
        }
    }

    fn give(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &self.state {
            State::Open => (),
            State::Closed => return Err(io::ErrorKind::BrokenPipe.into()),
            State::Failed(text) => return Err(io::Error::other(text.clone())),
        }
        let sink = &mut self.sink;
        match catch_unwind(AssertUnwindSafe(|| sink.write(bytes))) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.close(State::Closed);
                Err(error)
            }
            // A wait of the script's that was interrupted is something else.
            Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {
                Err(io::Error::other(error.to_string()))
            }
            Ok(Err(error)) => Err(error),
            Err(panic) => {
                let text = format!(
                    "the sink for this output has failed: {}",
                    panic_text(&*panic)
                );
                self.close(State::Failed(text.clone()));
                Err(io::Error::other(text))
            }
        }
    }

    /// Drops the sink. Children that write find their stream closed.
    fn close(&mut self, state: State) {
        self.state = state;
        self.read = None;
        self.begun = Vec::new();
    }

    /// Writes the beginning of a line at the end of the program.
    pub(super) fn finish(&mut self) {
        if matches!(self.state, State::Open) {
            let sink = &mut self.sink;
            if catch_unwind(AssertUnwindSafe(|| sink.finish())).is_err() {
                self.close(State::Failed("the sink for this output has failed".into()));
            }
        }
    }

    /// Ends the outlet with the runtime.
    pub(super) fn let_go(&mut self) {
        self.take_in(true);
        self.finish();
        self.close(State::Closed);
        self.write = None;
        let sink = std::mem::replace(&mut self.sink, io::sink().into());
        // Dropping the host's sink may panic too.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(sink)));
    }

    /// Returns the pipe that a forked child writes to. The sink, and what it may still hold, belong to the parent.
    pub(super) fn forsake(mut self) -> Option<Arc<OwnedFd>> {
        self.read = None;
        let write = self.write.take();
        std::mem::forget(self);
        write
    }
}
