//! A stack that is far larger than a thread's, on which scripts run.
//!
//! Rhai drops, copies and compares nested values by recursion, inside its own statements, and a script decides how deep they are nested.
//! A thread's stack of a few megabytes would overflow, which ends the process. This one is only address space, of which the kernel
//! provides as much as is touched: it is as deep as the memory that a script can fill.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::c_void;
use std::fs;
use std::num::NonZeroUsize;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use corosensei::stack::{STACK_ALIGNMENT, StackPointer};
use rustix::mm::{
    Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mmap_anonymous, mprotect, munlock, munmap,
};
use rustix::process::{Resource, getrlimit};

use super::limits::Stack;

/// The address space of a stack where nothing limits it: a script would have to fill more memory than this to overflow it.
const LARGEST: usize = 64 << 30;

/// The size where each byte counts against a limit of the process or of the machine: what a script's calls need.
const MODEST: usize = 64 << 20;

/// Below this, a thread's own stack is as good.
const SMALLEST: usize = 16 << 20;

/// The part of a limited address space that one stack may take.
const PART: usize = 16;

/// The part of the addresses that are left that one stack may take: some machines have 512 GiB of them for everything, and a script
/// can start thousands of threads.
const SHARE: usize = 1024;

/// The stack for the calls of a script. What is beyond is for nested values.
const FOR_CALLS: u64 = 64 << 20;

/// Never touched: a stack that overflows ends here. A multiple of every page size.
const GUARD: usize = 64 << 10;

/// The memory that stays with a stack between two uses.
const KEPT: usize = 8 << 20;

/// The stacks of threads that have ended that are kept for others, because a short thread would spend much of its life on mapping one.
const SPARE: usize = 4;

/// The memory that stays with a spare stack.
const KEPT_SPARE: usize = 128 << 10;

/// Checked for whether a use went deeper than what is kept: a recursion leaves something in each page.
const PROBE: usize = 4096;

/// The stack of one thread.
enum Mine {
    /// Not needed so far.
    Unknown,
    Ready(DeepStack),
    /// The thread is on it.
    InUse,
    /// The system has no space for it.
    Unavailable,
}

thread_local! {
    static MINE: OfThread = const { OfThread(Cell::new(Mine::Unknown)) };
}

/// The stack of a thread, until the thread ends.
struct OfThread(Cell<Mine>);

impl Drop for OfThread {
    fn drop(&mut self) {
        if let Mine::Ready(stack) = self.0.replace(Mine::Unavailable) {
            stack.spare();
        }
    }
}

/// The stacks of threads that have ended.
static SPARES: Mutex<Vec<DeepStack>> = Mutex::new(Vec::new());

/// Runs `body` on the deep stack of this thread, and returns what it returns. A panic continues in the caller.
///
/// Runs it on the current stack when that is the deep stack already, or when there is no space for one.
pub(crate) fn on_deep_stack<R>(body: impl FnOnce() -> R) -> R {
    // A thread that is ending has none any more.
    let Ok(mine) = MINE.try_with(|mine| mine.0.replace(Mine::InUse)) else {
        return body();
    };
    let stack = match mine {
        Mine::Ready(stack) => stack,
        Mine::InUse => return body(),
        Mine::Unknown => match DeepStack::get() {
            Some(stack) => stack,
            None => {
                set(Mine::Unavailable);
                return body();
            }
        },
        Mine::Unavailable => {
            set(Mine::Unavailable);
            return body();
        }
    };
    let held = Held {
        own: Stack::known(),
        stack: Some(stack),
    };
    let bounds = held.stack.as_ref().map(Bounds::of);
    match bounds {
        Some(bounds) => {
            let for_calls = FOR_CALLS.min(bounds.bytes() as u64);
            corosensei::on_stack(bounds, || {
                Stack::begin(for_calls);
                body()
            })
        }
        None => body(),
    }
}

/// A stack in use. Its drop, also by a panic, makes it ready again.
struct Held {
    /// The thread's stack as it was.
    own: Option<Stack>,
    stack: Option<DeepStack>,
}

