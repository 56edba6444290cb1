//! Places in the file system that are held: a directory's descriptor, which stays what it is whatever becomes of its names.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};

/// Not opened, and not for programs that are run.
const HELD: OFlags = OFlags::PATH.union(OFlags::CLOEXEC);

/// A directory or a file that is held and not opened.
#[derive(Debug)]
pub(crate) struct Held(OwnedFd);

impl Held {
    /// The directory that `path` leads to, from `base` where it is relative (`None`: the current directory).
    ///
    /// Links of `/proc` that are none by name are not followed: `/proc/PID/root` may lead to where other files have these
    /// names. A kernel that cannot tell them (before Linux 5.6) gives an error.
    pub(crate) fn directory(base: Option<&Held>, path: &Path) -> io::Result<Self> {
        let base = base.map_or(CWD, |base| base.0.as_fd());
        let (flags, by_name) = (OFlags::DIRECTORY | HELD, ResolveFlags::NO_MAGICLINKS);
        let held = rustix::fs::openat2(base, path, flags, Mode::empty(), by_name)?;
        Ok(Self(held))
    }

    /// What has this name in `base`; a symbolic link itself, if it is one.
    pub(crate) fn entry(base: &Held, name: &Path) -> io::Result<Self> {
        Self::open(base, name, OFlags::NOFOLLOW)
    }

    /// The directory that has this name in `base`; a symbolic link is none.
    pub(crate) fn directory_itself(base: &Held, name: &Path) -> io::Result<Self> {
        Self::open(base, name, OFlags::NOFOLLOW | OFlags::DIRECTORY)
    }

    fn open(base: &Held, name: &Path, flags: OFlags) -> io::Result<Self> {
        let held = rustix::fs::openat(base.0.as_fd(), name, flags | HELD, Mode::empty())?;
        Ok(Self(held))
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
