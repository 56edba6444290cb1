//! The output of scripts: whole lines, each written in one piece, in the order in which they were printed.
//!
//! A line is written as soon as it is complete, so that a child's line keeps its place among other events, and a killed process loses
//! nothing it has printed. All processes of a program share one lock for writing, so that a line stays whole even when it is
//! longer than a pipe takes at once. Text without a line end is kept up to a mebibyte, and then written out.
//!
//! Bytes in names that are part of no character ([`from_os`](crate::text::from_os)) are written as U+FFFD.
//!
//! A host may redirect its scripts' output to [sinks](super::sinks).
//!
//! The buffers of open files are written before a fork and at the end of a process, so that nothing is lost or written twice. What
//! could not be written is kept until somebody can report it.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use crate::script::sinks::progress::Drawing;
use crate::script::sinks::streams::{Entrances, PausedRelay, Sinks};
use crate::sync;
use crate::sys::lock::locked;
use crate::sys::stdio::{self, Stream};
use crate::text::for_people;

/// The longest beginning of a line that is kept, in bytes: a script that prints no line ends must not use up the memory.
const PARTIAL_MAX: usize = 1 << 20;

/// A buffer of text that a script has written.
pub(crate) trait Pending: std::fmt::Debug + Send + Sync {
    /// Writes the buffer out.
    ///
    /// # Errors
    /// Those of `write(2)`.
    fn write_out(&self) -> Result<(), Unwritten>;
}

/// Output that could not be written.
#[derive(Debug)]
pub(crate) struct Unwritten {
    /// The file; `None` means standard output.
    pub file: Option<String>,
    pub error: io::Error,
}

impl Unwritten {
    fn of_output(error: io::Error) -> Self {
        Self { file: None, error }
    }
}

/// Where a drawing of progress is, which the next line that is printed has to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drawn {
    Nowhere = 0,
    /// In the last line of the terminal.
    OnTerminal = 1,
    /// In the last line of what both streams lead to.
    OnPipe = 2,
}

impl Drawn {
    fn of_note(note: u64) -> Self {
        [Self::Nowhere, Self::OnTerminal, Self::OnPipe]
            .into_iter()
            .find(|drawn| *drawn as u64 == note)
            .unwrap_or(Self::Nowhere)
    }

    /// Returns whether text that is written to this stream comes after the drawing in the same line.
    fn is_in_the_way_of(self, stream: Stream) -> bool {
        match self {
            Self::Nowhere => false,
            Self::OnTerminal => stdio::is_terminal(stream),
            Self::OnPipe => true,
        }
    }
}

/// Moves the cursor to the beginning of its line and removes what is there.
const ERASE: &str = "\r\x1b[K";

/// The output of one process of a program.
#[derive(Debug, Default)]
pub(crate) struct Output {
    /// The beginning of a line that is not yet complete.
    partial: Mutex<String>,
    /// Held for the length of one write, by whichever process of the family writes. Its note is a [`Drawn`].
    turn: Mutex<Option<sync::Mutex>>,
    /// The same as that note, as long as there is no lock.
    drawn: AtomicU64,
    /// The open files.
    files: Mutex<Vec<Weak<dyn Pending>>>,
    /// Output that could not be written when no native could return the error.
    lost: Mutex<Vec<Unwritten>>,
    /// Where the host redirects it.
    sinks: OnceLock<Sinks>,
    /// A flush may find something: there has been an incomplete line, an open file, a loss, or a sink.
    may_owe: AtomicBool,
}

impl Output {
    /// Redirects the output, once.
    pub(crate) fn send_to(&self, sinks: Sinks) {
        let _ = self.sinks.set(sinks);
        self.note_debt();
    }

    /// Returns whether [`flush_all`](Self::flush_all) may find something. Asked at the end of each call by the host, most of which print nothing.
    #[inline]
    pub(crate) fn may_owe(&self) -> bool {
        self.may_owe.load(Ordering::Relaxed)
    }

    fn note_debt(&self) {
        self.may_owe.store(true, Ordering::Relaxed);
    }

    /// Returns the standard streams for a new process.
    ///
    /// # Errors
    /// The process has no descriptor or no thread left for them.
    pub(crate) fn entrances(&self) -> io::Result<Entrances> {
        self.may_be_used()?;
        let sinks = self.sinks.get();
        sinks.map_or_else(|| Ok(Entrances::default()), Sinks::entrances)
    }

