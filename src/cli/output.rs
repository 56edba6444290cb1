//! What the command itself prints on standard output.

use std::io::{ErrorKind, Write, stdout};

use anyhow::{Context, Result};

/// Prints a text, and gives the exit code 0. A reader that has gone, as in `… | head -1`, is no failure.
pub(crate) fn print(text: &str) -> Result<u8> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(0),
        done => done.map(|()| 0).context("cannot write to standard output"),
    }
}
