//! A file of words that is written through a mapping, so that what was written survives the death of the writer at any moment.
//!
//! `mmap(2)`, `fallocate(2)`. The file grows in steps: a store behind its end, or where the disk has no room for it, would be the end of the
//! process.
#![allow(unsafe_code)]

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use rustix::process::{Resource, getrlimit};

/// Bytes of a word.
pub(crate) const WORD: usize = size_of::<AtomicU64>();

/// Nobody else reads what a script does.
const OWNER_ONLY: u32 = 0o600;

/// A mapped file of words.
#[derive(Debug)]
pub(crate) struct WordFile {
    start: NonNull<AtomicU64>,
    /// Words of address space.
    most: usize,
    /// Words that the file has.
    length: usize,
    file: File,
}

// SAFETY: the mapping is valid in every thread until the drop, and holds atomic words only.
unsafe impl Send for WordFile {}
// SAFETY: as for Send.
unsafe impl Sync for WordFile {}

impl WordFile {
    /// Creates a new file of `length` zero words, which can grow up to `most`.
    pub(crate) fn create(path: &Path, length: usize, most: usize) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        let mut created = Self::map(options.mode(OWNER_ONLY).open(path)?, most)?;
        created.grow(length)?;
        Ok(created)
    }

    /// Opens a file of at least `length` words that is there.
    pub(crate) fn open(path: &Path, length: usize) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        if file.metadata()?.len() < (length * WORD) as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut opened = Self::map(file, length)?;
        opened.length = length;
        Ok(opened)
    }

    fn map(file: File, most: usize) -> io::Result<Self> {
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: the kernel chooses a fresh range, so no existing object is affected.
        let mapped = unsafe {
            let none = std::ptr::null_mut();
            mmap(none, most * WORD, protection, MapFlags::SHARED, &file, 0)?
        };
        Ok(Self {
            start: NonNull::new(mapped.cast()).ok_or(Errno::NOMEM)?,
            most,
            length: 0,
            file,
        })
    }

    /// Returns the words that the file has.
    #[inline]
    pub(crate) fn words(&self) -> &[AtomicU64] {
        // SAFETY: the mapping is at least this long, page-aligned, and valid as long as `self`; `grow` has seen to the file behind it.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }

    /// Makes the file this many words long, with room on the disk for all of them.
    ///
    /// # Errors
    /// There is no room, or the file would be larger than a limit allows.
    pub(crate) fn grow(&mut self, length: usize) -> io::Result<()> {
        let (from, to) = ((self.length * WORD) as u64, (length * WORD) as u64);
        let limit = getrlimit(Resource::Fsize).current;
        // Beyond the limit, the kernel would end the process by a signal.
        if length > self.most || limit.is_some_and(|limit| to > limit) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        match fallocate(&self.file, FallocateFlags::empty(), from, to - from) {
            Ok(()) => (),
            Err(Errno::OPNOTSUPP | Errno::INTR) => {
                let zeros = vec![0; (to - from) as usize];
                self.file.write_all_at(&zeros, from)?;
            }
            Err(error) => return Err(error.into()),
        }
        self.length = length;
        Ok(())
    }
}

impl Drop for WordFile {
    fn drop(&mut self) {
        // SAFETY: the range is the one `map` mapped, and slices of it borrow from `self`, so none is left.
        let _ = unsafe { munmap(self.start.as_ptr().cast(), self.most * WORD) };
    }
}
