//! Where named memory is.

use std::io;
use std::path::{Path, PathBuf};

/// The directory of named memory.
pub(super) const PLACE: &str = "/dev/shm";

/// Returns the file of this name.
///
/// # Errors
/// `EINVAL` for a name that no file can have.
pub(crate) fn path_of(name: &str) -> io::Result<PathBuf> {
    const EINVAL: i32 = 22;
    let name = name.trim_start_matches('/');
    let is_file = !matches!(name, "" | "." | "..") && !name.contains(['/', '\0']);
    match is_file {
        true => Ok(Path::new(PLACE).join(name)),
        false => Err(io::Error::from_raw_os_error(EINVAL)),
    }
}