impl Drop for Held {
    fn drop(&mut self) {
        Stack::restore(self.own);
        if let Some(stack) = self.stack.take() {
            stack.give_back(KEPT);
            set(Mine::Ready(stack));
        }
    }
}

fn set(mine: Mine) {
    // A thread that is ending needs none any more.
    let _ = MINE.try_with(|own| own.0.set(mine));
}

/// The address space of a stack, with a guard at its lower end.
struct DeepStack {
    start: *mut c_void,
    length: usize,
}

// SAFETY: a range of addresses, which nobody is on while it is passed on.
unsafe impl Send for DeepStack {}

impl DeepStack {
    /// Returns a stack that another thread has left, or a new one.
    fn get() -> Option<Self> {
        // A host may have forked while another thread had the list.
        let spare = SPARES.try_lock().ok().and_then(|mut spares| spares.pop());
        spare.or_else(Self::new)
    }

    /// Keeps the stack for another thread, unless enough are kept.
    fn spare(self) {
        // Where addresses are limited, they may be needed for something else.
        if self.length == LARGEST
            && let Ok(mut spares) = SPARES.try_lock()
            && spares.len() < SPARE
        {
            self.give_back(KEPT_SPARE);
            spares.push(self);
        }
    }

    /// Reserves a stack as large as possible.
    fn new() -> Option<Self> {
        let here = 0_u8;
        // The kernel puts stacks near the upper end of the addresses.
        let addresses = (&raw const here).addr().next_power_of_two();
        let share = share(addresses, RESERVED.load(Ordering::Relaxed));
        let mut length = share.min(*WANTED.get_or_init(wanted));
        loop {
            match Self::map(length) {
                Some(stack) => return Some(stack),
                None if length / 2 >= SMALLEST => length /= 2,
                None => return None,
            }
        }
    }

    fn map(length: usize) -> Option<Self> {
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::STACK;
        // SAFETY: the kernel chooses a fresh range, so no existing object is affected.
        let start =
            unsafe { mmap_anonymous(null_mut(), length, ProtFlags::empty(), flags) }.ok()?;
        let stack = Self { start, length };
        RESERVED.fetch_add(length, Ordering::Relaxed);
        // SAFETY: the range was just mapped and holds nothing. Without the call, a process that keeps all its memory locked
        // would have all of it filled below.
        let _ = unsafe { munlock(start, length) };
        // SAFETY: as above; the advice only keeps large pages away, of which a stack would waste most.
        let _ = unsafe { madvise(start, length, Advice::LinuxNoHugepage) };
        let usable = start.wrapping_byte_add(GUARD);
        let access = MprotectFlags::READ | MprotectFlags::WRITE;
        // SAFETY: a part of the range that was just mapped, to which nothing refers yet.
        unsafe { mprotect(usable, length - GUARD, access) }.ok()?;
        Some(stack)
    }

    /// Returns the memory of a use that went deeper than what is kept to the system.
    fn give_back(&self, kept: usize) {
        let Some(deep) = self.length.checked_sub(kept + GUARD + PROBE) else {
            return;
        };
        let start = self.start.wrapping_byte_add(GUARD);
        let probe = start.wrapping_byte_add(deep).cast::<u64>();
        // A word of each cache line: calls leave more than that, and a stack may be used for a moment only, many thousand times.
        let words = (0..PROBE / 64).map(|line| {
            // SAFETY: an aligned word inside the mapping, above the guard. Nobody is on the stack, so nobody writes it.
            unsafe { probe.wrapping_add(line * 8).read_volatile() }
        });
        // All of them: most uses find nothing, and to decide after each word takes longer.
        let was_deep = words.fold(0, |all, word| all | word) != 0;
        if was_deep {
            // SAFETY: nobody is on the stack, so nothing refers to what it contained. It reads as zeros afterwards.
            let _ = unsafe { madvise(start, deep + PROBE, Advice::LinuxDontNeed) };
        }
    }
}

impl Drop for DeepStack {
    fn drop(&mut self) {
        // SAFETY: the range is the one that `map` mapped. Its thread is not on it, because then it would be `InUse`.
        let _ = unsafe { munmap(self.start, self.length) };
        RESERVED.fetch_sub(self.length, Ordering::Relaxed);
    }
}

