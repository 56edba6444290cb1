//! One word per thread that the kernel marks when the thread dies.
//!
//! `set_robust_list(2)`: the kernel keeps, per thread, the head of a list of futex words; when the thread ends in any way it sets
//! `FUTEX_OWNER_DIED` in each word that holds the thread's id. The C library registers a head for its robust mutexes; we hang one
//! entry on that list for the whole life of the thread, instead of replacing the head. A [`LifeWord`] therefore places its fields
//! where the library's mutex has them: word at 0, links at 24 and 32. With a C library that has registered nothing (musl does so
//! lazily), a head of our own is set.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, compiler_fence};

use super::futex;

/// Memory that the kernel marks when its owner dies. All zeros is a word that nobody owns.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct LifeWord {
    /// 0: nobody's; a thread id: that thread lives; with `OWNER_DIED`: it is gone; `WAITERS`: somebody sleeps on this word.
    word: AtomicU32,
    _between: [AtomicU32; 5],
    /// Links of the owner's list, addresses in the owner's memory; meaningless for everybody else.
    previous: AtomicU64,
    next: AtomicU64,
}

/// `struct robust_list_head` of `linux/futex.h`.
#[repr(C)]
struct Head {
    next: Cell<u64>,
    futex_offset: Cell<i64>,
    pending: Cell<u64>,
}

/// From an entry's link to its futex word, as the C library on the supported architectures has it.
const FUTEX_OFFSET: i64 = -32;

/// A back link holds the address of the neighbour's back link, which lies this far before its forward link.
const BACK: u64 = 8;

/// The lowest bit of a forward link marks a priority-inheriting entry.
const PRIORITY_BIT: u64 = 1;

/// The kernel gives up after that many entries.
const LIST_LIMIT: usize = 2048;

impl LifeWord {
    /// Returns the raw word.
    #[inline]
    pub(crate) fn load(&self) -> u32 {
        self.word.load(Ordering::Acquire)
    }

    /// Returns the word itself, to sleep on.
    pub(crate) fn futex(&self) -> &AtomicU32 {
        &self.word
    }

    /// Returns whether nobody owns the word, or its owner is dead.
    #[inline]
    pub(crate) fn is_dead(&self) -> bool {
        let word = self.load();
        word == 0 || word & futex::OWNER_DIED != 0
    }

