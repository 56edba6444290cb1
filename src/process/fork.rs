//! Starts a child as a copy of this process.
//!
//! # Rules for what runs after the fork
//! 1. The process has one thread. With more, a lock that another thread holds at this moment would stay held in the
//!    child for ever; such a process starts its children by spawn.
//! 2. All buffers are flushed before the fork, or both processes would write their contents.
//! 3. The child always leaves through `_exit`, even after a panic: it never returns into frames that belong to the
//!    parent's work.
//! 4. The child has no children: those it remembers are its siblings.
//! 5. The child renews what identifies a process: its slot in the session, its random numbers, its signals.
//!
//! The function that the child runs is responsible for rules 2, 4 and 5; this module ensures 1 and 3.
#![allow(unsafe_code)]

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};

use super::Child;
use super::signals::Signals;
use crate::sys::process::{self, Forked, exit_now};
use crate::sys::signal::Held;
use crate::trace;

/// The exit code of a child that finds no slot where its program expects it.
pub(crate) const NOT_ENTERED: i32 = 1;

/// The exit code of a child whose body panicked.
const PANICKED: i32 = 101;

/// Returns whether this process may fork, because it has one thread.
pub(crate) fn possible() -> bool {
    process::has_one_thread()
}

/// How many forks, each with a task of its own, are between the first process and this one.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Returns a number that changes in every child that [`fork`] starts: objects created under the parent's number belong to
/// the parent.
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Starts a copy of this process that runs `body` and exits with the code that it returns.
///
/// The child starts without a request to stop, if this crate handles such requests (`signals`).
pub(crate) fn fork(signals: Signals, body: impl FnOnce() -> i32) -> io::Result<Child> {
    if let Some(child) = fork_here(signals)? {
        return Ok(child);
    }
    GENERATION.fetch_add(1, Ordering::Relaxed);
    let bomb = ExitOnDrop;
    let code = catch_unwind(AssertUnwindSafe(body)).unwrap_or(PANICKED);
    std::mem::forget(bomb);
    exit_now(code)
}

/// Starts a copy of this process that continues from here: returns `None` in the child.
///
/// This breaks rule 3 on purpose: it is for scripts that call `os.fork`, in a program that belongs to them.
pub(crate) fn fork_here(signals: Signals) -> io::Result<Option<Child>> {
    // A signal that reaches the child before it has cleared what came for its parent must not be cleared with that.
    let _held = Held::every()?;
    if !possible() {
        let text = "cannot fork a process that has several threads";
        return Err(io::Error::other(text));
    }
    // SAFETY: this is the only thread (rule 1, checked just above), so no other can hold a lock at this moment.
    match unsafe { process::fork() }? {
        Forked::Parent { pid } => {
            if signals.interactive {
                // The child does the same; whichever comes first, it is done before either continues.
                let _ = process::own_group(pid);
            }
            Child::watch(pid).map(Some)
        }
        Forked::Child => {
            trace::begin_copy();
            signals.begin_child();
            Ok(None)
        }
    }
}

/// Rule 3, in case even catching a panic fails.
struct ExitOnDrop;

impl Drop for ExitOnDrop {
    fn drop(&mut self) {
        exit_now(PANICKED)
    }
}
