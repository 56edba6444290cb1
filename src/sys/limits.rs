//! Resources of this process: a deep stack for recursive scripts, and memory that is kept for reuse.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the soft stack limit towards `wanted` bytes, and returns the main thread's limit.
///
/// The main thread's stack grows on demand up to the limit at that moment, so raising it in a running process takes
/// effect without a second thread.
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

/// Makes the allocator keep freed memory for reuse instead of returning it at once.
///
/// Each message of a megabyte has its own buffer. If it were returned to the kernel after each message, its pages
/// would be faulted in again every time, which takes longer than copying the message.
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

/// Makes the kernel refuse this process and its descendants what no script needs: core dumps, and privileges through programs that have
/// a set-user-ID bit.
///
/// # Errors
/// Those of `setrlimit(2)` and `prctl(2)`.
pub(crate) fn confine() -> io::Result<()> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)?;
    Ok(rustix::thread::set_no_new_privs(true)?)
}

/// How much stack a thread has left, judged by the current stack address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stack {
    /// Below this address, little stack is left.
    lowest: usize,
    /// Below this address, less than half of that is left.
    last: usize,
    /// Its size.
    bytes: usize,
}

/// The stack that must be left for natives and for the report, if the stack is large enough.
const STACK_KEPT: usize = 1 << 20;

thread_local! {
    /// The stack of this thread, once it is known.
    static MINE: Cell<Option<Stack>> = const { Cell::new(None) };
}

/// The smallest usual stack size of a thread, if the system does not report it.
const UNKNOWN_STACK: u64 = 2 << 20;

/// Returns the lower end of the calling thread's stack when it was created, and its size.
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
    /// Declares that this thread has `bytes` of stack from here on.
    pub(crate) fn begin(bytes: u64) {
        MINE.set(Some(Stack::here(bytes)));
    }

    /// Returns the stack that this thread is known to have.
    pub(super) fn known() -> Option<Self> {
        MINE.get()
    }

    /// Sets it again, when this thread is back on it.
    pub(super) fn restore(known: Option<Self>) {
        MINE.set(known);
    }

    /// Returns the stack of the calling thread.
    #[inline]
    pub(crate) fn mine() -> Self {
        MINE.get().unwrap_or_else(Stack::look)
    }

    /// Determines the stack of the calling thread.
    #[cold]
    fn look() -> Self {
        let found =
            own_stack().map(|(end, bytes)| Self::ending_at(end, STACK_KEPT.min(bytes / 2), bytes));
        let stack = found.unwrap_or_else(|| Stack::here(UNKNOWN_STACK));
        MINE.set(Some(stack));
        stack
    }

    /// Returns the stack of this thread, with `bytes` below this call.
    pub(crate) fn here(bytes: u64) -> Self {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        Self::ending_at(address_here().saturating_sub(bytes), STACK_KEPT, bytes)
    }

    /// Creates a stack whose last `kept` bytes are reserved for natives and reports.
    fn ending_at(end: usize, kept: usize, bytes: usize) -> Self {
        Self {
            lowest: end.saturating_add(kept),
            last: end.saturating_add(kept / 2),
            bytes,
        }
    }

    /// Returns its size in bytes.
    pub(crate) fn bytes(self) -> usize {
        self.bytes
    }

    /// Returns how many bytes are left, besides those that are reserved.
    #[cfg(feature = "compile")]
    pub(crate) fn left(self) -> usize {
        address_here().saturating_sub(self.lowest)
    }

    /// Returns whether little is left.
    #[inline]
    pub(crate) fn is_short(self) -> bool {
        address_here() < self.lowest
    }

    /// Returns whether less than half of that is left.
    #[inline]
    pub(crate) fn is_at_its_end(self) -> bool {
        address_here() < self.last
    }
}

/// Returns the approximate current end of the stack.
#[inline(always)]
fn address_here() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}
