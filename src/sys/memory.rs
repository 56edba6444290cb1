//! Anonymous shared memory: a memfd, its mapping, and the pages behind it.
//!
//! `memfd_create(2)`, `mmap(2)`, `fallocate(2)`. The address space is reserved once, larger than the file will ever
//! be; pages are added and removed behind it, so no process ever has to map again.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;

use rustix::fs::{
    FallocateFlags, MemfdFlags, SealFlags, fallocate, fcntl_add_seals, fcntl_get_seals,
    memfd_create,
};
use rustix::io::Errno;
use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap, munmap};

/// The unit in which the kernel allocates memory, in the usual configuration of both supported architectures.
pub(crate) const PAGE: u64 = 4096;

/// How often an allocation is retried after signals before it counts as failed.
const ALLOCATION_ATTEMPTS: u32 = 100;

/// Returns an empty anonymous file that lives as long as somebody has it open, and can never shrink under a mapping.
///
/// The name is what `/proc/<pid>/fd` shows after `memfd:`.
pub(crate) fn create_anonymous_file(name: &str) -> io::Result<OwnedFd> {
    let fd = memfd_create(name, MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    fcntl_add_seals(&fd, SealFlags::SHRINK)?;
    Ok(fd)
}

/// Returns whether the file is one that can never shrink under a mapping.
pub(crate) fn cannot_shrink(fd: BorrowedFd<'_>) -> bool {
    fcntl_get_seals(fd).is_ok_and(|seals| seals.contains(SealFlags::SHRINK))
}

/// Returns the length of the file in bytes.
pub(crate) fn file_length(fd: BorrowedFd<'_>) -> io::Result<u64> {
    Ok(rustix::fs::fstat(fd)?.st_size as u64)
}

/// Returns the memory used by the file, in bytes.
#[cfg(test)]
pub(crate) fn memory_behind(fd: BorrowedFd<'_>) -> u64 {
    rustix::fs::fstat(fd).map_or(0, |status| status.st_blocks as u64 * 512)
}

/// Allocates zeroed memory for this range of the file, growing the file if needed.
///
/// Existing memory stays as it is. Errors: `ENOSPC` (the shared-memory file system is full), `EFBIG` (resource limit
/// on file size, if `SIGXFSZ` is ignored), `EINTR` (endless signals).
pub(crate) fn reserve_pages(fd: BorrowedFd<'_>, start: u64, length: u64) -> io::Result<()> {
    for _ in 0..ALLOCATION_ATTEMPTS {
        match fallocate(fd, FallocateFlags::empty(), start, length) {
            Err(Errno::INTR) => continue,
            result => return Ok(result?),
        }
    }
    Err(Errno::INTR.into())
}

/// Returns the memory of this range of the file to the system; it reads as zeros afterwards.
pub(crate) fn release_pages(fd: BorrowedFd<'_>, start: u64, length: u64) -> io::Result<()> {
    let mode = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    loop {
        match fallocate(fd, mode, start, length) {
            Err(Errno::INTR) => continue,
            result => return Ok(result?),
        }
    }
}

/// A file mapped, usually for reading and writing, and shared with every other process that maps it.
#[derive(Debug)]
pub(crate) struct Mapping {
    start: NonNull<u8>,
    length: usize,
    fd: OwnedFd,
}

// SAFETY: a Mapping is an address range and a descriptor, both valid in every thread of the process until the drop; what lies in
// the range is reached only through raw pointers whose users answer for their own synchronisation.
unsafe impl Send for Mapping {}
// SAFETY: as for Send; no method changes the Mapping itself.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps the file at an address range of `length` bytes, or, if the address space is limited, of half of that, and
    /// so on down to `minimum`.
    pub(crate) fn new(fd: OwnedFd, length: u64, minimum: u64) -> io::Result<Mapping> {
        let mut length = length;
        loop {
            // SAFETY: the kernel chooses a fresh range, so no existing object is affected.
            let result = unsafe {
                mmap(
                    std::ptr::null_mut(),
                    length as usize,
                    ProtFlags::READ | ProtFlags::WRITE,
                    MapFlags::SHARED | MapFlags::NORESERVE,
                    &fd,
                    0,
                )
            };
            match result {
                Ok(address) => {
                    // SAFETY: the range was just mapped; the advice only keeps it out of core dumps. It may fail harmlessly.
                    let _ = unsafe { madvise(address, length as usize, Advice::LinuxDontDump) };
                    let start = NonNull::new(address.cast()).ok_or(Errno::NOMEM)?;
                    return Ok(Mapping {
                        start,
                        length: length as usize,
                        fd,
                    });
                }
                Err(_) if length / 2 >= minimum => length /= 2,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Maps the file for reading, as long as it is now. It must be one that [`cannot_shrink`].
    pub(crate) fn for_reading(fd: OwnedFd) -> io::Result<Mapping> {
        let length = file_length(fd.as_fd())? as usize;
        // SAFETY: the kernel chooses a fresh range, so no existing object is affected.
        let address = unsafe {
            mmap(
                std::ptr::null_mut(),
                length,
                ProtFlags::READ,
                MapFlags::SHARED | MapFlags::NORESERVE,
                &fd,
                0,
            )
        }?;
        let start = NonNull::new(address.cast()).ok_or(Errno::NOMEM)?;
        Ok(Mapping { start, length, fd })
    }

    /// Returns the first byte.
    #[inline]
    pub(crate) fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// Returns the size of the address space in bytes; the file may be shorter.
    #[inline]
    pub(crate) fn length(&self) -> u64 {
        self.length as u64
    }

    /// Returns the mapped file.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the range is the one `new` mapped, and references into it borrow from this Mapping, so none is left.
        let _ = unsafe { munmap(self.start.as_ptr().cast(), self.length) };
    }
}
