//! Places in the file system that are held: a directory's descriptor, which stays what it is whatever becomes of its names.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags};

/// A directory or a file that is held and not opened.
#[derive(Debug)]
pub(crate) struct Held(OwnedFd);

impl Held {
    /// The directory that `path` leads to, from `base` where it is relative (`None`: the current directory).
    pub(crate) fn directory(base: Option<&Held>, path: &Path) -> io::Result<Self> {
        Self::open(base, path, OFlags::DIRECTORY)
    }

    /// What has this name in `base`; a symbolic link itself, if it is one.
    pub(crate) fn entry(base: &Held, name: &Path) -> io::Result<Self> {
        Self::open(Some(base), name, OFlags::NOFOLLOW)
    }

    fn open(base: Option<&Held>, path: &Path, flags: OFlags) -> io::Result<Self> {
        let base = base.map_or(CWD, |base| base.0.as_fd());
        let flags = flags | OFlags::PATH | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::openat(base, path, flags, Mode::empty())?))
    }

    /// Where it is, as the kernel knows it: absolute, without links and detours.
    pub(crate) fn real_path(&self) -> io::Result<PathBuf> {
        std::fs::read_link(self.path())
    }

    /// A path that leads here, as long as this is held.
    pub(crate) fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.0.as_raw_fd()))
    }

    /// Where the symbolic link `name` in this directory points; `None` if that is no link, or nothing.
    pub(crate) fn link(&self, name: &Path) -> io::Result<Option<PathBuf>> {
        match rustix::fs::readlinkat(self.0.as_fd(), name, Vec::new()) {
            Ok(target) => Ok(Some(PathBuf::from(std::ffi::OsString::from_vec(
                target.into_bytes(),
            )))),
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The flag with which an open does not follow a symbolic link that is the last name of a path.
pub(crate) const NO_LINK: i32 = OFlags::NOFOLLOW.bits().cast_signed();
