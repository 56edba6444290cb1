//! Waits for the answers of servers, and what goes wrong as exceptions.

use std::sync::Mutex;

use crate::remote::caller::Caller;
use crate::remote::fault::{Fault, Refusal};
use crate::script::{Failure, Interp, raise, raise_bare};
use crate::sync::{Deadline, Offset, wait_kind};

/// A script that waits.
pub(super) struct Waiting<'a>(pub &'a Interp);

impl Caller for Waiting<'_> {
    fn has_to_stop(&self) -> bool {
        self.0.check_interrupts()
    }

    fn tell(&self, text: &str) {
        tell(self.0, text);
    }
}

/// A process that ends: it gives up after a short time, and is not asked to stop.
pub(super) struct Leaving<'a>(pub &'a Interp);

impl Caller for Leaving<'_> {
    fn has_to_stop(&self) -> bool {
        false
    }

    fn tell(&self, text: &str) {
        tell(self.0, text);
    }
}

pub(super) fn tell(interp: &Interp, text: &str) {
    // There is nobody else to tell.
    let _ = interp.output.error(&format!("procscript: {text}\n"));
}

/// Does something with the calling thread's use of an object that is called `what`, with the wait written down; `late` is raised after the
/// deadline.
pub(super) fn using<U, T>(
    interp: &Interp,
    used: &Mutex<U>,
    what: impl FnOnce() -> String,
    (deadline, late): (Deadline, &'static str),
    body: impl FnOnce(&mut U, &Waiting<'_>) -> Result<T, Fault>,
) -> Result<T, Failure> {
    let Ok(mut used) = used.try_lock() else {
        return Err(in_use(&what()));
    };
    let done = noted(interp, deadline, || body(&mut used, &Waiting(interp)));
    done.map_err(|fault| failure(interp, fault, late))
}

/// The error of a function for a signal that has interrupted this thread's use of the same object.
pub(super) fn in_use(what: &str) -> Failure {
    let text = format!(
        "{what} is in use by this thread at this moment: a function for a signal cannot use it"
    );
    raise("RuntimeError", text)
}

/// Does something that waits for a server, with the wait written down.
pub(super) fn noted<T>(interp: &Interp, deadline: Deadline, wait: impl FnOnce() -> T) -> T {
    match interp.existing_session() {
        Some(session) => {
            crate::sync::noted(&session, (wait_kind::SERVER, Offset::NONE), deadline, wait)
        }
        None => wait(),
    }
}

/// Returns the exception for what went wrong; `late` is raised when something has not come in time.
pub(crate) fn failure(interp: &Interp, fault: Fault, late: &'static str) -> Failure {
    let (kind, text) = match fault {
        Fault::Interrupted => return interp.interrupted(),
        Fault::TimedOut => return raise_bare(late),
        Fault::Broken(text) | Fault::Unreachable(text) => ("ConnectionError", text),
        Fault::Removed => (
            "ConnectionError",
            "the server has forgotten this process".into(),
        ),
        Fault::Refused(why, text) => {
            let kind = match why {
                Refusal::Login => "AuthenticationError",
                Refusal::Permission => "PermissionError",
                Refusal::Memory => "MemoryError",
                Refusal::Mismatch => "ValueError",
                Refusal::Server => "RuntimeError",
            };
            (kind, text)
        }
    };
    raise(kind, text)
}
