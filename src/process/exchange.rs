//! Writing to a command and reading from it at the same time, so that neither side waits for the other for ever.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use crate::sys::alloc::may_allocate;
use crate::sys::{pipe, quota};

/// How much is read at once.
const CHUNK: usize = 64 << 10;

/// A pipe to read, unless it is closed, and the bytes that were read from it before.
pub(crate) type Reading = (Option<Arc<File>>, Vec<u8>);

/// An exchange with a command, as far as it has come.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    /// The pipe to the command, until everything is written.
    input: Option<Arc<File>>,
    bytes: Vec<u8>,
    written: usize,
    /// Standard output and standard error.
    outputs: [Option<Incoming>; 2],
}

/// What comes out of one pipe.
#[derive(Debug)]
struct Incoming {
    /// `None` at its end.
    pipe: Option<Arc<File>>,
    bytes: Vec<u8>,
}

impl Exchange {
    /// Writes the bytes to the pipe `input`, and reads the outputs to their end.
    ///
    /// # Errors
    /// Those of `fcntl(2)`.
    pub(crate) fn new(
        input: Option<(Arc<File>, Vec<u8>)>,
        outputs: [Option<Reading>; 2],
    ) -> io::Result<Self> {
        let (input, bytes) = input.unzip();
        if let Some(input) = &input {
            pipe::set_blocking(&**input, false)?;
        }
        Ok(Self {
            input,
            bytes: bytes.unwrap_or_default(),
            written: 0,
            outputs: outputs.map(|output| {
                let (pipe, bytes) = output?;
                Some(Incoming { pipe, bytes })
            }),
        })
    }

    /// Goes on for at most this long. Returns whether everything is written and read.
    ///
    /// # Errors
    /// Those of `read(2)` and `write(2)`; `OutOfMemory` if the output is larger than the free memory.
    pub(crate) fn go_on(&mut self, most: Duration) -> io::Result<bool> {
        if self.is_over() {
            return Ok(true);
        }
        let Self { input, outputs, .. } = self;
        let mut incoming: Vec<_> = outputs
            .iter_mut()
            .flatten()
            .filter(|o| o.pipe.is_some())
            .collect();
        let reads: Vec<_> = incoming.iter().filter_map(|o| o.pipe.clone()).collect();
        let writes: Vec<_> = input.iter().collect();
        let (readable, writable) = pipe::wait_for_any(&reads, &writes, most)?;
        for (incoming, is_ready) in incoming.iter_mut().zip(readable) {
            if is_ready {
                incoming.read()?;
            }
        }
        if writable == [true] {
            self.write()?;
        }
        Ok(self.is_over())
    }

    fn is_over(&self) -> bool {
        let mut outputs = self.outputs.iter().flatten();
        self.input.is_none() && outputs.all(|output| output.pipe.is_none())
    }

    fn write(&mut self) -> io::Result<()> {
        let Some(mut pipe) = self.input.as_deref() else {
            return Ok(());
        };
        match pipe.write(&self.bytes[self.written..]) {
            Ok(count) => self.written += count,
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock => (),
                // The command does not want the rest.
                io::ErrorKind::BrokenPipe => self.written = self.bytes.len(),
                _ => return Err(error),
            },
        }
        if self.written == self.bytes.len() {
            self.input = None;
            self.bytes = Vec::new();
            self.written = 0;
        }
        Ok(())
    }

    /// Returns whether everything is written to the command.
    pub(crate) fn has_written(&self) -> bool {
        self.input.is_none()
    }

    /// Returns what has come so far from standard output and from standard error.
    pub(crate) fn so_far(&self) -> [Option<&[u8]>; 2] {
        let [out, err] = &self.outputs;
        [out, err].map(|output| output.as_ref().map(|output| &*output.bytes))
    }

    /// Takes what has come from standard output and from standard error.
    pub(crate) fn take(&mut self) -> [Option<Vec<u8>>; 2] {
        let take = |output: Incoming| output.bytes;
        std::mem::take(&mut self.outputs).map(|output| output.map(take))
    }
}

impl Incoming {
    fn read(&mut self) -> io::Result<()> {
        let Some(mut pipe) = self.pipe.as_deref() else {
            return Ok(());
        };
        let before = self.bytes.len();
        if before + CHUNK > self.bytes.capacity() {
            // A vector doubles when it grows.
            let next = CHUNK.max(before.saturating_mul(2));
            if !quota::is_free(next) || !may_allocate(next) {
                return Err(io::ErrorKind::OutOfMemory.into());
            }
            self.bytes.reserve(CHUNK);
        }
        self.bytes.resize(before + CHUNK, 0);
        let result = pipe.read(&mut self.bytes[before..]);
        self.bytes.truncate(before + *result.as_ref().unwrap_or(&0));
        match result {
            Ok(0) => self.pipe = None,
            Ok(_) => (),
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock => (),
                _ => return Err(error),
            },
        }
        Ok(())
    }
}
