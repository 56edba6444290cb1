//! A session's memory in this process: from offsets to references and bytes.
#![allow(unsafe_code)]

use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::ShmError;
use super::layout::{
    ARENA_START, HEADER_BACKED, Header, MAGIC, Offset, PROCESSES_START, ROW, TABLE_STEP,
    THREADS_START, poke,
};
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
    /// Fresh memory that may grow to `quota` bytes.
    pub(super) fn create(name: &str, quota: u64, nonce: u64) -> Result<Segment, ShmError> {
        let fd = memory::create_anonymous_file(name)
            .map_err(ShmError::system("create shared memory"))?;
        let mapping = Mapping::new(fd, RESERVE, RESERVE_MINIMUM)
            .map_err(ShmError::system("reserve address space for shared memory"))?;
        let segment = Segment { mapping };
        let rows = TABLE_STEP * ROW;
        for (start, length) in [
            (0, HEADER_BACKED),
            (THREADS_START, rows),
            (PROCESSES_START, rows),
        ] {
            segment
                .back(start, length)
                .map_err(ShmError::system("allocate shared memory"))?;
        }
        let header = segment.header();
        poke(&header.nonce, nonce);
        poke(&header.reserve, segment.mapping.length());
        poke(&header.quota, quota);
        poke(&header.watermark, (quota / 16).max(16 << 20));
        poke(&header.thread_rows, TABLE_STEP);
        poke(&header.process_rows, TABLE_STEP);
        poke(&header.arena.committed, HEADER_BACKED + 2 * rows);
        poke(&header.arena.top, ARENA_START);
        poke(&header.arena.backed_end, ARENA_START);
        header.magic.store(MAGIC, Ordering::Release);
        Ok(segment)
    }

    /// The memory of an existing session.
    pub(super) fn attach(fd: OwnedFd) -> Result<Segment, ShmError> {
        use std::os::fd::AsFd;
        let length = memory::file_length(fd.as_fd()).map_err(|_| ShmError::NotASession)?;
        if length < PROCESSES_START {
            return Err(ShmError::NotASession);
        }
        let mapping = Mapping::new(fd, RESERVE, RESERVE_MINIMUM)
            .map_err(ShmError::system("map the session's shared memory"))?;
        let segment = Segment { mapping };
        let header = segment.header();
        if header.magic.load(Ordering::Acquire) != MAGIC {
            return Err(ShmError::NotASession);
        }
        if segment.mapping.length() < header.reserve.load(Ordering::Relaxed) {
            let error = std::io::Error::from(std::io::ErrorKind::OutOfMemory);
            return Err(ShmError::system(
                "reserve as much address space as the session needs",
            )(error));
        }
        Ok(segment)
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.mapping.fd()
    }

    #[inline(always)]
    pub(super) fn header(&self) -> &Header {
        self.at(Offset::NONE)
    }

    /// The object at an offset that came from the session's own books.
    ///
    /// # Panics
    ///
    /// Outside the mapping, which would mean that the books are corrupt.
    #[inline(always)]
    pub(crate) fn at<T: Shared>(&self, offset: Offset) -> &T {
        self.get(offset)
            .expect("offsets in the session's books lie in its memory")
    }

    /// The object at an offset, if the mapping reaches that far and the offset is aligned.
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

    /// Where an object of this segment lies.
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

    /// Write bytes into a range that nobody else looks at yet.
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

    /// The bytes of a range that belongs to the caller while the slice lives.
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

    /// Put memory behind a range of the file.
    pub(super) fn back(&self, start: u64, length: u64) -> std::io::Result<()> {
        memory::reserve_pages(self.fd(), start, length)
    }

    /// Give the memory behind a range back. If the system refuses, it simply stays.
    pub(super) fn unback(&self, start: u64, length: u64) {
        let _ = memory::release_pages(self.fd(), start, length);
    }

    /// Where the file ends; 0 if the system does not say.
    pub(super) fn file_length(&self) -> u64 {
        memory::file_length(self.fd()).unwrap_or(0)
    }

    /// Bytes of memory that the system has put behind the file (tests).
    #[cfg(test)]
    pub(super) fn memory_behind(&self) -> u64 {
        memory::memory_behind(self.fd())
    }

    /// End of the address space.
    pub(super) fn limit(&self) -> u64 {
        self.header().reserve.load(Ordering::Relaxed)
    }
}

/// The half of a word that a futex call looks at: the lower one.
#[inline(always)]
pub(crate) fn futex_half(word: &AtomicU64) -> &AtomicU32 {
    const { assert!(cfg!(target_endian = "little")) };
    // SAFETY: the first four bytes of a little-endian u64 are its lower half, aligned; the reference is only handed to the kernel,
    // which reads it, so no access of mixed size happens in Rust.
    unsafe { &*word.as_ptr().cast::<AtomicU32>() }
}
