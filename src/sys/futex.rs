//! Sleeping on a word of memory that several processes share, and waking the sleepers.
//!
//! `futex(2)` and `futex_waitv` (Linux 5.16). All calls here use shared (not private) futexes and absolute deadlines on the
//! monotonic clock.
#![allow(unsafe_code)]

use std::num::NonZeroU32;
use std::sync::atomic::AtomicU32;

use rustix::io::Errno;
use rustix::thread::futex;

use super::clock::Deadline;

/// Set in a robust futex word by sleepers, so that the kernel wakes one when the owner dies.
pub(crate) const WAITERS: u32 = futex::WAITERS;

/// Set in a robust futex word by the kernel when the owning thread died.
pub(crate) const OWNER_DIED: u32 = futex::OWNER_DIED;

/// Why a sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wakeup {
    /// Somebody woke us (or the kernel did so spuriously).
    Woken,
    /// The word did not hold the expected value.
    Changed,
    /// The deadline passed.
    TimedOut,
    /// A signal handler ran in this thread.
    Signal,
    /// The kernel does not know the call.
    Unsupported,
}

fn outcome(result: Result<(), Errno>) -> Wakeup {
    match result {
        Ok(()) => Wakeup::Woken,
        Err(Errno::TIMEDOUT) => Wakeup::TimedOut,
        Err(Errno::INTR) => Wakeup::Signal,
        Err(Errno::NOSYS) => Wakeup::Unsupported,
        // EAGAIN, and anything unforeseen: the caller looks at the word again.
        Err(_) => Wakeup::Changed,
    }
}

/// Sleeps while `word` holds `expected`, at the longest until `deadline`.
pub(crate) fn wait(word: &AtomicU32, expected: u32, deadline: Deadline) -> Wakeup {
    let timeout = deadline.timespec();
    outcome(futex::wait_bitset(
        word,
        futex::Flags::empty(),
        expected,
        timeout.as_ref(),
        NonZeroU32::MAX,
    ))
}

/// The maximum number of words for one sleep.
pub(crate) const WORDS_MAX: usize = 128;

/// A word to sleep on, and its expected value.
pub(crate) type Expected<'a> = (&'a AtomicU32, u32);

fn entry((word, expected): Expected<'_>) -> futex::Wait {
    let mut wait = futex::Wait::new();
    wait.val = u64::from(expected);
    wait.uaddr = futex::WaitPtr::new(word.as_ptr().cast());
    wait.flags = futex::WaitFlags::SIZE_U32;
    wait
}

/// Sleeps while both words hold their expected values, at the longest until `deadline`.
///
/// [`Wakeup::Unsupported`] before Linux 5.16 and under some sandboxes.
pub(crate) fn wait_either(first: Expected<'_>, second: Expected<'_>, deadline: Deadline) -> Wakeup {
    wait_vector(&[entry(first), entry(second)], deadline)
}

/// Sleeps while all words hold their expected values, at the longest until `deadline`.
///
/// [`Wakeup::Unsupported`] as for [`wait_either`], and for more than [`WORDS_MAX`] words.
pub(crate) fn wait_any(words: &[Expected<'_>], deadline: Deadline) -> Wakeup {
    match words {
        [] => Wakeup::Unsupported,
        [(word, expected)] => wait(word, *expected, deadline),
        more if more.len() > WORDS_MAX => Wakeup::Unsupported,
        more => {
            let entries: Vec<_> = more.iter().map(|expected| entry(*expected)).collect();
            wait_vector(&entries, deadline)
        }
    }
}

fn wait_vector(words: &[futex::Wait], deadline: Deadline) -> Wakeup {
    let timeout = deadline.timespec();
    let result = futex::waitv(
        words,
        futex::WaitvFlags::empty(),
        timeout.as_ref(),
        futex::ClockId::Monotonic,
    );
    outcome(result.map(|_| ()))
}

/// Wakes up to `count` threads that sleep on `word`, and returns how many there were.
pub(crate) fn wake(word: &AtomicU32, count: u32) -> usize {
    // The kernel takes a signed count.
    let count = count.min(i32::MAX as u32);
    futex::wake(word, futex::Flags::empty(), count).unwrap_or(0)
}
