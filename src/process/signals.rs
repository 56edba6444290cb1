//! Ctrl-C and SIGTERM: what a process of a family does with them.
//!
//! | process | SIGINT | SIGTERM |
//! | --- | --- | --- |
//! | main | stops the script, ends the family, exits 130 | stops the script, ends the family, dies by SIGTERM |
//! | child with children | stops the script quietly; its parent reports | as main |
//! | child without children | the same | dies at once, as the kernel does it |
//!
//! A host that embeds the crate keeps its own handlers: only the command installs these.

use std::io;

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

/// This process now has children: a SIGTERM must reach them too.
pub(crate) fn install_for_parent() -> io::Result<()> {
    signal::catch(Signal::SIGTERM)
}

/// A new child starts with no request and no children.
pub(crate) fn reset_in_child() -> io::Result<()> {
    signal::default(Signal::SIGTERM)?;
    signal::forget_request();
    Ok(())
}

/// The request that is waiting to be carried out.
pub(crate) fn requested() -> Option<Request> {
    match signal::requested()? {
        Signal::SIGTERM => Some(Request::Terminate),
        _ => Some(Request::Interrupt),
    }
}

/// Forgets a request, so that waiting works again.
pub(crate) fn forget_request() {
    signal::forget_request();
}
