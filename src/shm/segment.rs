//! A session's memory in this process: from offsets to references and bytes.
#![allow(unsafe_code)]

use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU32, AtomicU64};

use super::error::ShmError;
use super::offset::Offset;
use super::shared::Shared;
use crate::sys::memory::{self, Mapping};

/// Address space for a session; bounds what all blocks ever made add up to.
const RESERVE: u64 = 64 << 30;
/// The least address space worth having.
const RESERVE_MINIMUM: u64 = 256 << 20;

/// The mapped memory of a session.
#[derive(Debug)]
pub(crate) struct Segment {
    mapping: Mapping,
}

impl Segment {
    /// Maps a file at an address range large enough for every session.
    pub(super) fn map(fd: OwnedFd, action: &'static str) -> Result<Segment, ShmError> {
        let mapping =
            Mapping::new(fd, RESERVE, RESERVE_MINIMUM).map_err(ShmError::system(action))?;
        Ok(Segment { mapping })
    }

    /// Maps a file for reading, as long as it is now.
    pub(super) fn map_as_it_is(fd: OwnedFd) -> Result<Segment, ShmError> {
        let mapping = Mapping::for_reading(fd)
            .map_err(ShmError::system("map the session's shared memory"))?;
        Ok(Segment { mapping })
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.mapping.fd()
    }

    /// Returns how many bytes of address space are mapped.
    pub(super) fn length(&self) -> u64 {
        self.mapping.length()
    }

    /// Returns the object at an offset that came from the session's own books.
    ///
    /// # Panics
    ///
    /// Outside the mapping, which would mean that the books are corrupt.
    #[inline(always)]
    pub(crate) fn at<T: Shared>(&self, offset: Offset) -> &T {
        self.get(offset)
            .expect("offsets in the session's books lie in its memory")
    }

    /// Returns the object at an offset, if the mapping reaches that far and the offset is aligned.
    #[inline(always)]
    pub(crate) fn get<T: Shared>(&self, offset: Offset) -> Option<&T> {
        let limit = self.mapping.length() - size_of::<T>() as u64;
        if offset.0 > limit || !offset.0.is_multiple_of(align_of::<T>() as u64) {
            return None;
        }
        // SAFETY: the range lies in the mapping, which lives as long as `self`, is page aligned, and so is the offset to the type;
        // Shared types accept any bytes and change through atomics only.
        Some(unsafe { self.mapping.start().add(offset.0 as usize).cast().as_ref() })
    }

    /// Returns the offset of an object of this segment.
    #[inline(always)]
    pub(crate) fn offset_of<T: Shared>(&self, object: &T) -> Offset {
        let address = std::ptr::from_ref(object) as u64;
        let offset = address.wrapping_sub(self.mapping.start().as_ptr() as u64);
        debug_assert!(offset < self.mapping.length());
        Offset(offset)
    }

    #[inline(always)]
    pub(crate) fn word(&self, offset: Offset) -> &AtomicU64 {
        self.at(offset)
    }

    fn check_range(&self, offset: Offset, length: u64) {
        let end = offset.0.checked_add(length);
        assert!(
            end.is_some_and(|end| end <= self.mapping.length()),
            "a range in the session's books lies in its memory"
        );
    }

    /// Writes bytes into a range that nobody else looks at yet.
    #[inline]
    pub(crate) fn write(&self, offset: Offset, bytes: &[u8]) {
        self.check_range(offset, bytes.len() as u64);
        // SAFETY: the range lies in the mapping (checked) and does not overlap a Rust slice. Its block belongs to the caller alone
        // by the protocol (in flight, or beyond what is published), so nobody accesses it meanwhile.
        unsafe {
            let to = self.mapping.start().as_ptr().add(offset.0 as usize);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
        }
    }

    /// Returns the bytes of a range that belongs to the caller while the slice lives.
    #[inline]
    pub(crate) fn bytes(&self, offset: Offset, length: u64) -> &[u8] {
        self.check_range(offset, length);
        // SAFETY: the range lies in the mapping (checked), and its block belongs to the caller alone by the protocol (in flight, or
        // published and not yet taken, under the latch), so nobody writes to it meanwhile.
        unsafe {
            let from = self.mapping.start().as_ptr().add(offset.0 as usize);
            std::slice::from_raw_parts(from, length as usize)
        }
    }

    /// Puts memory behind a range of the file.
    pub(super) fn back(&self, start: u64, length: u64) -> std::io::Result<()> {
        memory::reserve_pages(self.fd(), start, length)
    }

    /// Gives the memory behind a range back. If the system refuses, it simply stays.
    pub(super) fn unback(&self, start: u64, length: u64) {
        let _ = memory::release_pages(self.fd(), start, length);
    }

    /// Returns where the file ends; 0 if the system does not say.
    pub(super) fn file_length(&self) -> u64 {
        memory::file_length(self.fd()).unwrap_or(0)
    }

    /// Bytes of memory that the system has put behind the file (tests).
    #[cfg(test)]
    pub(super) fn memory_behind(&self) -> u64 {
        memory::memory_behind(self.fd())
    }
}

/// Returns the half of a word that a futex call looks at: the lower one.
#[inline(always)]
pub(crate) fn futex_half(word: &AtomicU64) -> &AtomicU32 {
    const { assert!(cfg!(target_endian = "little")) };
    // SAFETY: the first four bytes of a little-endian u64 are its lower half, aligned; the reference is only handed to the kernel,
    // which reads it, so no access of mixed size happens in Rust.
    unsafe { &*word.as_ptr().cast::<AtomicU32>() }
}
