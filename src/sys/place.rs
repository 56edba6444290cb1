//! Directories and files held by a descriptor, which stay the same even if their names change.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, PROC_SUPER_MAGIC, ResolveFlags};

/// Flags: do not open the contents; close on exec.
const HELD: OFlags = OFlags::PATH.union(OFlags::CLOEXEC);

/// A directory or a file that is held but not opened.
#[derive(Debug)]
pub(crate) struct Held(OwnedFd);

/// Bytes of a file system.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Space {
    pub total: u64,
    pub free: u64,
    /// Free for those who are not root.
    pub available: u64,
}

/// Returns the space of the file system that a path is in.
pub(crate) fn space(path: &Path) -> io::Result<Space> {
    let found = rustix::fs::statvfs(path)?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Ok(Space {
        total: bytes(found.f_blocks),
        free: bytes(found.f_bfree),
        available: bytes(found.f_bavail),
    })
}

impl Held {
    /// Holds the directory `path`, from the current directory if it is relative.
    pub(crate) fn directory(path: &Path) -> io::Result<Self> {
        Self::open(CWD, path, OFlags::DIRECTORY)
    }

    /// Holds the entry with this name in this directory; a symbolic link itself, if it is one.
    pub(crate) fn entry(&self, name: &Path) -> io::Result<Self> {
        Self::open(self.0.as_fd(), name, OFlags::NOFOLLOW)
    }

    /// Holds the directory with this name in this directory; fails for a symbolic link.
    pub(crate) fn directory_itself(&self, name: &Path) -> io::Result<Self> {
        Self::open(self.0.as_fd(), name, OFlags::NOFOLLOW | OFlags::DIRECTORY)
    }

    fn open(base: BorrowedFd<'_>, name: &Path, flags: OFlags) -> io::Result<Self> {
        Ok(Self(rustix::fs::openat(
            base,
            name,
            flags | HELD,
            Mode::empty(),
        )?))
    }

    /// Fails if the symbolic link `name` in this directory is a magic link of `/proc`: `/proc/PID/root` may lead to where other
    /// files have the names that its text says.
    ///
    /// # Errors
    /// "Too many levels of symbolic links" for a magic link, as the kernel has it; and whatever the kernel returns if it cannot
    /// recognise one (before Linux 5.6).
    pub(crate) fn refuses_magic_link(&self, name: &Path) -> io::Result<()> {
        if rustix::fs::fstatfs(&self.0)?.f_type != PROC_SUPER_MAGIC {
            return Ok(());
        }
        rustix::fs::openat2(
            &self.0,
            name,
            HELD,
            Mode::empty(),
            ResolveFlags::NO_MAGICLINKS,
        )?;
        Ok(())
    }

    /// Returns its path according to the kernel: absolute, without links or `..`.
    pub(crate) fn real_path(&self) -> io::Result<PathBuf> {
        std::fs::read_link(self.path()).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                io::Error::other("permissions for files need /proc, which is not mounted")
            }
            _ => error,
        })
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
