//! Standard input: waiting for it, and reading what is there.

use std::io;
use std::time::Duration;

use super::process::wait_readable;

/// Whether something can be read, or the end has come, within `patience`. A signal that is handled ends the wait.
pub(crate) fn is_ready(patience: Duration) -> io::Result<bool> {
    let ready = wait_readable(&[rustix::stdio::stdin()], Some(patience))?;
    Ok(ready.contains(&true))
}

/// Reads what is there, at most what `buffer` takes; 0 at the end. Blocks when nothing is there.
pub(crate) fn read(buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match rustix::io::read(rustix::stdio::stdin(), &mut *buffer) {
            Ok(count) => return Ok(count),
            Err(rustix::io::Errno::INTR) => (),
            // A closed descriptor has nothing more to say.
            Err(rustix::io::Errno::BADF) => return Ok(0),
            Err(error) => return Err(error.into()),
        }
    }
}
