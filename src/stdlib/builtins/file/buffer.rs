//! The bytes of one open file, buffered both ways.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use crate::sys::quota;

/// The size of the buffers for writing and reading.
const SIZE: usize = 8192;

/// An open file with what was read ahead and what waits to be written; never both.
#[derive(Debug)]
pub(super) struct Buffer {
    file: File,
    input: Vec<u8>,
    /// How much of `input` has been used.
    used: usize,
    output: Vec<u8>,
}

impl Buffer {
    pub(super) fn new(file: File) -> Self {
        Self {
            file,
            input: Vec::new(),
            used: 0,
            output: Vec::new(),
        }
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Returns the data that has been read ahead.
    pub(super) fn ahead(&self) -> &[u8] {
        &self.input[self.used..]
    }

    /// Reads further ahead; false at the end of the file.
    pub(super) fn read_ahead(&mut self) -> io::Result<bool> {
        self.flush()?;
        if self.used > 0 {
            self.input.drain(..self.used);
            self.used = 0;
        }
        let before = self.input.len();
        let length = before + SIZE;
        // A line or a file without an end.
        if length > self.input.capacity() && !quota::is_free(length) {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        self.input.resize(length, 0);
        let result = loop {
            match self.file.read(&mut self.input[before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
                other => break other,
            }
        };
        let count = *result.as_ref().unwrap_or(&0);
        self.input.truncate(before + count);
        result.map(|count| count > 0)
    }

    /// Uses the next `count` bytes of what was read ahead.
    pub(super) fn take(&mut self, count: usize) -> Vec<u8> {
        let bytes = self.ahead()[..count].to_vec();
        self.used += count;
        bytes
    }

    /// Up to `count` bytes, fewer only at the end of the file.
    pub(super) fn read(&mut self, count: usize) -> io::Result<Vec<u8>> {
        while self.ahead().len() < count && self.read_ahead()? {}
        Ok(self.take(count.min(self.ahead().len())))
    }

    /// Returns everything up to the end of the file.
    pub(super) fn read_all(&mut self) -> io::Result<Vec<u8>> {
        self.flush()?;
        let mut all = self.take(self.ahead().len());
        self.file.read_to_end(&mut all)?;
        Ok(all)
    }

    /// Returns the bytes through the next `\n`; the rest of the file if there is no more.
    pub(super) fn read_line(&mut self) -> io::Result<Vec<u8>> {
        let mut searched = 0;
        loop {
            if let Some(at) = self.ahead()[searched..].iter().position(|b| *b == b'\n') {
                return Ok(self.take(searched + at + 1));
            }
            searched = self.ahead().len();
            if !self.read_ahead()? {
                return Ok(self.take(searched));
            }
        }
    }

    /// Takes bytes to be written.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.forget_ahead()?;
        if self.output.len() + bytes.len() > SIZE {
            self.flush()?;
        }
        if bytes.len() > SIZE {
            return self.file.write_all(bytes);
        }
        self.output.extend_from_slice(bytes);
        Ok(())
    }

    /// Writes what waits.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        // Taken first: bytes that could not be written must not be written again later.
        let output = std::mem::take(&mut self.output);
        self.file.write_all(&output)
    }

    /// Returns the position of the next read or write.
    pub(super) fn position(&mut self) -> io::Result<u64> {
        self.flush()?;
        Ok(self.file.stream_position()? - self.ahead().len() as u64)
    }

    pub(super) fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.flush()?;
        self.forget_ahead()?;
        self.file.seek(to)
    }

    /// Cuts or extends the file.
    pub(super) fn set_len(&mut self, length: u64) -> io::Result<()> {
        self.flush()?;
        self.file.set_len(length)
    }

    /// Goes back to where the script is, for the kernel as well.
    fn forget_ahead(&mut self) -> io::Result<()> {
        let ahead = self.ahead().len() as i64;
        self.input.clear();
        self.used = 0;
        if ahead > 0 {
            self.file.seek(SeekFrom::Current(-ahead))?;
        }
        Ok(())
    }
}
