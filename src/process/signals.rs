//! How the processes of a family handle Ctrl-C and SIGTERM.
//!
//! | process | SIGINT | SIGTERM |
//! | --- | --- | --- |
//! | main | stops the script, ends the family, exits 130 | stops the script, ends the family, dies by SIGTERM |
//! | child with children | stops the script quietly; its parent reports | as main |
//! | child without children and temporary files | the same | dies at once, as the kernel does it |
//! | prompt | stops the running line | stops the running line and ends the family; if nothing runs, dies at once, and the kernel sends its children SIGTERM |
//!
//! SIGQUIT ends nobody: the process that gets it prints what the family does.
//!
//! A host that embeds the crate keeps its own handlers: only the command installs these.

use std::io;

use crate::sys::interrupt;
use crate::sys::process;
use crate::sys::signal::{self, Signal};

/// A request from outside to stop the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

/// Prepares the command's main process: Ctrl-C and SIGQUIT are noted, SIGTERM is left to the kernel until there are children or temporary files, and
/// exceeding a file-size limit makes the write fail instead of ending the process.
pub(crate) fn install() -> io::Result<()> {
    // A background job is started with Ctrl-C ignored, which stays so.
    if !signal::is_ignored(Signal::SIGINT) {
        signal::catch(Signal::SIGINT)?;
    }
    // It asks what the program does.
    if !signal::is_ignored(Signal::SIGQUIT) {
        signal::catch_to_report(Signal::SIGQUIT)?;
    }
    // If it were ignored, the kernel would discard exit statuses.
    signal::default(Signal::SIGCHLD)?;
    // Rust's handlers for stack overflows would ignore the first such signal from outside.
    signal::default(Signal::SIGSEGV)?;
    signal::default(Signal::SIGBUS)?;
    signal::ignore(Signal::SIGXFSZ)
}

/// Resets the signals of a child that is a copy of a program with its own handlers, as in a fresh run of it.
///
/// A handler of that program would act on copied state, such as the pipe that wakes the program's threads.
pub(crate) fn reset() {
    signal::forget_handlers();
    // Without its handlers, Ctrl-C ends the process at once.
    let _ = install();
    signal::forget_request();
}

/// The signals that end an interactive program: SIGTERM, and the end of the terminal.
pub(crate) const ENDINGS: [Signal; 2] = [Signal::SIGTERM, Signal::SIGHUP];

/// Makes `signal` be noted while an input runs, so that the program can end cleanly.
pub(crate) fn note_ending(signal: Signal) {
    if !signal::is_ignored(signal) {
        let _ = signal::catch(signal);
    }
}

/// Makes the kernel end the program by `signal` at once.
pub(crate) fn leave_ending(signal: Signal) {
    if !signal::is_ignored(signal) {
        let _ = signal::default(signal);
    }
}

/// While the guard lives, new threads start with these signals blocked, because they belong to the main thread, which
/// may block them for itself.
pub(crate) fn blocked_in_new_threads() -> Option<signal::Held> {
    // Without the block, a new thread gets these signals too, which is no reason not to start it.
    signal::Held::new(&ENDINGS).ok()
}

/// Resets a new child: no request, no children. A SIGTERM handler of its script stays.
fn reset_in_child(own_sigterm: bool) -> io::Result<()> {
    if !own_sigterm {
        signal::default(Signal::SIGTERM)?;
    }
    signal::forget_request();
    Ok(())
}

/// Returns the pending request.
pub(crate) fn requested() -> Option<Request> {
    match signal::requested()? {
        Signal::SIGTERM | Signal::SIGHUP => Some(Request::Terminate),
        _ => Some(Request::Interrupt),
    }
}

/// Clears a request, so that waiting works again.
pub(crate) fn forget_request() {
    signal::forget_request();
}

/// Who handles signals in the process that starts a child.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signals {
    /// Whether this crate handles them; otherwise the host does.
    pub(crate) are_ours: bool,
    /// Whether the script handles SIGTERM itself.
    pub(crate) own_sigterm: bool,
    /// Whether the script handles SIGHUP itself.
    pub(crate) own_sighup: bool,
    /// Whether this process is interactive: each child then gets its own process group, so that signals from the
    /// terminal do not reach it, and the kernel ends the child when this process ends for whatever reason.
    pub(crate) interactive: bool,
}

impl Signals {
    /// Must be called first in a forked child.
    ///
    /// All signals are blocked here. Those that came for a handler of the parent's script are the parent's. A SIGINT that the
    /// terminal sent before the child had its own group is discarded.
    pub(crate) fn begin_child(self) {
        interrupt::forget_caught();
        if self.interactive {
            let _ = process::own_group(0);
            if self.are_ours && !self.own_sighup {
                leave_ending(Signal::SIGHUP);
            }
            signal::discard_from_terminal(Signal::SIGINT);
        }
        if self.are_ours {
            // Without it, a SIGTERM ends the child cleanly instead of at once.
            let _ = reset_in_child(self.own_sigterm);
        }
    }

    /// Must be called first in a spawned child of an interactive process: as in [`begin_child`](Self::begin_child),
    /// the terminal's SIGINT is not for it.
    pub(crate) fn begin_spawned() {
        signal::discard_from_terminal(Signal::SIGINT);
        let _ = signal::unblock(Signal::SIGINT);
    }

    /// Prepares the process for having children, or anything else that it has to end itself.
    pub(crate) fn begin_parent(self) -> io::Result<()> {
        if self.are_ours && !self.own_sigterm && !self.interactive {
            signal::catch(Signal::SIGTERM)?;
        }
        Ok(())
    }
}
