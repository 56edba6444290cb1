//! What this process takes from the system: a deep stack for recursive scripts, memory that is kept for reuse.
#![allow(unsafe_code)]

use std::cell::Cell;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the soft stack limit towards `wanted` bytes and gives what the main thread now has.
///
/// The main thread's stack grows on demand up to the limit in force at that moment, so raising it in a
/// running process takes effect without a second thread.
pub(crate) fn raise_stack(wanted: u64) -> u64 {
    let limit = getrlimit(Resource::Stack);
    let soft = limit.current.unwrap_or(u64::MAX);
    let target = wanted.min(limit.maximum.unwrap_or(u64::MAX));
    let raised = Rlimit {
        current: Some(target),
        ..limit
    };
    if soft >= target || setrlimit(Resource::Stack, raised).is_ok() {
        soft.max(target).min(wanted)
    } else {
        soft
    }
}

/// Lets the allocator keep freed memory for the next use instead of giving it back at once.
///
/// A message of a megabyte is a buffer of its own; handed back to the kernel after each message, its pages
/// would be faulted in anew every time, which takes longer than copying the message.
pub(crate) fn keep_freed_memory() {
    #[cfg(target_env = "gnu")]
    {
        const KEPT: libc::c_int = 64 << 20;
        // SAFETY: mallopt takes two integers; a value it refuses changes nothing.
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, KEPT);
            libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
        }
    }
}

/// The part of the stack that a thread has left, by the address of where it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stack {
    /// The address below which it is short.
    lowest: usize,
    /// The address below which even half of what was left then is used up.
    last: usize,
}

/// What must be left for natives and for the report, where the stack is large enough.
const STACK_KEPT: usize = 1 << 20;

thread_local! {
    /// This thread's stack, once it is known.
    static MINE: Cell<Option<Stack>> = const { Cell::new(None) };
}

/// What the smallest usual stack of a thread carries, where the system does not say.
const UNKNOWN_STACK: u64 = 2 << 20;

/// Where the stack of the calling thread ends, as it was made, and how large it is.
#[cold]
fn own_stack() -> Option<(usize, usize)> {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    // SAFETY: the call fills in `attributes` for the calling thread, which exists, or says that it has not.
    if unsafe { libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) } != 0 {
        return None;
    }
    let (mut lowest, mut bytes) = (std::ptr::null_mut(), 0);
    // SAFETY: the attributes were filled in just above; both out-pointers are to live values of the right types.
    let asked =
        unsafe { libc::pthread_attr_getstack(attributes.as_ptr(), &mut lowest, &mut bytes) };
    // SAFETY: they were filled in, and are not used any more.
    unsafe { libc::pthread_attr_destroy(attributes.as_mut_ptr()) };
    (asked == 0).then(|| (lowest.addr(), bytes))
}

impl Stack {
    /// From here on this thread has `bytes` of stack.
    pub(crate) fn begin(bytes: u64) {
        MINE.set(Some(Stack::here(bytes)));
    }

    /// The stack of the calling thread.
    #[inline]
    pub(crate) fn mine() -> Self {
        MINE.get().unwrap_or_else(Stack::look)
    }

    /// Finds out about the stack of the calling thread.
    #[cold]
    fn look() -> Self {
        let found = own_stack().map(|(end, bytes)| Self::ending_at(end, STACK_KEPT.min(bytes / 2)));
        let stack = found.unwrap_or_else(|| Stack::here(UNKNOWN_STACK));
        MINE.set(Some(stack));
        stack
    }

    /// The stack of this thread, of which `bytes` are below this call.
    pub(crate) fn here(bytes: u64) -> Self {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        Self::ending_at(address_here().saturating_sub(bytes), STACK_KEPT)
    }

    /// A stack whose last `kept` bytes are for natives and reports.
    fn ending_at(end: usize, kept: usize) -> Self {
        Self {
            lowest: end.saturating_add(kept),
            last: end.saturating_add(kept / 2),
        }
    }

    /// Whether little is left.
    #[inline]
    pub(crate) fn is_short(self) -> bool {
        address_here() < self.lowest
    }

    /// Whether even half of that is used up.
    #[inline]
    pub(crate) fn is_at_its_end(self) -> bool {
        address_here() < self.last
    }
}

/// About where the stack ends at this moment.
#[inline(always)]
fn address_here() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}
