//! Standard input: waiting for it, and reading what is available.

use std::io;
use std::time::Duration;

use super::process::wait_readable;

/// Returns whether data or the end can be read within `patience`. A handled signal ends the wait.
pub(crate) fn is_ready(patience: Duration) -> io::Result<bool> {
    let ready = wait_readable(&[rustix::stdio::stdin()], Some(patience))?;
    Ok(ready.contains(&true))
}

/// Reads what is available into `buffer`; returns 0 at the end. Blocks if nothing is available.
pub(crate) fn read(buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match rustix::io::read(rustix::stdio::stdin(), &mut *buffer) {
            Ok(count) => return Ok(count),
            Err(rustix::io::Errno::INTR) => (),
            // A closed descriptor is at its end.
            Err(rustix::io::Errno::BADF) => return Ok(0),
            Err(error) => return Err(error.into()),
        }
    }
}