/// The bytes of all stacks of this process.
static RESERVED: AtomicUsize = AtomicUsize::new(0);

/// Returns the size that a stack may have where the stacks together have taken `reserved` of the `addresses`.
fn share(addresses: usize, reserved: usize) -> usize {
    let left = addresses.saturating_sub(reserved);
    (left / SHARE).max(SMALLEST) / GUARD * GUARD
}

/// The size of the stacks of this process.
static WANTED: OnceLock<usize> = OnceLock::new();

fn wanted() -> usize {
    let overcommit = fs::read_to_string("/proc/sys/vm/overcommit_memory");
    if overcommit.is_ok_and(|mode| mode.trim() == "2") {
        return MODEST;
    }
    let limits = [Resource::As, Resource::Data].map(|resource| getrlimit(resource).current);
    match limits.into_iter().flatten().min() {
        Some(limit) => {
            let part = usize::try_from(limit).unwrap_or(usize::MAX) / PART;
            part.clamp(MODEST, LARGEST) / GUARD * GUARD
        }
        None => LARGEST,
    }
}

/// The two ends of a [`DeepStack`], for the switch.
#[derive(Clone, Copy)]
struct Bounds {
    base: StackPointer,
    limit: StackPointer,
}

impl Bounds {
    fn of(stack: &DeepStack) -> Self {
        let start = stack.start.addr();
        let end = (start + stack.length) / STACK_ALIGNMENT * STACK_ALIGNMENT;
        let pointer = |address| NonZeroUsize::new(address).unwrap_or(NonZeroUsize::MAX);
        Self {
            base: pointer(end),
            limit: pointer(start),
        }
    }

    /// The bytes above the guard.
    fn bytes(self) -> usize {
        self.base.get() - self.limit.get() - GUARD
    }
}

// SAFETY: the range is mapped and has a guard at its lower end. It is held by `Held` for as long as somebody is on it.
unsafe impl corosensei::stack::Stack for Bounds {
    fn base(&self) -> StackPointer {
        self.base
    }

    fn limit(&self) -> StackPointer {
        self.limit
    }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    /// Uses at least a kilobyte for each level.
    fn descend(levels: usize) -> usize {
        let frame = black_box([levels as u8; 1024]);
        match levels {
            0 => 0,
            _ => descend(levels - 1) + usize::from(frame[0] == levels as u8),
        }
    }

    #[test]
    fn a_small_thread_has_a_deep_stack() {
        let deep = || on_deep_stack(|| on_deep_stack(|| descend(100_000)));
        let thread = std::thread::Builder::new().stack_size(64 << 10);
        let thread = thread.spawn(move || (deep(), deep())).unwrap();
        assert_eq!(thread.join().unwrap(), (100_000, 100_000));
    }

    #[test]
    fn a_panic_leaves_the_stack_usable() {
        for _ in 0..3 {
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                on_deep_stack(|| {
                    assert_eq!(descend(1000), 0);
                });
            }));
            assert!(panicked.is_err());
        }
        assert_eq!(on_deep_stack(|| descend(1000)), 1000);
    }

    #[test]
    fn thousands_of_stacks_leave_addresses_to_others() {
        for addresses in [1 << 39, 1 << 47] {
            let all = (0..4000).fold(0, |all, _| all + share(addresses, all).min(LARGEST));
            assert!(addresses - all > 1 << 33, "{all} of {addresses}");
        }
    }

    #[test]
    fn the_memory_of_a_deep_use_is_given_back() {
        on_deep_stack(|| descend(100_000));
        let stack = MINE.with(|mine| mine.0.replace(Mine::Unknown));
        let Mine::Ready(stack) = &stack else {
            panic!("no stack");
        };
        let middle = stack.start.wrapping_byte_add(stack.length - (64 << 20));
        // SAFETY: inside the mapping, which nobody is on.
        let word = unsafe { middle.cast::<[u64; 512]>().read_volatile() };
        assert_eq!(word, [0; 512]);
    }
}
