//! Endings that no `catch` stops: `sys.exit`, Ctrl-C, SIGTERM, a closed output, the host's word.
//!
//! Rhai carries them as `ErrorTerminated`. Some of its natives (`array.map`) turn even that into an error a script could
//! catch, so the reason is noted in the interpreter as well and ends the script at its next step.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rhai::{Dynamic, EvalAltResult};

use crate::process::signals::{self, Request};
use crate::script::exceptions::Exception;
use crate::script::limits::Exceeded;

/// Why a script stops.
#[derive(Debug, Clone)]
pub(crate) enum Stop {
    /// `sys.exit(value)`.
    Exit(Dynamic),
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// Nobody reads the output any more (`| head -1`).
    OutputClosed,
    /// The host asked for it.
    Host,
    /// It has used up one of its limits.
    Limit(Exceeded),
    /// It has called itself so often that little is left of the stack.
    Recursion,
    /// It has caught this `DeadlockError` again and again while nobody took a step.
    Deadlock(Exception),
}

impl Stop {
    /// Returns the stop that a signal has requested.
    pub(crate) fn requested_by_signal() -> Option<Self> {
        Some(match signals::requested()? {
            Request::Interrupt => Self::Interrupt,
            Request::Terminate => Self::Terminate,
        })
    }

    /// Returns the stop inside an error, if that is what it is.
    pub(crate) fn of(error: &EvalAltResult) -> Option<Self> {
        match error.unwrap_inner() {
            EvalAltResult::ErrorTerminated(token, _) => Some(
                token
                    .read_lock::<Self>()
                    .map_or(Self::Host, |stop| stop.clone()),
            ),
            EvalAltResult::Exit(value, _) => Some(Self::Exit(value.clone())),
            EvalAltResult::ErrorRuntime(value, _) => {
                let exception = Exception::from_thrown(value);
                let code = exception.args().first().cloned().unwrap_or(Dynamic::UNIT);
                match exception.python_kind() {
                    "SystemExit" => Some(Self::Exit(code)),
                    "KeyboardInterrupt" => Some(Self::Interrupt),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// The epoch of a thread that no script has started: it never ends before the others.
const NO_EPOCH: u64 = u64::MAX;

thread_local! {
    /// The interpreter whose script this thread alone has to stop, by its address: `sys.exit` ends the thread that calls it.
    static ENDS: Cell<usize> = const { Cell::new(0) };
    /// The argument of `sys.exit`.
    static EXIT: RefCell<Dynamic> = const { RefCell::new(Dynamic::UNIT) };
    /// How often all threads had been asked to end when a script started this one.
    static EPOCH: Cell<u64> = const { Cell::new(NO_EPOCH) };
    /// What is set, and followed by an alert, when this thread alone is to end.
    static DISMISSED: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
    /// The interpreter, by its address, whose script had no reason to stop when this thread last looked, and how many alerts there had
    /// been before that look.
    static LOOKED: Cell<(usize, u32)> = const { Cell::new((0, 0)) };
}

/// Returns whether nothing has happened since this thread found no reason to stop the script of the interpreter at this address.
#[inline]
pub(super) fn is_quiet(interp: usize, alerts: u32) -> bool {
    LOOKED.get() == (interp, alerts)
}

/// Notes that this thread has found no reason to stop. The alerts were counted before the look.
pub(super) fn note_quiet(interp: usize, alerts: u32) {
    LOOKED.set((interp, alerts));
}

/// Makes this thread look again: it knows of a change that has sent no alert yet, or is its own.
pub(super) fn look_again() {
    LOOKED.set((0, 0));
}

/// Notes that this thread has to stop the script of the interpreter at this address.
pub(super) fn exit_this_thread(interp: usize, value: Dynamic) {
    EXIT.set(value);
    ENDS.set(interp);
    look_again();
}

/// Returns why this thread alone has to stop the script of the interpreter at this address, if it has to.
#[inline]
pub(super) fn of_this_thread(interp: usize) -> Option<Stop> {
    (ENDS.get() == interp).then(|| {
        let value = EXIT.try_with(|value| value.borrow().clone());
        Stop::Exit(value.unwrap_or_default())
    })
}

/// This thread continues after all.
pub(super) fn forget_exit() {
    // Most threads have never had a value; to look at it would make one.
    if ENDS.replace(0) == 0 {
        return;
    }
    // It may be the last that holds a queue, and with it a session. A runtime that the thread keeps for itself ends with the thread,
    // when the value may be gone.
    let value = EXIT.try_with(|value| value.replace(Dynamic::UNIT));
    drop(value);
}

/// Runs the body of a thread that a script has started in this epoch.
pub(crate) fn in_thread_of(epoch: u64, body: impl FnOnce()) {
    EPOCH.set(epoch);
    look_again();
    body();
    EPOCH.set(NO_EPOCH);
}

/// Ends the calling thread, which runs tasks of a script, at its next step once `flag` is set and an alert was sent.
pub(crate) fn end_by(flag: Arc<AtomicBool>) {
    DISMISSED.set(Some(flag));
    look_again();
}

/// Returns whether the calling thread alone is to end.
pub(super) fn is_dismissed() -> bool {
    let is_set = |flag: &Option<Arc<AtomicBool>>| {
        flag.as_ref()
            .is_some_and(|flag| flag.load(Ordering::SeqCst))
    };
    DISMISSED
        .try_with(|flag| is_set(&flag.borrow()))
        .unwrap_or_default()
}

/// Returns whether a script has started the calling thread.
pub(super) fn is_script_thread() -> bool {
    EPOCH.get() != NO_EPOCH
}

/// Returns whether the calling thread was asked to end with all others, before this epoch.
#[inline]
pub(super) fn is_of_before(epoch: u64) -> bool {
    EPOCH.get() < epoch
}
