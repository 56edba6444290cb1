//! The bytes of one open file, buffered both ways.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::time::Duration;

use crate::sys::interrupt::unless_interrupted;
use crate::sys::opening::is_ready;
use crate::sys::quota;

/// The size of the buffers for writing and reading.
const SIZE: usize = 8192;

/// An open file with what was read ahead and what waits to be written; never both.
#[derive(Debug)]
pub(super) struct Buffer {
    file: Arc<File>,
    /// Reading may wait for somebody: a FIFO, a terminal.
    waits: bool,
    input: Vec<u8>,
    /// How much of `input` has been used.
    used: usize,
    /// How much of what was read ahead contains no `\n`, so that it is not searched again after a wait.
    searched: usize,
    /// The first part of what was read ahead, in characters and in bytes, for the same reason.
    counted: (usize, usize),
    output: Vec<u8>,
}

impl Buffer {
    /// `ahead` has been read already.
    pub(super) fn new(file: File, ahead: Vec<u8>) -> Self {
        let waits = file.metadata().is_ok_and(|about| !about.is_file());
        Self {
            file: Arc::new(file),
            waits,
            input: ahead,
            used: 0,
            searched: 0,
            counted: (0, 0),
            output: Vec::new(),
        }
    }

    pub(super) fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// Returns the data that has been read ahead.
    pub(super) fn ahead(&self) -> &[u8] {
        &self.input[self.used..]
    }

    /// Reads further ahead; false at the end of the file.
    ///
    /// # Errors
    /// `WouldBlock` if there is nothing to read yet: nothing is lost, and the caller tries again later.
    pub(super) fn read_ahead(&mut self) -> io::Result<bool> {
        self.flush()?;
        if self.waits && !is_ready(&self.file, false, Duration::ZERO)? {
            return Err(io::ErrorKind::WouldBlock.into());
        }
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
        let result = unless_interrupted(|| (&*self.file).read(&mut self.input[before..]));
        let count = *result.as_ref().unwrap_or(&0);
        self.input.truncate(before + count);
        result.map(|count| count > 0)
    }

    /// Uses the next `count` bytes of what was read ahead.
    pub(super) fn take(&mut self, count: usize) -> Vec<u8> {
        let bytes = self.ahead()[..count].to_vec();
        self.used += count;
        self.forget_searches();
        bytes
    }

    /// Uses all of what was read ahead.
    pub(super) fn take_ahead(&mut self) -> Vec<u8> {
        self.take(self.ahead().len())
    }

    /// Up to `count` bytes, fewer only at the end of the file.
    pub(super) fn read(&mut self, count: usize) -> io::Result<Vec<u8>> {
        while self.ahead().len() < count && self.read_ahead()? {}
        Ok(self.take(count.min(self.ahead().len())))
    }

    /// Reads some bytes into `space`; none at the end of the file.
    #[cfg(feature = "hashlib")]
    pub(super) fn read_into(&mut self, space: &mut [u8]) -> io::Result<usize> {
        if self.waits && self.ahead().is_empty() {
            self.read_ahead()?;
        }
        let count = self.ahead().len().min(space.len());
        if count > 0 || self.waits {
            space[..count].copy_from_slice(&self.ahead()[..count]);
            self.used += count;
            self.forget_searches();
            return Ok(count);
        }
        self.flush()?;
        unless_interrupted(|| (&*self.file).read(space))
    }

    /// Returns everything up to the end of the file.
    pub(super) fn read_all(&mut self) -> io::Result<Vec<u8>> {
        if self.waits {
            while self.read_ahead()? {}
            return Ok(self.take_ahead());
        }
        self.flush()?;
        let mut all = self.take_ahead();
        (&*self.file).read_to_end(&mut all)?;
        Ok(all)
    }

    /// Returns the bytes through the next `\n`; the rest of the file if there is no more.
    pub(super) fn read_line(&mut self) -> io::Result<Vec<u8>> {
        loop {
            let unsearched = &self.ahead()[self.searched..];
            if let Some(at) = unsearched.iter().position(|byte| *byte == b'\n') {
                return Ok(self.take(self.searched + at + 1));
            }
            self.searched = self.ahead().len();
            if !self.read_ahead()? {
                return Ok(self.take(self.searched));
            }
        }
    }

    /// Returns the bytes of up to `count` characters of UTF-8.
    pub(super) fn read_chars(&mut self, count: usize) -> io::Result<Vec<u8>> {
        if self.counted.0 > count {
            self.counted = (0, 0);
        }
        loop {
            let (mut characters, mut length) = self.counted;
            let ahead = self.ahead();
            while characters < count
                && let Some(size) = ahead.get(length).map(length_of_char)
                && length + size <= ahead.len()
            {
                length += size;
                characters += 1;
            }
            if characters == count {
                return Ok(self.take(length));
            }
            self.counted = (characters, length);
            if !self.read_ahead()? {
                return Ok(self.take(self.ahead().len()));
            }
        }
    }

    fn forget_searches(&mut self) {
        self.searched = 0;
        self.counted = (0, 0);
    }

    /// Takes bytes to be written. Those for a FIFO may be more than the buffer is for: see [`is_full`](Self::is_full).
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.forget_ahead()?;
        if self.output.len() + bytes.len() > SIZE {
            self.flush()?;
        }
        if bytes.len() > SIZE && !self.waits {
            return (&*self.file).write_all(bytes);
        }
        self.output.extend_from_slice(bytes);
        Ok(())
    }

    /// Returns whether it holds more than it should.
    pub(super) fn is_full(&self) -> bool {
        self.output.len() > SIZE
    }

    /// Returns whether something waits to be written.
    pub(super) fn has_output(&self) -> bool {
        !self.output.is_empty()
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// `WouldBlock` if a FIFO is full: the rest waits on.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        // Taken first: bytes that could not be written must not be written again later.
        let output = std::mem::take(&mut self.output);
        let mut written = 0;
        while let Some(rest @ [_, ..]) = output.get(written..) {
            match (&*self.file).write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => written += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.output.extend_from_slice(rest);
                    return Err(error);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Returns the position of the next read or write.
    pub(super) fn position(&mut self) -> io::Result<u64> {
        self.flush()?;
        Ok((&*self.file).stream_position()? - self.ahead().len() as u64)
    }

    pub(super) fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.flush()?;
        self.forget_ahead()?;
        (&*self.file).seek(to)
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
        self.forget_searches();
        if ahead > 0 {
            (&*self.file).seek(SeekFrom::Current(-ahead))?;
        }
        Ok(())
    }
}

/// Returns how many bytes the character takes that begins with this one.
fn length_of_char(first: &u8) -> usize {
    match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        // A byte that begins no character is taken alone, and is reported when it is decoded.
        _ => 1,
    }
}
