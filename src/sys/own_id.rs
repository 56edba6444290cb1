//! The IDs of this process and of this thread.
#![allow(unsafe_code)]

use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};

/// The ID of this process, in a page that the kernel clears in each copy of the process. Null before the first question.
static KNOWN: AtomicPtr<AtomicU32> = AtomicPtr::new(null_mut());

/// Returns the ID of this process, which is asked for often: each question to the kernel would take as long as many a native.
#[inline]
pub(crate) fn process_id() -> u32 {
    let page = KNOWN.load(Ordering::Acquire);
    // SAFETY: a page that is never unmapped, and of which nothing but this word is used.
    let known = unsafe { page.as_ref() }.map_or(0, |known| known.load(Ordering::Relaxed));
    match known {
        0 => ask_process_id(),
        known => known,
    }
}

#[cold]
fn ask_process_id() -> u32 {
    let id = rustix::process::getpid().as_raw_nonzero().get() as u32;
    if KNOWN.load(Ordering::Acquire).is_null()
        && !REFUSED.load(Ordering::Relaxed)
        && let Some(page) = cleared_in_copies()
        // Another thread may have been quicker; its page is as good.
        && let Err(_) = KNOWN.compare_exchange(null_mut(), page, Ordering::AcqRel, Ordering::Acquire)
    {
        // SAFETY: the page was just mapped here, and nobody else knows it.
        let _ = unsafe { munmap(page.cast(), PAGE) };
    }
    // SAFETY: as in `process_id`.
    if let Some(known) = unsafe { KNOWN.load(Ordering::Acquire).as_ref() } {
        known.store(id, Ordering::Relaxed);
    }
    id
}

/// Whether the kernel has no such pages.
static REFUSED: AtomicBool = AtomicBool::new(false);

/// An advice that no kernel knows.
const NO_ADVICE: i32 = -1;

/// The size that is asked for; the kernel makes a page of it.
const PAGE: usize = 4096;

/// Returns a page that reads as zeros in a copy of this process, if the kernel has such pages.
fn cleared_in_copies() -> Option<*mut AtomicU32> {
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: the kernel chooses a fresh range, so no existing object is affected; the advice is about this range.
    unsafe {
        let page = mmap_anonymous(null_mut(), PAGE, access, MapFlags::PRIVATE).ok()?;
        // Some emulators agree to any advice and follow none.
        let agrees_to_all = libc::madvise(page, PAGE, NO_ADVICE) == 0;
        if agrees_to_all || madvise(page, PAGE, Advice::LinuxWipeOnFork).is_err() {
            REFUSED.store(true, Ordering::Relaxed);
            let _ = munmap(page, PAGE);
            return None;
        }
        Some(page.cast())
    }
}

/// Returns the id of this thread.
pub(crate) fn thread_id() -> u32 {
    rustix::thread::gettid().as_raw_nonzero().get() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_a_process_knows_its_own_id() {
        let mine = process_id();
        assert_eq!((process_id(), mine), (mine, std::process::id()));
        // SAFETY: the copy only asks the kernel and reads a word, and ends.
        let copy = unsafe { libc::fork() };
        if copy == 0 {
            let is_right = process_id() == std::process::id() && process_id() != mine;
            // SAFETY: ends the copy at once.
            unsafe { libc::_exit(i32::from(!is_right)) };
        }
        let mut status = 0;
        // SAFETY: the status is a live value.
        assert_eq!(unsafe { libc::waitpid(copy, &raw mut status, 0) }, copy);
        assert_eq!(status, 0);
    }
}
