//! Files that get their name when they are complete: `O_TMPFILE`, `linkat(2)`.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};

/// Returns a new file in this directory that nobody else can find yet, for this user only.
pub(crate) fn nameless_file(directory: &Path) -> io::Result<File> {
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = open(directory, flags, Mode::RUSR | Mode::WUSR)?;
    Ok(file.into())
}

/// Gives the file a name in its file system.
///
/// # Errors
/// `AlreadyExists`.
pub(crate) fn give_name(file: &File, path: &Path) -> io::Result<()> {
    let link = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, link, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}
