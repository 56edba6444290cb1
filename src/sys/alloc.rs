//! An allocator that counts the memory that each runtime holds.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::ptr::{null, null_mut};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::lock::locked;

/// A global allocator that counts what each runtime with a [memory limit](crate::Limits::memory) holds.
///
/// It wraps another allocator, and puts a header of 16 bytes before each block, which says which runtime allocated it. Memory counts
/// for that runtime until it is freed, no matter which thread frees it. Memory that the host allocates while no script runs is not counted.
///
/// # Example
/// ```
/// use std::alloc::System;
///
/// use procscript::alloc::Counting;
/// use procscript::{Limits, Runtime};
///
/// #[global_allocator]
/// static ALLOCATOR: Counting = Counting::new(System);
///
/// fn main() -> Result<(), procscript::Error> {
///     let limits = Limits::new().memory(64 << 20);
///     let mut runtime = Runtime::builder().limits(limits).build()?;
///     let text = "let all = []; loop { all.push(`item`); }";
///     let error = runtime.eval::<()>(text).unwrap_err();
///     assert_eq!(error.diagnostic().unwrap().kind, "MemoryError");
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Counting<A = System> {
    inner: A,
}

impl<A> Counting<A> {
    /// Counts what `inner` allocates.
    pub const fn new(inner: A) -> Self {
        Self { inner }
    }
}

/// The bytes before a block: enough for a pointer, and they keep the alignment that allocators give by themselves.
const HEADER: usize = 16;

/// The count of one runtime. Blocks refer to it, so it is never freed, but used again.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Counter {
    bytes: AtomicUsize,
    limit: AtomicUsize,
}

thread_local! {
    /// The counter of the runtime that this thread runs.
    static CURRENT: Cell<*const Counter> = const { Cell::new(null()) };
}

/// Returns the bytes before a block with this layout.
fn header(layout: Layout) -> usize {
    layout.align().max(HEADER)
}

/// Returns the layout with the header; `None` when it is too large.
fn with_header(layout: Layout, size: usize) -> Option<Layout> {
    let header = header(layout);
    Layout::from_size_align(size.checked_add(header)?, header).ok()
}

/// Returns the place in the header where the counter of a block is noted.
fn note(block: *mut u8) -> *mut *const Counter {
    block
        .wrapping_sub(size_of::<*const Counter>())
        .cast::<*const Counter>()
}

/// Notes the current counter in a new block, which begins after the header.
///
/// # Safety
/// `start` is null, or a block that was allocated with `outer`, the layout with the header.
unsafe fn begin(start: *mut u8, header: usize, outer: Layout) -> *mut u8 {
    if start.is_null() {
        return start;
    }
    let block = start.wrapping_add(header);
    let counter = CURRENT.get();
    // SAFETY: the word before the block is inside the header, which belongs to this block, and is aligned as the block is.
    unsafe { note(block).write(counter) };
    // SAFETY: it is null, or a counter, which is never freed.
    if let Some(counter) = unsafe { counter.as_ref() } {
        counter.bytes.fetch_add(outer.size(), Ordering::Relaxed);
    }
    block
}

// SAFETY: each block is one of the inner allocator with a header before it, whose size follows from the layout, which is the same when the
// block is freed. The block is as aligned as the layout says, because the header is a multiple of the alignment. Nothing here
// allocates or panics.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Counting<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(outer) = with_header(layout, layout.size()) else {
            return null_mut();
        };
        // SAFETY: the layout is valid and, with the header, not empty; what the inner allocator returns was allocated with it.
        unsafe { begin(self.inner.alloc(outer), header(layout), outer) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let Some(outer) = with_header(layout, layout.size()) else {
            return null_mut();
        };
        // SAFETY: as in `alloc`.
        unsafe { begin(self.inner.alloc_zeroed(outer), header(layout), outer) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let Some(outer) = with_header(layout, layout.size()) else {
            return;
        };
        // SAFETY: the caller passes a block of `alloc`, which has noted null or a counter there.
        if let Some(counter) = unsafe { note(block).read().as_ref() } {
            counter.bytes.fetch_sub(outer.size(), Ordering::Relaxed);
        }
        // SAFETY: the block of the inner allocator begins with the header, and was allocated with this layout.
        unsafe {
            self.inner
                .dealloc(block.wrapping_sub(header(layout)), outer)
        };
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let old = with_header(layout, layout.size());
        let (Some(old), Some(new)) = (old, with_header(layout, size)) else {
            return null_mut();
        };
        let header = header(layout);
        // SAFETY: as in `dealloc`; the new size was checked just above.
        let start = unsafe {
            self.inner
                .realloc(block.wrapping_sub(header), old, new.size())
        };
        if start.is_null() {
            return start;
        }
        let block = start.wrapping_add(header);
        // SAFETY: the header has moved with the block.
        if let Some(counter) = unsafe { note(block).read().as_ref() } {
            counter.bytes.fetch_add(new.size(), Ordering::Relaxed);
            counter.bytes.fetch_sub(old.size(), Ordering::Relaxed);
        }
        block
    }
}

