//! A file object: shared by reference, closed once, its text decoded and encoded.

use std::any::Any;
#[cfg(feature = "hashlib")]
use std::cell::RefCell;
use std::io::{self, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard, Weak};

use rhai::{Dynamic, ImmutableString};

use super::buffer::Buffer;
use super::mode::Mode;
use crate::process::fork;
use crate::script::output::{Pending, Unwritten};
use crate::script::{Failure, Interp, os_failure, raise, type_name};
use crate::stdlib::builtins::codec::{self, Codec};
use crate::sync::wait_kind;
use crate::sys::clock::HEARTBEAT;
use crate::sys::lock::locked;
use crate::sys::opening::is_ready;
use crate::text::{as_string, quoted};

const NOT_OPENED_HERE: &str = "the file was opened by another process: open it in this process";

/// An open file, as `open` returns it.
#[derive(Debug, Clone)]
pub(in crate::stdlib) struct File(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    interp: Weak<Interp>,
    name: Name,
    mode: Mode,
    encoding: Codec,
    errors: ImmutableString,
    written: Written,
    /// The process that has opened it, and its copies made by hand: no other works with it, whichever way it was started.
    generation: u32,
    /// `None` when closed.
    buffer: Mutex<Option<Buffer>>,
    /// What is dropped when it is closed.
    kept: Mutex<Option<Kept>>,
}

/// Something that lives as long as a file is open.
pub(in crate::stdlib) type Kept = Box<dyn Any + Send + Sync>;

/// How a text file treats its bytes.
#[derive(Debug, Clone)]
pub(in crate::stdlib) struct Encoding {
    pub codec: Codec,
    pub errors: ImmutableString,
}

impl Encoding {
    pub(in crate::stdlib) fn utf_8() -> Self {
        Self {
            codec: Codec::Utf8,
            errors: "strict".into(),
        }
    }
}

/// The name of a file: its path, or the number of a descriptor that was not opened by a path.
#[derive(Debug)]
pub(super) enum Name {
    Path(ImmutableString),
    Number(i32),
}

impl Name {
    fn repr(&self) -> String {
        match self {
            Self::Path(path) => quoted(path),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// When the buffer for writing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::stdlib) enum Written {
    /// When it is full.
    WhenFull,
    /// And when a line is complete.
    ByLine,
    /// At once.
    AtOnce,
}

impl File {
    pub(super) fn new(
        interp: &Arc<Interp>,
        name: Name,
        mode: Mode,
        encoding: Encoding,
        written: Written,
        buffer: Buffer,
    ) -> Self {
        let file = Self(Arc::new(Shared {
            interp: Arc::downgrade(interp),
            name,
            mode,
            encoding: encoding.codec,
            errors: encoding.errors,
            written,
            generation: fork::generation(),
            buffer: Mutex::new(Some(buffer)),
            kept: Mutex::new(None),
        }));
        if file.mode().writes() {
            let pending: Arc<dyn Pending> = file.0.clone();
            interp.output.wait_for(&pending);
        }
        file
    }

    /// Keeps something as long as the file is open.
    pub(super) fn keep(&self, kept: Kept) {
        *locked(&self.0.kept) = Some(kept);
    }

    pub(super) fn name(&self) -> Dynamic {
        match &self.0.name {
            Name::Path(path) => path.clone().into(),
            Name::Number(number) => Dynamic::from_int((*number).into()),
        }
    }

    pub(super) fn mode(&self) -> &Mode {
        &self.0.mode
    }

    pub(super) fn encoding(&self) -> Codec {
        self.0.encoding
    }

    pub(in crate::stdlib) fn is_closed(&self) -> bool {
        locked(&self.0.buffer).is_none()
    }

    pub(super) fn take_buffer(&self) -> Option<Buffer> {
        locked(&self.0.buffer).take()
    }

    /// Writes what waits and closes; closing again is no error.
    pub(in crate::stdlib) fn close(&self) -> Result<(), Failure> {
        let Some(mut buffer) = self.take_buffer() else {
            return Ok(());
        };
        // Dropped when the rest has been written.
        let _kept = locked(&self.0.kept).take();
        loop {
            match buffer.flush() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.wait(buffer.file(), true)?;
                }
                result => return result.map_err(os_failure),
            }
        }
    }

