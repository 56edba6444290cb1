//! A child that is a copy of this process.
//!
//! # Rules for what runs after the fork
//! 1. The process has one thread. With more, a lock somebody holds at this moment stays held in the child
//!    for ever; such a process starts its children by spawn.
//! 2. Before the fork everything buffered is written, or both processes would write it.
//! 3. The child leaves through `_exit` whatever happens: it never returns into frames that belong to the
//!    parent's work, a panic included.
//! 4. The child owns no children: those it remembers are its siblings.
//! 5. What identifies a process is made anew: its place in the session, its random numbers, its signals.
//!
//! Rules 2, 4 and 5 are the business of the function that is run; 1 and 3 are kept here.
#![allow(unsafe_code)]

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};

use super::Child;
use super::signals::Signals;
use crate::sys::process::{self, Forked, exit_now};
use crate::sys::signal::{Held, Signal};

/// The exit code of a child that finds no place where its program expects it.
pub(crate) const NOT_ENTERED: i32 = 1;

/// The exit code of a child whose own code panicked.
const PANICKED: i32 = 101;

/// Whether this process may fork: it has one thread.
pub(crate) fn possible() -> bool {
    process::thread_count() == 1
}

/// How many of the processes whose memory this one has copied began a task of their own with it.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// A number that is another one in a child that [`fork`] has started than in its parent: what was made under the parent's is
/// the parent's.
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Starts a copy of this process that runs `body` and ends with the code it gives.
///
/// The child begins with no request to stop, where such requests are this crate's business (`signals`).
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

/// Starts a copy of this process that goes on from here: `None` in the child.
///
/// Rule 3 is broken on purpose: it is for scripts that fork by hand, in a program that is theirs.
pub(crate) fn fork_here(signals: Signals) -> io::Result<Option<Child>> {
    // A signal that reaches the child before it has forgotten its parent's must not be forgotten with them.
    let _held = Held::new(&[Signal::SIGTERM, Signal::SIGINT])?;
    if !possible() {
        let text = "a process with several threads cannot be forked";
        return Err(io::Error::other(text));
    }
    // SAFETY: this is the only thread (rule 1, asked just above), so no other can hold a lock at this moment.
    match unsafe { process::fork() }? {
        Forked::Parent { pid } => {
            if signals.interactive {
                // The child does so too: whoever comes first, it is done before either goes on.
                let _ = process::own_group(pid);
            }
            Child::watch(pid).map(Some)
        }
        Forked::Child => {
            signals.begin_child();
            Ok(None)
        }
    }
}

/// Rule 3 for the case that even the catching of a panic fails.
struct ExitOnDrop;

impl Drop for ExitOnDrop {
    fn drop(&mut self) {
        exit_now(PANICKED)
    }
}