/// Counters of runtimes that have ended. Blocks may still refer to those that are not at 0.
static ENDED: Mutex<Vec<&'static Counter>> = Mutex::new(Vec::new());

/// The count of the memory that one runtime holds, and its limit.
#[derive(Debug)]
pub(crate) struct Account(&'static Counter);

impl Account {
    /// Begins a count.
    pub(crate) fn new(limit: usize) -> Self {
        let mut ended = locked(&ENDED);
        let unused = |counter: &&Counter| counter.bytes.load(Ordering::Relaxed) == 0;
        let counter: &'static Counter = match ended.iter().position(unused) {
            Some(index) => ended.swap_remove(index),
            None => Box::leak(Box::default()),
        };
        counter.limit.store(limit, Ordering::Relaxed);
        Self(counter)
    }

    /// Returns the bytes that are held, their headers included.
    #[inline]
    pub(crate) fn bytes(&self) -> usize {
        self.0.bytes.load(Ordering::Relaxed)
    }

    /// Counts what `body` allocates in this thread.
    pub(crate) fn charge<R>(&self, body: impl FnOnce() -> R) -> R {
        let _restore = Restore(CURRENT.replace(self.0));
        body()
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        locked(&ENDED).push(self.0);
    }
}

/// Sets the counter of before, also after a panic.
struct Restore(*const Counter);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// Returns whether the runtime that this thread runs may allocate that many bytes more.
pub(crate) fn may_allocate(bytes: usize) -> bool {
    // SAFETY: it is null, or a counter, which is never freed.
    let Some(counter) = (unsafe { CURRENT.get().as_ref() }) else {
        return true;
    };
    let held = counter.bytes.load(Ordering::Relaxed);
    held.saturating_add(bytes) <= counter.limit.load(Ordering::Relaxed)
}

/// Returns whether [`Counting`] is the allocator of this program.
pub(crate) fn is_counting() -> bool {
    let account = Account::new(usize::MAX);
    account.charge(|| {
        let probe = black_box(Box::new([0_u8; 64]));
        let counted = account.bytes() > 0;
        drop(probe);
        counted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Allocates, grows, shrinks and frees blocks of each alignment, and returns what was counted in between.
    fn counted(allocator: &Counting) -> usize {
        let account = Account::new(usize::MAX);
        let mut most = 0;
        for align in [1, 8, 16, 64, 4096] {
            let layout = Layout::from_size_align(1000, align).unwrap();
            // SAFETY: a layout that is not empty; each block is used within its size and freed once, with its last layout.
            unsafe {
                let block = account.charge(|| allocator.alloc_zeroed(layout));
                assert_eq!(block.addr() % align, 0);
                assert_eq!(block.read(), 0);
                block.add(999).write(7);
                let block = allocator.realloc(block, layout, 5000);
                assert_eq!((block.addr() % align, block.add(999).read()), (0, 7));
                most = most.max(account.bytes());
                let layout = Layout::from_size_align(5000, align).unwrap();
                allocator.dealloc(block, layout);
            }
            assert_eq!(account.bytes(), 0);
        }
        most
    }

    #[test]
    fn blocks_are_counted_until_they_are_freed_wherever_that_happens() {
        assert_eq!(counted(&Counting::new(System)), 5000 + 4096);
    }

    #[test]
    fn a_size_that_does_not_exist_is_refused() {
        let layout = Layout::from_size_align(isize::MAX as usize - 8, 1).unwrap();
        // SAFETY: nothing is done with the block, which is null.
        assert!(unsafe { Counting::new(System).alloc(layout) }.is_null());
    }

    #[test]
    fn a_limit_counts_for_the_thread_that_is_charged() {
        let account = Account::new(1000);
        assert!(may_allocate(usize::MAX));
        account.charge(|| {
            assert!(may_allocate(1000));
            assert!(!may_allocate(1001));
        });
        assert!(may_allocate(1001));
    }
}
