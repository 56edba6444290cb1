//! Ctrl-C and SIGTERM: what a process of a family does with them.
//!
//! | process | SIGINT | SIGTERM |
//! | --- | --- | --- |
//! | main | stops the script, ends the family, exits 130 | stops the script, ends the family, dies by SIGTERM |
//! | child with children | stops the script quietly; its parent reports | as main |
//! | child without children | the same | dies at once, as the kernel does it |
//! | somebody types at it | stops what was typed | stops what was typed and ends the family; where nothing runs, dies at once and has its children sent SIGTERM by the kernel |
//!
//! A host that embeds the crate keeps its own handlers: only the command installs these.

use std::io;

use crate::sys::process;
use crate::sys::signal::{self, Signal};

/// What stopped a script from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

/// The command's main process: Ctrl-C is noted, SIGTERM is left to the kernel until there are children,
/// and outgrowing a file-size limit is an error of the write instead of a death.
pub(crate) fn install() -> io::Result<()> {
    // A job in the background is started deaf to Ctrl-C, and stays so.
    if !signal::is_ignored(Signal::SIGINT) {
        signal::catch(Signal::SIGINT)?;
    }
    // Ignored, it would make the kernel throw exit statuses away.
    signal::default(Signal::SIGCHLD)?;
    // Rust's handlers for a stack overflow let the first such signal from outside pass unnoticed.
    signal::default(Signal::SIGSEGV)?;
    signal::default(Signal::SIGBUS)?;
    signal::ignore(Signal::SIGXFSZ)
}

/// A child that is a copy of a program which has its own ways with signals: as if it were a fresh run of it.
///
/// A handler of that program would do its work on what it has copies of here: the pipe, for one, that wakes its threads.
pub(crate) fn begin_anew() {
    signal::forget_handlers();
    // Without its handlers Ctrl-C ends the process at once.
    let _ = install();
    signal::forget_request();
}

/// What ends a program that somebody types at: SIGTERM, and the end of the terminal.
pub(crate) const ENDINGS: [Signal; 2] = [Signal::SIGTERM, Signal::SIGHUP];

/// While something that was typed runs, `signal` is noted, so that the program can end in order.
pub(crate) fn note_ending(signal: Signal) {
    if !signal::is_ignored(signal) {
        let _ = signal::catch(signal);
    }
}

/// The kernel ends the program by `signal` at once.
pub(crate) fn leave_ending(signal: Signal) {
    if !signal::is_ignored(signal) {
        let _ = signal::default(signal);
    }
}

/// While it lives, threads that are started have these signals held back: they are the main thread's, which may hold them
/// back for itself.
pub(crate) fn kept_from_new_threads() -> Option<signal::Held> {
    // Without it a new thread takes them as any other: no reason not to start it.
    signal::Held::new(&ENDINGS).ok()
}

/// While it lives, the calling thread holds none of them back, and neither does a program that it starts.
///
/// # Errors
/// Those of `sigprocmask(2)`.
pub(crate) fn let_through_to_command() -> io::Result<signal::Held> {
    signal::Held::none_of(&ENDINGS)
}

/// A new child starts with no request and no children. What its script does about SIGTERM itself stays.
fn reset_in_child(own_sigterm: bool) -> io::Result<()> {
    if !own_sigterm {
        signal::default(Signal::SIGTERM)?;
    }
    signal::forget_request();
    Ok(())
}

/// The request that is waiting to be carried out.
pub(crate) fn requested() -> Option<Request> {
    match signal::requested()? {
        Signal::SIGTERM | Signal::SIGHUP => Some(Request::Terminate),
        _ => Some(Request::Interrupt),
    }
}

/// Forgets a request, so that waiting works again.
pub(crate) fn forget_request() {
    signal::forget_request();
}

/// Whose business signals are in the process that starts a child.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signals {
    /// This crate's; otherwise the host's.
    pub(crate) are_ours: bool,
    /// The script does something about SIGTERM itself.
    pub(crate) own_sigterm: bool,
    /// The script does something about SIGHUP itself.
    pub(crate) own_sighup: bool,
    /// Somebody types at this process: a child gets a process group of its own, so that what the terminal sends is not
    /// for it, and the kernel ends it when this process ends, however that happens.
    pub(crate) interactive: bool,
}

impl Signals {
    /// First thing in a forked child.
    ///
    /// SIGINT is held back here: one that the terminal sent before the child had its own group is thrown away.
    pub(crate) fn begin_child(self) {
        if self.interactive {
            let _ = process::own_group(0);
            if self.are_ours && !self.own_sighup {
                leave_ending(Signal::SIGHUP);
            }
            signal::discard_from_terminal(Signal::SIGINT);
        }
        if self.are_ours {
            // Without it a SIGTERM ends the child in order instead of at once.
            let _ = reset_in_child(self.own_sigterm);
        }
    }

    /// First thing in a spawned child whose parent somebody types at: as in [`begin_child`](Self::begin_child), the
    /// terminal's SIGINT is not for it.
    pub(crate) fn begin_spawned() {
        signal::discard_from_terminal(Signal::SIGINT);
        let _ = signal::let_come(Signal::SIGINT);
    }

    /// The process is about to have children.
    pub(crate) fn begin_parent(self) -> io::Result<()> {
        if self.are_ours && !self.own_sigterm && !self.interactive {
            signal::catch(Signal::SIGTERM)?;
        }
        Ok(())
    }
}
