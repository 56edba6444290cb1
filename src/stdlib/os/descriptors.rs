//! `os.pipe`, and what works with the numbers that it returns: `read`, `write`, `close`, `fdopen`.
//!
//! The numbers are those of the kernel, so that a command can have such an end as its stream, but scripts use only those that they have made:
//! all others belong to this program. A forked child has them too, as it has in Python. A spawned one has none.

use std::collections::BTreeMap;
use std::fs::File as KernelFile;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::{Arc, Mutex};

use rhai::{Blob, Dynamic};

use super::number;
use crate::script::{
    Call, Failure, Interp, Namespace, Outcome, State, memory, os_failure, raise, type_name,
};
use crate::stdlib::builtins::file::{Encoding, File, Written};
use crate::stdlib::builtins::print::{flush_output, write as print, write_error};
use crate::sync::wait_kind;
use crate::sys::interrupt::unless_interrupted;
use crate::sys::lock::locked;
use crate::sys::opening::is_ready;
use crate::sys::pipe::blocking_pipe;

/// The ends of pipes that this process has open.
#[derive(Debug, Default)]
pub(crate) struct Descriptors(Mutex<BTreeMap<RawFd, Arc<KernelFile>>>);

impl State for Descriptors {
    /// Closes what scripts have opened.
    fn reset(&self) {
        let all = std::mem::take(&mut *locked(&self.0));
        drop(all);
    }
}

/// The kernel takes this many bytes at once, or none, once it says that there is room.
const ATOMIC: usize = 4096;

/// The most bytes that one call reads: no pipe holds more unless the administrator has allowed it.
const MOST: usize = 1 << 20;

pub(super) fn register(os: &mut Namespace<'_>) {
    os.function("pipe", &[], |call| {
        let (read, write) = blocking_pipe(None).map_err(os_failure)?;
        let numbers = [read, write].map(|end| keep(call.interp, end));
        Ok(numbers
            .map(|fd| Dynamic::from_int(fd.into()))
            .to_vec()
            .into())
    })
    .function("read", &["fd", "n", "/"], read)
    .function("write", &["fd", "data", "/"], write)
    .function("close", &["fd"], |call| {
        let fd = number(call, 0)?;
        let end = locked(&of(call.interp).0).remove(&fd);
        end.map(|_| Dynamic::UNIT).ok_or_else(unknown)
    })
    .function("fdopen", &["fd", "mode?"], open);
}

fn of(interp: &Interp) -> &Descriptors {
    interp.state()
}

fn keep(interp: &Interp, end: OwnedFd) -> RawFd {
    let fd = end.as_raw_fd();
    let old = locked(&of(interp).0).insert(fd, Arc::new(end.into()));
    drop(old);
    fd
}

/// `EBADF`.
fn unknown() -> Failure {
    const BAD: i32 = 9;
    os_failure(io::Error::from_raw_os_error(BAD))
}

/// Returns the end that has the number that parameter 0 is.
fn end(call: &mut Call<'_>) -> Result<Arc<KernelFile>, Failure> {
    let fd = number(call, 0)?;
    let end = locked(&of(call.interp).0).get(&fd).cloned();
    end.ok_or_else(unknown)
}

/// Waits until an end has something to read, or room for [`ATOMIC`] bytes.
fn wait(call: &Call<'_>, end: &KernelFile, writes: bool) -> Result<(), Failure> {
    call.interp.wait_for(wait_kind::FILE, None, |most| {
        let ready = is_ready(end, writes, most).map_err(os_failure)?;
        Ok(ready.then_some(()))
    })
}

/// `os.read(fd, n)`: up to `n` bytes; none when nobody can write any more.
fn read(call: &mut Call<'_>) -> Outcome {
    let (end, count) = (end(call)?, call.int(1)?);
    let Ok(count) = usize::try_from(count) else {
        const INVALID: i32 = 22;
        return Err(os_failure(io::Error::from_raw_os_error(INVALID)));
    };
    let count = count.min(MOST);
    memory::for_bytes(call, count)?;
    if count > 0 {
        wait(call, &end, false)?;
    }
    let mut bytes = vec![0; count];
    let found = unless_interrupted(|| (&*end).read(&mut bytes)).map_err(os_failure)?;
    bytes.truncate(found);
    Ok(Dynamic::from_blob(bytes))
}

/// `os.write(fd, data)`: the number of bytes, which are all of them unless an error came in between.
fn write(call: &mut Call<'_>) -> Outcome {
    let (fd, data) = (number(call, 0)?, call.value(1));
    let found = type_name(&data);
    let bytes = data.try_cast::<Blob>().ok_or_else(|| {
        let text = format!("a bytes-like object is required, not '{found}'");
        raise("TypeError", text)
    })?;
    let end = locked(&of(call.interp).0).get(&fd).cloned();
    let Some(end) = end else {
        return write_to_stream(call, fd, &bytes);
    };
    let mut written = 0;
    while written < bytes.len() || bytes.is_empty() {
        wait(call, &end, true)?;
        let piece = &bytes[written..bytes.len().min(written + ATOMIC)];
        match unless_interrupted(|| (&*end).write(piece)) {
            Ok(count) => written += count,
            Err(_) if written > 0 => break,
            Err(error) => return Err(os_failure(error)),
        }
        if bytes.is_empty() {
            break;
        }
    }
    Ok(Dynamic::from_int(written as i64))
}

/// Writes to standard output (1) or standard error (2), in the order of what is printed.
fn write_to_stream(call: &Call<'_>, fd: RawFd, bytes: &[u8]) -> Outcome {
    let text = || {
        let text = "standard output and standard error take UTF-8 here";
        std::str::from_utf8(bytes).map_err(|_| raise("ValueError", text))
    };
    match fd {
        1 => {
            print(call.interp, text()?)?;
            flush_output(call.interp)?;
        }
        2 => write_error(call.interp, text()?)?,
        _ => return Err(unknown()),
    }
    Ok(Dynamic::from_int(bytes.len() as i64))
}

/// `os.fdopen(fd, mode="r")`: an end of a pipe as a file, which the number is gone for.
fn open(call: &mut Call<'_>) -> Outcome {
    let (fd, mode) = (number(call, 0)?, call.string_or(1, "r")?);
    let (is_binary, writes) = match mode.as_str() {
        "r" | "rt" => (false, false),
        "rb" => (true, false),
        "w" | "wt" | "a" => (false, true),
        "wb" | "ab" => (true, true),
        other => {
            let text = format!("invalid mode for a pipe: '{other}'");
            return Err(raise("ValueError", text));
        }
    };
    let end = locked(&of(call.interp).0).remove(&fd).ok_or_else(unknown)?;
    let end = match Arc::try_unwrap(end) {
        Ok(end) => end,
        // Another thread reads or writes just now.
        Err(end) => end.try_clone().map_err(os_failure)?,
    };
    let encoding = (!is_binary).then(Encoding::utf_8);
    let file = File::of_pipe(call.interp, end.into(), writes, encoding, Written::WhenFull)?;
    Ok(Dynamic::from(file))
}