    /// Pauses the relay of children's output for a fork, until the result is dropped.
    pub(crate) fn prepare_fork(&self) -> Option<PausedRelay<'_>> {
        self.sinks.get().map(Sinks::prepare_fork)
    }

    /// Makes writes take turns with the other processes of the program.
    pub(crate) fn share(&self, turn: sync::Mutex) {
        *locked(&self.turn) = Some(turn);
    }

    /// Returns the lock of [`share`](Self::share), for a new process.
    pub(crate) fn turn(&self) -> Option<sync::Mutex> {
        locked(&self.turn).clone()
    }

    /// Prints `text`, which includes line ends. An incomplete last line is kept until its end or a flush, unless it is very long.
    ///
    /// # Errors
    /// `BrokenPipe` when the reader is gone; other errors of `write(2)`.
    pub(crate) fn print(&self, text: &str) -> io::Result<()> {
        let mut partial = locked(&self.partial);
        let end = text.rfind('\n').map_or(0, |at| at + 1);
        let begun = if end == 0 { partial.len() } else { 0 };
        let is_long = begun + text.len() - end > PARTIAL_MAX;
        let (complete, rest) = text.split_at(if is_long { text.len() } else { end });
        if !rest.is_empty() {
            self.note_debt();
        }
        if complete.is_empty() {
            partial.push_str(rest);
            return Ok(());
        }
        if partial.is_empty() {
            partial.push_str(rest);
            drop(partial);
            return self.write(Stream::Out, complete);
        }
        partial.push_str(complete);
        let line = std::mem::replace(&mut *partial, rest.to_string());
        drop(partial);
        self.write(Stream::Out, &line)
    }

    /// Makes [`flush`](Self::flush) write out `file` too, as long as it exists.
    pub(crate) fn wait_for(&self, file: &Arc<dyn Pending>) {
        let mut files = locked(&self.files);
        files.retain(|file| file.strong_count() > 0);
        files.push(Arc::downgrade(file));
        self.note_debt();
    }

    /// Writes out the incomplete line and the buffers of open files.
    ///
    /// Called before a fork, so that the child does not write the same again.
    ///
    /// # Errors
    /// The first failure. Everything else is written nevertheless, and other failures are kept for [`flush_all`](Self::flush_all).
    pub(crate) fn flush(&self) -> Result<(), Unwritten> {
        let mut lost = self.write_out().into_iter();
        let first = lost.next();
        lost.for_each(|unwritten| self.lose(unwritten));
        first.map_or(Ok(()), Err)
    }

    /// Writes out the same, and returns everything that could not be written and that nobody has reported.
    pub(crate) fn flush_all(&self) -> Vec<Unwritten> {
        let written = self.write_out();
        let mut lost = std::mem::take(&mut *locked(&self.lost));
        lost.extend(written);
        lost
    }

    fn write_out(&self) -> Vec<Unwritten> {
        let mut lost = Vec::new();
        lost.extend(self.flush_line().err().map(Unwritten::of_output));
        let files: Vec<_> = locked(&self.files)
            .iter()
            .filter_map(Weak::upgrade)
            .collect();
        lost.extend(files.iter().filter_map(|file| file.write_out().err()));
        self.take_in();
        let owed = self.sinks.get().and_then(Sinks::take_owed);
        lost.extend(owed.map(Unwritten::of_output));
        lost
    }

    /// Keeps the failure of a flush whose caller cannot return it, for the next flush.
    pub(crate) fn lose(&self, unwritten: Unwritten) {
        locked(&self.lost).push(unwritten);
        self.note_debt();
    }

    /// Moves everything that children have printed so far to the sinks.
    pub(crate) fn take_in(&self) {
        if let Some(sinks) = self.sinks.get()
            && self.may_be_used().is_ok()
            && sinks.have_children()
        {
            self.in_turn(|alone| sinks.take_in(alone));
        }
    }

    /// Prepares a child; the parent of a forked one has the sinks.
    pub(crate) fn begin_child(&self) {
        // The parent reports what it could not write.
        locked(&self.lost).clear();
        if let Some(sinks) = self.sinks.get() {
            sinks.begin_child();
        }
    }

    /// Returns the sinks to the host at the end of the runtime.
    pub(crate) fn close(&self) {
        if let Some(sinks) = self.sinks.get() {
            sinks.close();
        }
    }

    /// Flushes for the last time in this process, as [`flush`](Self::flush) does.
    pub(crate) fn finish(&self) {
        drop(self.flush_all());
        if let Some(sinks) = self.sinks.get() {
            sinks.finish();
        }
    }

    /// Writes out the incomplete line.
    ///
    /// # Errors
    /// As [`print`](Self::print).
    pub(crate) fn flush_line(&self) -> io::Result<()> {
        let rest = std::mem::take(&mut *locked(&self.partial));
        if rest.is_empty() {
            Ok(())
        } else {
            self.write(Stream::Out, &rest)
        }
    }

    /// Writes `text` to standard error in one piece.
    ///
    /// # Errors
    /// As [`print`](Self::print).
    pub(crate) fn error(&self, text: &str) -> io::Result<()> {
        self.write(Stream::Err, text)
    }

    /// # Errors
    /// A sink itself runs the script that prints, and would wait for itself.
    fn may_be_used(&self) -> io::Result<()> {
        if self.sinks.get().is_some_and(Sinks::are_calling) {
            let text = "a sink cannot print to the runtime that it serves";
            return Err(io::Error::other(text));
        }
        Ok(())
    }

    fn write(&self, stream: Stream, text: &str) -> io::Result<()> {
        self.may_be_used()?;
        let text = for_people(text);
        let bytes = text.as_bytes();
        self.in_turn(|alone| {
            let sinks = self.sinks.get();
            sinks
                .and_then(|sinks| sinks.write(stream, bytes, alone))
                .unwrap_or_else(|| self.write_to(stream, bytes))
        })
    }

    /// Writes to a stream of the process, after removing a drawing that is in the way.
    fn write_to(&self, stream: Stream, bytes: &[u8]) -> io::Result<()> {
        if self.drawn() == Drawn::Nowhere || !self.drawn().is_in_the_way_of(stream) {
            return stdio::write_all(stream, bytes);
        }
        self.set_drawn(Drawn::Nowhere);
        stdio::write_all(stream, &[ERASE.as_bytes(), bytes].concat())
    }

    /// Draws progress on standard error, unless that is redirected. What cannot be drawn is no error of the script.
    pub(crate) fn draw(&self, drawing: &Drawing) {
        if self.sinks.get().is_some() {
            return;
        }
        self.in_turn(|_| {
            let erased = match self.drawn() {
                Drawn::Nowhere => "",
                Drawn::OnTerminal | Drawn::OnPipe => ERASE,
            };
            let text = format!("{erased}{}", drawing.text);
            let _ = stdio::write_all(Stream::Err, text.as_bytes());
            self.set_drawn(match (drawing.stays, drawing.piped) {
                (false, _) => Drawn::Nowhere,
                (true, false) => Drawn::OnTerminal,
                (true, true) => Drawn::OnPipe,
            });
        });
    }

    /// Removes a drawing before somebody else writes to the terminal, or the process ends.
    pub(crate) fn erase_drawing(&self) {
        if self.drawn() != Drawn::Nowhere {
            self.draw(&Drawing::default());
        }
    }

    fn drawn(&self) -> Drawn {
        let turn = locked(&self.turn);
        let shared = turn.as_ref().map_or(0, sync::Mutex::note);
        match Drawn::of_note(shared) {
            Drawn::Nowhere => Drawn::of_note(self.drawn.load(Ordering::Relaxed)),
            drawn => drawn,
        }
    }

    fn set_drawn(&self, drawn: Drawn) {
        match &*locked(&self.turn) {
            Some(turn) => turn.set_note(drawn as u64),
            None => return self.drawn.store(drawn as u64, Ordering::Relaxed),
        }
        self.drawn.store(0, Ordering::Relaxed);
    }

    /// Calls `f` while no other process of the program writes. Its argument is false when the lock could not be taken.
    fn in_turn<T>(&self, f: impl FnOnce(bool) -> T) -> T {
        let Some(turn) = self.turn() else {
            return f(true);
        };
        // A process that Ctrl-C has stopped still writes its report, without the lock if need be.
        // Threads that write for the host hold it too, and are not counted among those who may end a wait.
        let acquire = || turn.acquire(sync::Deadline::NEVER);
        let alone = sync::Role::default().during(acquire).is_ok();
        let result = f(alone);
        if alone {
            let _ = turn.release();
        }
        result
    }
}