    /// Does something with the open file, and waits where a FIFO or a terminal has nothing to read yet, or no room. `action` may be called
    /// several times.
    pub(super) fn with<T>(
        &self,
        action: impl Fn(&mut Buffer) -> io::Result<T>,
    ) -> Result<T, Failure> {
        if self.0.generation != fork::generation() {
            return Err(raise("OSError", NOT_OPENED_HERE));
        }
        loop {
            let mut guard: MutexGuard<'_, Option<Buffer>> = locked(&self.0.buffer);
            let Some(buffer) = guard.as_mut() else {
                return Err(raise("ValueError", "I/O operation on closed file."));
            };
            match action(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let (file, writes) = (buffer.file().clone(), buffer.has_output());
                    // Without the buffer: a function for a signal may use the file meanwhile.
                    drop(guard);
                    self.wait(&file, writes)?;
                }
                result => return result.map_err(os_failure),
            }
        }
    }

    fn wait(&self, file: &std::fs::File, writes: bool) -> Result<(), Failure> {
        let ready = |most| is_ready(file, writes, most).map_err(os_failure);
        let Some(interp) = self.0.interp.upgrade() else {
            return ready(HEARTBEAT).map(drop);
        };
        interp.wait_for(wait_kind::FILE, None, |most| Ok(ready(most)?.then_some(())))
    }

    fn reading<T>(&self, action: impl Fn(&mut Buffer) -> io::Result<T>) -> Result<T, Failure> {
        let reads = self.0.mode.reads();
        self.with(|buffer| reads.then(|| action(buffer)).transpose())?
            .ok_or_else(|| raise("UnsupportedOperation", "not readable"))
    }

    /// Up to `count` characters or bytes; everything when there is no count.
    pub(super) fn read(&self, count: Option<usize>) -> Result<Dynamic, Failure> {
        let bytes = match count {
            None => self.reading(Buffer::read_all)?,
            Some(count) if self.counts_bytes() => self.reading(|buffer| buffer.read(count))?,
            Some(count) => self.reading(|buffer| buffer.read_chars(count))?,
        };
        self.value(bytes)
    }

    /// Returns whether it gives bytes and takes them.
    #[cfg(feature = "hashlib")]
    pub(in crate::stdlib) fn is_binary(&self) -> bool {
        self.0.mode.binary
    }

    /// Reads some bytes into `space`, whatever the mode is; none at the end of the file.
    ///
    /// # Errors
    /// As those of `read`.
    #[cfg(feature = "hashlib")]
    pub(in crate::stdlib) fn read_into(&self, space: &mut [u8]) -> Result<usize, Failure> {
        let space = RefCell::new(space);
        self.reading(|buffer| buffer.read_into(&mut space.borrow_mut()))
    }

    fn counts_bytes(&self) -> bool {
        self.0.mode.binary || self.0.encoding != Codec::Utf8
    }

    /// Returns the next line with its end; empty at the end of the file.
    pub(super) fn read_line(&self) -> Result<Dynamic, Failure> {
        let bytes = self.reading(Buffer::read_line)?;
        self.value(bytes)
    }

    /// Returns the next line with its end, `None` at the end of the file.
    pub(in crate::stdlib) fn next_line(&self) -> Result<Option<Dynamic>, Failure> {
        let bytes = self.reading(Buffer::read_line)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.value(bytes).map(Some)
    }

    fn value(&self, bytes: Vec<u8>) -> Result<Dynamic, Failure> {
        if self.0.mode.binary {
            return Ok(Dynamic::from_blob(bytes));
        }
        codec::decode_text(&bytes, self.0.encoding, &self.0.errors).map(Dynamic::from)
    }

    /// Writes a string or bytes and returns the number of characters or bytes.
    pub(super) fn write(&self, value: &Dynamic) -> Result<usize, Failure> {
        self.with(|_| Ok(()))?;
        if !self.0.mode.writes() {
            return Err(raise("UnsupportedOperation", "not writable"));
        }
        let (bytes, count) = self.bytes_of(value)?;
        let is_due = match self.0.written {
            Written::WhenFull => false,
            Written::ByLine => bytes.contains(&b'\n'),
            Written::AtOnce => true,
        };
        self.with(|buffer| buffer.write(&bytes))?;
        self.with(|buffer| match is_due || buffer.is_full() {
            true => buffer.flush(),
            false => Ok(()),
        })?;
        Ok(count)
    }

    fn bytes_of(&self, value: &Dynamic) -> Result<(Vec<u8>, usize), Failure> {
        let found = || type_name(value);
        if self.0.mode.binary {
            let bytes = value.read_lock::<rhai::Blob>().map(|bytes| bytes.clone());
            return match bytes {
                Some(bytes) => {
                    let count = bytes.len();
                    Ok((bytes, count))
                }
                None => {
                    let text = format!("a bytes-like object is required, not '{}'", found());
                    Err(raise("TypeError", text))
                }
            };
        }
        let Some(text) = as_string(value) else {
            let text = format!("write() argument must be str, not {}", found());
            return Err(raise("TypeError", text));
        };
        let count = text.chars().count();
        let bytes = codec::encode_text(&text, self.0.encoding, &self.0.errors)?;
        Ok((bytes, count))
    }

    pub(super) fn seek(&self, to: SeekFrom) -> Result<u64, Failure> {
        self.with(|buffer| buffer.seek(to))
    }

    /// Returns the file as Python's `repr` prints it.
    pub(super) fn repr(&self) -> String {
        let (name, mode) = (self.0.name.repr(), &self.0.mode.text);
        let (reads, writes) = (self.0.mode.reads(), self.0.mode.writes());
        match (self.0.mode.binary, reads, writes) {
            (false, ..) => {
                let encoding = self.0.encoding.name().to_uppercase();
                let mode = match self.0.name {
                    Name::Path(_) => format!(" mode='{mode}'"),
                    Name::Number(_) => String::new(),
                };
                format!("<_io.TextIOWrapper name={name}{mode} encoding='{encoding}'>")
            }
            (true, true, true) => format!("<_io.BufferedRandom name={name}>"),
            (true, true, false) => format!("<_io.BufferedReader name={name}>"),
            (true, false, _) => format!("<_io.BufferedWriter name={name}>"),
        }
    }
}

impl Pending for Shared {
    fn write_out(&self) -> Result<(), Unwritten> {
        let flushed = loop {
            let mut guard = locked(&self.buffer);
            let Some(buffer) = guard.as_mut() else {
                break Ok(());
            };
            match buffer.flush() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let file = buffer.file().clone();
                    drop(guard);
                    let interp = self.interp.upgrade();
                    if interp.is_none_or(|interp| interp.stopping().is_some()) {
                        break Err(io::ErrorKind::Interrupted.into());
                    }
                    if let Err(error) = is_ready(&file, true, HEARTBEAT) {
                        break Err(error);
                    }
                }
                result => break result,
            }
        };
        flushed.map_err(|error| Unwritten {
            file: Some(match &self.name {
                Name::Path(path) => path.to_string(),
                Name::Number(number) => format!("descriptor {number}"),
            }),
            error,
        })
    }
}

impl Drop for Shared {
    /// Closes a file that its script has not closed. A failure is reported when the script ends.
    fn drop(&mut self) {
        if let (Err(unwritten), Some(interp)) = (self.write_out(), self.interp.upgrade()) {
            interp.output.lose(unwritten);
        }
    }
}
