//! Waiting for descriptors: which of them are readable, and sleeping until one is, or until a word of memory changes.
//!
//! `ppoll(2)`, and `futex_waitv` for the words. The kernel has no call that sleeps on both; in that case a helper
//! thread sleeps on the words and signals an eventfd that the caller polls with its descriptors.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use rustix::event::{EventfdFlags, eventfd};

use super::clock::{Deadline, now_ns};
use super::futex::{self, Expected, Wakeup};
use super::process::has_one_thread;
use super::signal::{Held, Signal};

/// The state of the thread that sleeps on the words.
const STACK: usize = 64 << 10;

/// How long to wait until a thread that has ended is gone from the process.
const THREAD_END: Duration = Duration::from_secs(1);

/// Returns which descriptors are readable now, or at their end.
///
/// # Errors
/// `EBADF` if one of them is not open.
pub(crate) fn readable(descriptors: &[RawFd]) -> io::Result<Vec<bool>> {
    poll(descriptors, Deadline::NOW)
}

/// Sleeps while all words hold their expected values and no descriptor is readable, at most until `until`.
///
/// # Errors
/// If a descriptor is not open, or no thread or descriptor is left.
///
/// [`Wakeup::Unsupported`] as for [`futex::wait_any`]; if descriptors are polled too, the limit is one word lower.
pub(crate) fn sleep(
    words: &[Expected<'_>],
    descriptors: &[RawFd],
    until: Deadline,
) -> io::Result<Wakeup> {
    match (words, descriptors) {
        (words, []) => Ok(futex::wait_any(words, until)),
        ([], descriptors) => poll(descriptors, until).map(|ready| outcome(&ready, until)),
        (words, descriptors) => sleep_on_both(words, descriptors, until),
    }
}

/// Returns a descriptor that is always readable.
pub(crate) fn always_ready() -> io::Result<OwnedFd> {
    Ok(eventfd(1, EventfdFlags::CLOEXEC)?)
}

fn sleep_on_both(
    words: &[Expected<'_>],
    descriptors: &[RawFd],
    until: Deadline,
) -> io::Result<Wakeup> {
    // An additional word ends the watch.
    if words.len() + 1 > futex::WORDS_MAX {
        return Ok(Wakeup::Unsupported);
    }
    let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
    let over = AtomicU32::new(0);
    let alone = has_one_thread();
    let mut polled = descriptors.to_vec();
    polled.push(bell.as_raw_fd());
    let (ready, watched) = thread::scope(|scope| {
        // Signals are for the caller, because they must end its sleep.
        let held = Held::new(&[Signal::SIGINT, Signal::SIGTERM])?;
        let watch = || {
            let mut all = words.to_vec();
            all.push((&over, 0));
            let watched = futex::wait_any(&all, until);
            // If the bell cannot be rung, it has been rung already.
            let _ = rustix::io::write(&bell, &1_u64.to_ne_bytes());
            watched
        };
        let builder = thread::Builder::new().stack_size(STACK);
        let watcher = builder.spawn_scoped(scope, watch)?;
        drop(held);
        let ready = poll(&polled, until);
        over.store(1, Ordering::SeqCst);
        futex::wake(&over, 1);
        let watched = watcher.join().unwrap_or(Wakeup::Unsupported);
        ready.map(|ready| (ready, watched))
    })?;
    if alone {
        wait_until_gone();
    }
    match watched {
        Wakeup::Unsupported => Ok(Wakeup::Unsupported),
        _ => Ok(outcome(&ready, until)),
    }
}

/// Waits until the kernel no longer counts a joined thread, because a process with two threads must not fork.
fn wait_until_gone() {
    let end = Deadline::after(THREAD_END);
    while !has_one_thread() && !end.passed(now_ns()) {
        thread::yield_now();
    }
}

fn outcome(ready: &[bool], until: Deadline) -> Wakeup {
    match ready.contains(&true) {
        true => Wakeup::Woken,
        false if until.passed(now_ns()) => Wakeup::TimedOut,
        false => Wakeup::Signal,
    }
}

/// Waits until a descriptor is readable or at its end, a signal is handled, or `until`; returns which are ready.
fn poll(descriptors: &[RawFd], until: Deadline) -> io::Result<Vec<bool>> {
    let entry = |fd: &RawFd| libc::pollfd {
        fd: *fd,
        events: libc::POLLIN,
        revents: 0,
    };
    let mut polled: Vec<_> = descriptors.iter().map(entry).collect();
    let left = until.left().map(|left| libc::timespec {
        tv_sec: left.as_secs() as libc::time_t,
        tv_nsec: left.subsec_nanos().into(),
    });
    let limit = left.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the entries and the time live until the call returns; the kernel only writes the entries' `revents`.
    let result = unsafe {
        let count = polled.len() as libc::nfds_t;
        libc::ppoll(polled.as_mut_ptr(), count, limit, std::ptr::null())
    };
    if result == -1 {
        let error = io::Error::last_os_error();
        return match error.kind() {
            io::ErrorKind::Interrupted => Ok(vec![false; descriptors.len()]),
            _ => Err(error),
        };
    }
    if polled
        .iter()
        .any(|entry| entry.revents & libc::POLLNVAL != 0)
    {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    Ok(polled.iter().map(|entry| entry.revents != 0).collect())
}
