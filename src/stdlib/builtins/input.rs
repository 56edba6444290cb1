//! `input`, and standard input read by lines: waiting for a person ends when the script has to stop. A host
//! gives its scripts another [source](crate::script::sinks::source), or none.

use std::sync::{Arc, Mutex};

use rhai::Dynamic;

use super::print::{flush_output, write};
use crate::script::{Call, Failure, Interp, Outcome, Registry, os_failure, raise};
use crate::sync::wait_kind;
use crate::sys;
use crate::sys::alloc::may_allocate;
use crate::sys::lock::locked;
use crate::sys::quota;

/// The input that was read ahead and not used yet, and the process that read it.
static AHEAD: Mutex<Ahead> = Mutex::new(Ahead::new(0));

/// Bytes read at once.
const PIECE: usize = 1 << 16;

struct Ahead {
    pid: i32,
    bytes: Vec<u8>,
    /// How many of the bytes have been used.
    used: usize,
    /// How many of the bytes have been searched for the end of a line, so that a long line is searched once.
    searched: usize,
}

impl Ahead {
    const fn new(pid: i32) -> Self {
        Self {
            pid,
            bytes: Vec::new(),
            used: 0,
            searched: 0,
        }
    }

    /// Returns the next line with its end, if all of it is there.
    fn take_line(&mut self) -> Option<Vec<u8>> {
        let rest = &self.bytes[self.searched..];
        let Some(at) = rest.iter().position(|byte| *byte == b'\n') else {
            self.searched = self.bytes.len();
            return None;
        };
        let end = self.searched + at + 1;
        let line = self.bytes[self.used..end].to_vec();
        (self.used, self.searched) = (end, end);
        Some(line)
    }

    /// Returns everything that is there.
    fn take_all(&mut self) -> Vec<u8> {
        self.drop_used();
        self.searched = 0;
        std::mem::take(&mut self.bytes)
    }

    /// Adds what was read; false when there is no memory for it.
    fn add(&mut self, piece: &[u8]) -> bool {
        self.drop_used();
        let length = self.bytes.len() + piece.len();
        // A line or an input without an end.
        let fits = || quota::is_free(length) && may_allocate(length);
        if length > self.bytes.capacity() && !fits() {
            return false;
        }
        self.bytes.extend_from_slice(piece);
        true
    }

    fn drop_used(&mut self) {
        self.bytes.drain(..self.used);
        self.searched -= self.used;
        self.used = 0;
    }
}

pub(super) fn register(registry: &mut Registry) {
    registry.function("input", &["prompt?"], input);
}

/// `input(prompt)`: a line without its end.
fn input(call: &mut Call<'_>) -> Outcome {
    let prompt = match call.has(0) {
        true => call.value(0),
        false => "".into(),
    };
    let prompt = call.str(&prompt);
    flush_output(call.interp)?;
    if let Some(answer) = call.interp.source.line(&prompt) {
        return answer?.map(Dynamic::from).ok_or_else(at_end);
    }
    write(call.interp, &prompt)?;
    let line = read_line(call.interp)?;
    if line.is_empty() {
        return Err(at_end());
    }
    let line = line.strip_suffix('\n').unwrap_or(&line);
    Ok(Dynamic::from(line.to_string()))
}

fn at_end() -> Failure {
    raise("EOFError", "EOF when reading a line")
}

/// Returns the next line of the input with its end; empty at the end.
pub(in crate::stdlib) fn read_line(interp: &Arc<Interp>) -> Result<String, Failure> {
    flush_output(interp)?;
    if let Some(answer) = interp.source.line("") {
        return Ok(answer?.map_or_else(String::new, |line| line + "\n"));
    }
    read_until(interp, Ahead::take_line)
}

/// Returns the rest of the input.
pub(in crate::stdlib) fn read_all(interp: &Arc<Interp>) -> Result<String, Failure> {
    flush_output(interp)?;
    if !interp.source.is_stdin() {
        let lines = std::iter::from_fn(|| read_line(interp).map(nonempty).transpose());
        return lines.collect();
    }
    read_until(interp, |_| None)
}

fn nonempty(line: String) -> Option<String> {
    (!line.is_empty()).then_some(line)
}

/// Reads until `take` finds what it looks for in what was read, or until the input ends.
fn read_until(
    interp: &Arc<Interp>,
    take: impl Fn(&mut Ahead) -> Option<Vec<u8>>,
) -> Result<String, Failure> {
    if interp.is_interactive() && sys::identity::thread_id() != sys::identity::process_id() {
        // What is typed is for the prompt: to a thread of its program, as to a child, the input has ended.
        return Ok(String::new());
    }
    loop {
        if let Some(taken) = with_ahead(&take) {
            return text(taken);
        }
        wait(interp)?;
        let mut piece = vec![0; PIECE];
        let count = sys::input::read(&mut piece).map_err(os_failure)?;
        if count == 0 {
            return text(with_ahead(Ahead::take_all));
        }
        if !with_ahead(|ahead| ahead.add(&piece[..count])) {
            return Err(raise("MemoryError", "not enough memory for the input"));
        }
    }
}

/// A forked child has its own, empty standard input: what its parent read ahead is not its business.
fn with_ahead<T>(action: impl FnOnce(&mut Ahead) -> T) -> T {
    let mut ahead = locked(&AHEAD);
    let pid = sys::process::pid();
    if ahead.pid != pid {
        *ahead = Ahead::new(pid);
    }
    action(&mut ahead)
}

fn wait(interp: &Arc<Interp>) -> Result<(), Failure> {
    interp.wait_for(wait_kind::INPUT, None, |most| {
        let ready = sys::input::is_ready(most).map_err(os_failure)?;
        Ok(ready.then_some(()))
    })
}

fn text(bytes: Vec<u8>) -> Result<String, Failure> {
    super::codec::decode_text(&bytes, super::codec::Codec::Utf8, "strict")
}
