//! What scripts print: whole lines, each in one piece, in the order they were printed.
//!
//! A line is written when it is complete, so a child's line and what happens after it keep their order, and
//! a killed process has lost nothing it printed. The family shares one lock for writing: a line longer than
//! a pipe takes at once stays whole too.
//!
//! Where an embedding program wants them elsewhere than on its own streams, they go to its [sinks](super::sinks).
//!
//! What open files hold back is written with it, before a fork and at the end: nothing is lost, nothing twice.

use std::io;
use std::sync::{Arc, Mutex, OnceLock, Weak};

use crate::script::sinks::streams::{Entrances, PausedRelay, Sinks};
use crate::sync;
use crate::sys::lock::locked;
use crate::sys::stdio::{self, Stream};

/// Something that holds back what a script has written.
pub(crate) trait Pending: std::fmt::Debug + Send + Sync {
    /// Writes it.
    ///
    /// # Errors
    /// Those of `write(2)`.
    fn write_out(&self) -> io::Result<()>;
}

/// The output of one process of a program.
#[derive(Debug, Default)]
pub(crate) struct Output {
    /// The beginning of a line that is not yet complete.
    partial: Mutex<String>,
    /// Held for the length of one write, by whichever process of the family writes.
    turn: Mutex<Option<sync::Mutex>>,
    /// The open files.
    files: Mutex<Vec<Weak<dyn Pending>>>,
    /// Where the host wants it.
    sinks: OnceLock<Sinks>,
}

impl Output {
    /// From now on it goes to these.
    pub(crate) fn send_to(&self, sinks: Sinks) {
        let _ = self.sinks.set(sinks);
    }

    /// The streams of a new process.
    ///
    /// # Errors
    /// When there is no descriptor or no thread left for them.
    pub(crate) fn entrances(&self) -> io::Result<Entrances> {
        self.may_be_used()?;
        let sinks = self.sinks.get();
        sinks.map_or_else(|| Ok(Entrances::default()), Sinks::entrances)
    }

    /// A fork may follow.
    pub(crate) fn prepare_fork(&self) -> Option<PausedRelay<'_>> {
        self.sinks.get().map(Sinks::prepare_fork)
    }

    /// From now on writes take turns with the rest of the family.
    pub(crate) fn share(&self, turn: sync::Mutex) {
        *locked(&self.turn) = Some(turn);
    }

    /// The lock of [`share`](Self::share), to be given to a new process.
    pub(crate) fn turn(&self) -> Option<sync::Mutex> {
        locked(&self.turn).clone()
    }

    /// Prints `text`, its line end included; an incomplete last line waits for its end or a flush.
    ///
    /// # Errors
    /// `BrokenPipe` when nobody reads any more; other errors of `write(2)`.
    pub(crate) fn print(&self, text: &str) -> io::Result<()> {
        let mut partial = locked(&self.partial);
        let Some(end) = text.rfind('\n') else {
            partial.push_str(text);
            return Ok(());
        };
        let (complete, rest) = text.split_at(end + 1);
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

    /// From now on [`flush`](Self::flush) writes out `file` too, as long as it exists.
    pub(crate) fn wait_for(&self, file: &Arc<dyn Pending>) {
        let mut files = locked(&self.files);
        files.retain(|file| file.strong_count() > 0);
        files.push(Arc::downgrade(file));
    }

    /// Writes out everything that waits: the incomplete line, and what the open files hold back.
    ///
    /// Before a fork, so that the child does not write it again, and at the end of a process.
    ///
    /// # Errors
    /// The first one; the others are written nevertheless.
    pub(crate) fn flush(&self) -> io::Result<()> {
        let line = self.flush_line();
        let files: Vec<_> = locked(&self.files)
            .iter()
            .filter_map(Weak::upgrade)
            .collect();
        let all = files
            .iter()
            .map(|file| file.write_out())
            .fold(line, Result::and);
        self.take_in();
        all
    }

    /// Has everything that children have printed so far in the host's sinks.
    pub(crate) fn take_in(&self) {
        if let Some(sinks) = self.sinks.get()
            && self.may_be_used().is_ok()
            && sinks.have_children()
        {
            self.in_turn(|alone| sinks.take_in(alone));
        }
    }

    /// This is a forked child: the sinks are its parent's.
    pub(crate) fn begin_child(&self) {
        if let Some(sinks) = self.sinks.get() {
            sinks.begin_child();
        }
    }

    /// The end of the runtime: the host has its sinks back.
    pub(crate) fn close(&self) {
        if let Some(sinks) = self.sinks.get() {
            sinks.close();
        }
    }

    /// The last [`flush`](Self::flush) of this process.
    pub(crate) fn finish(&self) {
        let _ = self.flush();
        if let Some(sinks) = self.sinks.get() {
            sinks.finish();
        }
    }

    /// Writes out what waits for the end of its line.
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
    /// When one of the host's sinks itself runs the script that asks: it would wait for itself.
    fn may_be_used(&self) -> io::Result<()> {
        if self.sinks.get().is_some_and(Sinks::are_calling) {
            let text = "a sink cannot print to the runtime that it serves";
            return Err(io::Error::other(text));
        }
        Ok(())
    }

    fn write(&self, stream: Stream, text: &str) -> io::Result<()> {
        self.may_be_used()?;
        let bytes = text.as_bytes();
        self.in_turn(|alone| {
            let sinks = self.sinks.get();
            sinks
                .and_then(|sinks| sinks.write(stream, bytes, alone))
                .unwrap_or_else(|| stdio::write_all(stream, bytes))
        })
    }

    /// Calls `f` while nobody else of the family writes; tells it if that cannot be had.
    fn in_turn<T>(&self, f: impl FnOnce(bool) -> T) -> T {
        let Some(turn) = self.turn() else {
            return f(true);
        };
        // A writer that was stopped with Ctrl-C still has its report to write: without a turn if need be.
        let alone = turn.acquire(sync::Deadline::NEVER).is_ok();
        let result = f(alone);
        if alone {
            let _ = turn.release();
        }
        result
    }
}
