//! `input`, and standard input read by lines: waiting for a person ends when the script has to stop. A host
//! gives its scripts another [source](crate::script::sinks::source), or none.

use std::sync::{Arc, Mutex};

use rhai::Dynamic;

use super::print::{flush_output, write};
use crate::script::{Call, Failure, Interp, Outcome, Registry, os_failure, raise};
use crate::sync::wait_kind;
use crate::sys;
use crate::sys::lock::locked;

/// The input that was read ahead and not used yet, and the process that read it.
static AHEAD: Mutex<Ahead> = Mutex::new(Ahead {
    pid: 0,
    bytes: Vec::new(),
});

struct Ahead {
    pid: i32,
    bytes: Vec<u8>,
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
    read_until(interp, |bytes| {
        bytes
            .iter()
            .position(|byte| *byte == b'\n')
            .map(|at| at + 1)
    })
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

/// Reads until `end` finds an index in what was read, or until the input ends.
fn read_until(
    interp: &Arc<Interp>,
    end: impl Fn(&[u8]) -> Option<usize>,
) -> Result<String, Failure> {
    if interp.is_interactive() && sys::identity::thread_id() != sys::identity::process_id() {
        // What is typed is for the prompt: to a thread of its program, as to a child, the input has ended.
        return Ok(String::new());
    }
    loop {
        let found = with_ahead(|bytes| end(bytes).map(|at| bytes.drain(..at).collect()));
        if let Some(taken) = found {
            return text(taken);
        }
        wait(interp)?;
        let mut piece = vec![0; 1 << 16];
        let count = sys::input::read(&mut piece).map_err(os_failure)?;
        if count == 0 {
            return text(with_ahead(std::mem::take));
        }
        with_ahead(|bytes| bytes.extend_from_slice(&piece[..count]));
    }
}

/// A forked child has its own, empty standard input: what its parent read ahead is not its business.
fn with_ahead<T>(action: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    let mut ahead = locked(&AHEAD);
    let pid = sys::process::pid();
    if ahead.pid != pid {
        *ahead = Ahead {
            pid,
            bytes: Vec::new(),
        };
    }
    action(&mut ahead.bytes)
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
