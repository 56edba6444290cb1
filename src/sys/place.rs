//! Directories and files held by a descriptor, which stay the same even if their names change.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};

/// Flags: do not open the contents; close on exec.
const HELD: OFlags = OFlags::PATH.union(OFlags::CLOEXEC);

/// A directory or a file that is held but not opened.
#[derive(Debug)]
pub(crate) struct Held(OwnedFd);

impl Held {
    /// Holds the directory that `path` leads to, from `base` if it is relative (`None`: the current directory).
    ///
    /// Magic links of `/proc` are not followed: `/proc/PID/root` may lead to where other files have these names. A
    /// kernel that cannot recognise them (before Linux 5.6) returns an error.
    pub(crate) fn directory(base: Option<&Held>, path: &Path) -> io::Result<Self> {
        let base = base.map_or(CWD, |base| base.0.as_fd());
        let (flags, by_name) = (OFlags::DIRECTORY | HELD, ResolveFlags::NO_MAGICLINKS);
        let held = rustix::fs::openat2(base, path, flags, Mode::empty(), by_name)?;
        Ok(Self(held))
    }

    /// Holds the entry with this name in `base`; a symbolic link itself, if it is one.
    pub(crate) fn entry(base: &Held, name: &Path) -> io::Result<Self> {
        Self::open(base, name, OFlags::NOFOLLOW)
    }

    /// Holds the directory with this name in `base`; fails for a symbolic link.
    pub(crate) fn directory_itself(base: &Held, name: &Path) -> io::Result<Self> {
        Self::open(base, name, OFlags::NOFOLLOW | OFlags::DIRECTORY)
    }

    fn open(base: &Held, name: &Path, flags: OFlags) -> io::Result<Self> {
        let held = rustix::fs::openat(base.0.as_fd(), name, flags | HELD, Mode::empty())?;
        Ok(Self(held))
    }

    /// Returns its path according to the kernel: absolute, without links or `..`.
    pub(crate) fn real_path(&self) -> io::Result<PathBuf> {
        std::fs::read_link(self.path())
    }

    /// Returns a path that leads here while this is held.
    pub(crate) fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.0.as_raw_fd()))
    }

    /// Returns the target of the symbolic link `name` in this directory; `None` if it is not a link, or does not
    /// exist.
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

/// The flag that makes an open fail if the last name of a path is a symbolic link.
pub(crate) const NO_LINK: i32 = OFlags::NOFOLLOW.bits().cast_signed();
