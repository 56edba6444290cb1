//! The memory that a script holds, and its limit.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::script::exceptions::{Failure, raise};
use crate::script::limits::Exceeded;
use crate::sys::alloc::Account;
use crate::sys::deep_stack::on_deep_stack;

/// The part of its limit that a script may allocate after one `MemoryError` before it gets the next.
const STEP_PART: usize = 64;

/// The memory that a runtime holds.
#[derive(Debug)]
pub(crate) struct Held(Option<Limited>);

#[derive(Debug)]
struct Limited {
    limit: usize,
    account: Account,
    /// More than this many bytes are an error.
    next: AtomicUsize,
}

impl Held {
    /// Creates a count with this limit. Without a limit, memory is not counted.
    pub(crate) fn new(limit: Option<usize>) -> Self {
        Self(limit.map(|limit| Limited {
            limit,
            account: Account::new(limit),
            next: AtomicUsize::new(limit),
        }))
    }

    /// Runs code of the script: on the deep stack, and what it allocates is counted.
    pub(crate) fn run<R>(&self, body: impl FnOnce() -> R) -> R {
        on_deep_stack(|| match &self.0 {
            Some(limited) => limited.account.charge(body),
            None => body(),
        })
    }

    /// Checks the limit where the script can catch the error.
    ///
    /// # Errors
    /// `MemoryError` once above the limit, and again when the script holds still more.
    #[inline]
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let Some(limited) = &self.0 else {
            return Ok(());
        };
        let held = limited.account.bytes();
        if held <= limited.next.load(Ordering::Relaxed) {
            if held <= limited.limit {
                limited.next.store(limited.limit, Ordering::Relaxed);
            }
            return Ok(());
        }
        limited.refuse(held)
    }

    /// Returns the limit if the script holds twice as much, so that it has to end.
    #[inline]
    pub(crate) fn exceeded(&self) -> Option<Exceeded> {
        let limited = self.0.as_ref()?;
        let most = limited.limit.saturating_mul(2);
        (limited.account.bytes() > most).then_some(Exceeded::Memory(limited.limit))
    }
}

impl Limited {
    #[cold]
    fn refuse(&self, held: usize) -> Result<(), Failure> {
        let next = held.saturating_add(self.limit / STEP_PART);
        self.next.store(next, Ordering::Relaxed);
        let text = format!(
            "the script holds more than its memory limit of {} bytes",
            self.limit
        );
        Err(raise("MemoryError", text))
    }
}
