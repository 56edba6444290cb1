//! Prints the command's own output to standard output.

use std::io::{ErrorKind, Write, stdout};

use anyhow::{Context, Result};

/// Prints a string, and returns exit code 0. It is not an error if the reader has gone, as in `… | head -1`.
pub(crate) fn print(text: &str) -> Result<u8> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(0),
        done => done.map(|()| 0).context("cannot write to standard output"),
    }
}
