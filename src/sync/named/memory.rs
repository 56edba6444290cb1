//! Named memory: a file in the file system that Linux keeps in memory, as `shm_open(3)` makes it.
//!
//! It is read and written by system calls and not mapped. Another program may make the file shorter at any time, and the file system may be
//! full: a mapping would then end this process by SIGBUS, while a call returns an error.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use super::directory::FamilyDirectory;
use super::place::PLACE;
use crate::sys::named;

/// A piece of memory with a name, which any program can open.
#[derive(Debug)]
pub(crate) struct NamedMemory {
    file: File,
    size: u64,
    inode: u64,
}

impl NamedMemory {
    /// Creates memory of `size` bytes under the file name of `path`, all zeros. With `owner` it disappears with that family.
    ///
    /// It has its size from the moment on at which others can find it.
    ///
    /// # Errors
    /// `AlreadyExists`, or what else the system says.
    pub(crate) fn create(
        path: &Path,
        size: u64,
        owner: Option<&FamilyDirectory>,
    ) -> io::Result<Self> {
        let file = named::nameless_file(Path::new(PLACE))?;
        file.set_len(size)?;
        let memory = Self::over(file)?;
        // Noted first: whoever is killed in between leaves a note of nothing rather than memory that nobody removes.
        let note = owner.map(|owner| owner.note(memory.inode, path));
        let note = note.transpose()?;
        let named = named::give_name(&memory.file, path);
        if named.is_err()
            && let Some(note) = note
        {
            note.forget();
        }
        named.map(|()| memory)
    }

    /// Returns the memory in an open file.
    ///
    /// # Errors
    /// `InvalidInput` if it is not a file, or has no bytes.
    pub(crate) fn over(file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.len() == 0 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(Self {
            size: metadata.len(),
            inode: metadata.ino(),
            file,
        })
    }

    /// Its size in bytes when it was opened.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The number of its file, which no other has at the same time.
    pub(crate) fn inode(&self) -> u64 {
        self.inode
    }

    /// Reads the bytes from `start` on.
    ///
    /// # Errors
    /// `UnexpectedEof` if somebody has made the file shorter.
    pub(crate) fn read(&self, start: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(bytes, start)
    }

    /// Replaces the bytes from `start` on. They are within the size.
    ///
    /// # Errors
    /// `StorageFull` when the system has no memory left for them.
    pub(crate) fn write(&self, start: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, start)
    }
}
