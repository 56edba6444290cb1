//! `communicate`: writing to a command and reading from it at once, until it has ended.

use std::time::{Duration, Instant};

use rhai::{Blob, Dynamic};

use super::errors;
use super::popen::{Popen, Printed};
use crate::process::exchange::{Exchange, Reading};
use crate::script::{Call, Failure, Interp, memory, os_failure, raise, type_name};
use crate::stdlib::builtins::codec::{decode_text, encode_text};
use crate::sys::lock::locked;
use crate::text::as_string;

/// How long something may take.
#[derive(Debug, Clone, Default)]
pub(super) struct Limit {
    deadline: Option<Instant>,
    /// As the script has given it.
    given: Dynamic,
}

impl Limit {
    /// Reads a parameter in seconds.
    pub(super) fn read(call: &mut Call<'_>, index: usize) -> Result<Self, Failure> {
        let given = call.peek(index);
        let timeout: Option<Duration> = call.timeout(index)?;
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        Ok(Self { deadline, given })
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Returns the error of a command that took longer; its output was `so_far`.
    pub(super) fn expired(&self, popen: &Popen, so_far: [Dynamic; 2]) -> Failure {
        errors::expired(popen.args().clone(), self.given.clone(), so_far)
    }
}

/// `communicate(input, timeout)`.
///
/// # Errors
/// `TimeoutExpired` with what was read so far; a later call goes on. The script has to stop, or a function for a signal threw.
pub(super) fn communicate(
    call: &Call<'_>,
    popen: &Popen,
    input: &Dynamic,
    limit: &Limit,
) -> Result<Printed, Failure> {
    // Python then writes by the methods of files, which have other errors.
    let is_simple = limit.deadline().is_none() && popen.files().count() == 1;
    begin(popen, input, is_simple)?;
    exchange(call.interp, popen, limit)?;
    popen.files().for_each(|file| file.close_for_good());
    if popen.wait(call.interp, limit.deadline())?.is_none() {
        return Err(limit.expired(popen, so_far(popen)));
    }
    let printed = locked(popen.exchange())
        .as_mut()
        .map(Exchange::take)
        .unwrap_or_default();
    let [output, errors] = printed.map(|bytes| match bytes {
        Some(bytes) => value_of(call, popen, bytes),
        None => Ok(Dynamic::UNIT),
    });
    Ok([output?, errors?])
}

/// Prepares the exchange, unless an earlier call has.
fn begin(popen: &Popen, input: &Dynamic, is_simple: bool) -> Result<(), Failure> {
    let mut exchange = locked(popen.exchange());
    if exchange.is_some() {
        return match is_something(input) {
            false => Ok(()),
            true => {
                let text = "Cannot send input after starting communication";
                Err(raise("ValueError", text))
            }
        };
    }
    let stdin = popen.file(0);
    let bytes = match stdin {
        Some(_) => bytes_of(popen, input, is_simple)?,
        None => Blob::new(),
    };
    let writing = match stdin {
        Some(stdin) if !stdin.is_closed() => {
            let (pipe, _) = stdin.begin_exchange()?;
            match bytes.is_empty() {
                true => {
                    stdin.close_for_good();
                    None
                }
                false => Some((pipe, bytes)),
            }
        }
        Some(_) if !bytes.is_empty() => {
            return Err(raise("ValueError", "write to closed file"));
        }
        _ => None,
    };
    let [output, errors] = [1, 2].map(|stream| reading(popen, stream));
    let begun = Exchange::new(writing, [output?, errors?]);
    *exchange = Some(begun.map_err(os_failure)?);
    Ok(())
}

/// Returns the pipe to read for a stream, if that is one.
fn reading(popen: &Popen, stream: usize) -> Result<Option<Reading>, Failure> {
    match popen.file(stream) {
        None => Ok(None),
        Some(file) if file.is_closed() => Ok(Some((None, Vec::new()))),
        Some(file) => {
            let (pipe, ahead) = file.begin_exchange()?;
            Ok(Some((Some(pipe), ahead)))
        }
    }
}

fn exchange(interp: &Interp, popen: &Popen, limit: &Limit) -> Result<(), Failure> {
    let over = interp.wait_for_commands(limit.deadline(), |most| {
        let mut exchange = locked(popen.exchange());
        let Some(exchange) = exchange.as_mut() else {
            return Ok(Some(()));
        };
        let is_over = exchange.go_on(most)?;
        if exchange.has_written()
            && let Some(stdin) = popen.file(0)
        {
            // The command notices the end of its input.
            stdin.close_for_good();
        }
        Ok(is_over.then_some(()))
    })?;
    match over {
        Some(()) => Ok(()),
        None => Err(limit.expired(popen, so_far(popen))),
    }
}

/// What was read so far: bytes, even where the streams have text, because a character may be incomplete. `()` if there is none.
fn so_far(popen: &Popen) -> Printed {
    let exchange = locked(popen.exchange());
    let so_far = exchange.as_ref().map(Exchange::so_far).unwrap_or_default();
    so_far.map(|bytes| match bytes {
        Some(bytes @ [_, ..]) => Dynamic::from_blob(bytes.to_vec()),
        _ => Dynamic::UNIT,
    })
}

fn is_something(input: &Dynamic) -> bool {
    let is_empty = match (as_string(input), input.read_lock::<Blob>()) {
        (Some(text), _) => text.is_empty(),
        (None, Some(bytes)) => bytes.is_empty(),
        (None, None) => input.is_unit(),
    };
    !is_empty
}

fn bytes_of(popen: &Popen, input: &Dynamic, is_simple: bool) -> Result<Blob, Failure> {
    if input.is_unit() {
        return Ok(Blob::new());
    }
    let found = || type_name(input);
    let Some(encoding) = popen.encoding() else {
        let bytes = input.read_lock::<Blob>().map(|bytes| bytes.clone());
        return bytes.ok_or_else(|| {
            let by = if is_simple { "" } else { "memoryview: " };
            let text = format!("{by}a bytes-like object is required, not '{}'", found());
            raise("TypeError", text)
        });
    };
    match as_string(input) {
        Some(text) => encode_text(&text, encoding.codec, &encoding.errors),
        None if is_simple => {
            let text = format!("write() argument must be str, not {}", found());
            Err(raise("TypeError", text))
        }
        None => {
            let text = format!("'{}' object has no attribute 'encode'", found());
            Err(raise("AttributeError", text))
        }
    }
}

/// Returns bytes as the stream has them: as they are, or as text with the line ends of Unix.
fn value_of(call: &Call<'_>, popen: &Popen, bytes: Vec<u8>) -> Result<Dynamic, Failure> {
    let Some(encoding) = popen.encoding() else {
        memory::for_bytes(call, bytes.len())?;
        return Ok(Dynamic::from_blob(bytes));
    };
    memory::for_string(call, bytes.len())?;
    let text = decode_text(&bytes, encoding.codec, &encoding.errors)?;
    let text = match text.contains('\r') {
        true => text.replace("\r\n", "\n").replace('\r', "\n"),
        false => text,
    };
    Ok(text.into())
}