    /// Asks for a wake-up at the owner's death; the value to sleep on, or `None` if it is dead already.
    pub(crate) fn prepare_wait(&self) -> Option<u32> {
        let word = self.load();
        if word == 0 || word & futex::OWNER_DIED != 0 {
            return None;
        }
        let waiting = word | futex::WAITERS;
        let marked = word == waiting
            || self
                .word
                .compare_exchange(word, waiting, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok();
        marked.then_some(waiting)
    }

    /// Gives up the word, and wakes everybody who waits for the owner's end.
    pub(crate) fn clear(&self) {
        self.word.store(0, Ordering::Release);
        futex::wake(&self.word, u32::MAX);
    }

    fn link_address(&self) -> u64 {
        ptr::from_ref(&self.next) as u64
    }

    /// Makes the calling thread the owner: it lives as long as the word says.
    ///
    /// Returns whether the kernel will mark the word at the thread's death. It does not under emulators that lack the call, and
    /// then `/proc` has to be asked.
    ///
    /// # Safety
    ///
    /// The memory must stay mapped at this address until [`LifeWord::disown`] was called by the same thread, or the thread has
    /// ended: the kernel and the C library follow the links.
    pub(crate) unsafe fn own(&self, thread_id: u32) -> bool {
        let Some(head) = current_head() else {
            self.word.store(thread_id, Ordering::SeqCst);
            return false;
        };
        // SAFETY: the head of the calling thread, kept by the C library (or by `own_head`) as long as the thread lives; only this
        // thread and the kernel at its death touch it.
        let head = unsafe { &*head };
        if head.futex_offset.get() != FUTEX_OFFSET {
            self.word.store(thread_id, Ordering::SeqCst);
            return false;
        }
        // An entry that is announced as pending is marked too, so there is no moment at which a death goes unnoticed.
        head.pending.set(self.link_address());
        compiler_fence(Ordering::SeqCst);
        self.word.store(thread_id, Ordering::SeqCst);
        let first = head.next.get();
        self.next.store(first, Ordering::Relaxed);
        self.previous
            .store(ptr::from_ref(head) as u64 - BACK, Ordering::Relaxed);
        if first & !PRIORITY_BIT != ptr::from_ref(head) as u64 {
            let back = ((first & !PRIORITY_BIT) - BACK) as *mut u64;
            // SAFETY: `first` is the link of a live entry of this thread's list; the C library keeps the back link in the word
            // before it, as LifeWord does.
            unsafe { *back = self.link_address() - BACK };
        }
        compiler_fence(Ordering::SeqCst);
        head.next.set(self.link_address());
        compiler_fence(Ordering::SeqCst);
        head.pending.set(0);
        true
    }

    /// Takes the word off the calling thread's list, which must be its owner. The word keeps its value.
    pub(crate) fn disown(&self) {
        let Some(head) = current_head() else { return };
        // SAFETY: as in `own`.
        let head = unsafe { &*head };
        let end = ptr::from_ref(head) as u64;
        let mine = self.link_address();
        let mut link: *const Cell<u64> = &head.next;
        for _ in 0..LIST_LIMIT {
            // SAFETY: `link` is the head or the link of an entry on this thread's list; entries stay mapped while they are on it.
            let next = unsafe { (*link).get() } & !PRIORITY_BIT;
            if next == end || next == 0 {
                return;
            }
            if next == mine {
                let after = self.next.load(Ordering::Relaxed);
                // SAFETY: as above.
                unsafe { (*link).set(after) };
                if after & !PRIORITY_BIT != end {
                    let back = ((after & !PRIORITY_BIT) - BACK) as *mut u64;
                    // SAFETY: `after` is a live entry's link, with its back link in the word before it.
                    unsafe { *back = link as u64 - BACK };
                }
                return;
            }
            link = next as *const Cell<u64>;
        }
    }
}

/// The list that the calling thread has registered, for a copy of the process, in which the kernel has forgotten it.
pub(crate) struct Registered {
    head: *const Head,
    length: usize,
}

/// Returns the list that the calling thread has registered.
pub(crate) fn registered() -> Registered {
    let (head, length) = asked().unwrap_or((ptr::null(), 0));
    Registered { head, length }
}

impl Registered {
    /// Registers the list for the calling thread, which is the only one of the copy.
    pub(crate) fn renew(self) {
        if !self.head.is_null() {
            // SAFETY: the head was registered by this thread in the process that this one is a copy of, so it is a head, at the same
            // address, for as long as the thread lives.
            unsafe { libc::syscall(libc::SYS_set_robust_list, self.head, self.length) };
        }
    }
}

/// Asks the kernel for the calling thread's list and the size of its head; null if there is none.
fn asked() -> Option<(*const Head, usize)> {
    let mut head: *const Head = ptr::null();
    let mut length = 0_usize;
    // SAFETY: the kernel writes a pointer and a length to the two addresses given, both valid for that.
    let result =
        unsafe { libc::syscall(libc::SYS_get_robust_list, 0, &raw mut head, &raw mut length) };
    (result == 0).then_some((head, length))
}

/// Returns the calling thread's robust list head, set now if there was none.
fn current_head() -> Option<*const Head> {
    match asked()? {
        (head, _) if head.is_null() => own_head(),
        (head, _) => Some(head),
    }
}

/// Returns a head of our own, for threads whose C library has registered none. It is leaked: the kernel reads it when the
/// thread ends.
fn own_head() -> Option<*const Head> {
    let head: &'static Head = Box::leak(Box::new(Head {
        next: Cell::new(0),
        futex_offset: Cell::new(FUTEX_OFFSET),
        pending: Cell::new(0),
    }));
    head.next.set(ptr::from_ref(head) as u64);
    // SAFETY: the head is never freed, and empty lists point at themselves.
    let result = unsafe {
        libc::syscall(
            libc::SYS_set_robust_list,
            ptr::from_ref(head),
            size_of::<Head>(),
        )
    };
    (result == 0).then_some(ptr::from_ref(head))
}

const _: () = {
    assert!(std::mem::offset_of!(LifeWord, word) == 0);
    assert!(std::mem::offset_of!(LifeWord, previous) == 24);
    assert!(std::mem::offset_of!(LifeWord, next) == 32);
};
