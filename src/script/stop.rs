//! Endings that no `catch` stops: `sys.exit`, Ctrl-C, SIGTERM, a closed output, the host's word.
//!
//! Rhai carries them as `ErrorTerminated`. Some of its natives (`array.map`) turn even that into an error a
//! script could catch, so the reason is noted in the host as well and ends the script at its next step.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rhai::{Dynamic, EvalAltResult, Position};

use crate::process::signals::{self, Request};
use crate::script::exceptions::{Exception, Failure, raise};
use crate::script::interp::Interp;
use crate::script::limits::Exceeded;
use crate::script::report::{self, Ending};
use crate::sync::{Deadline, Offset};
use crate::sys::clock::now_ns;
use crate::sys::interrupt;
use crate::sys::lock::locked;

/// The longest wait outside the session between two looks whether the script has to stop: a signal may come just before the wait
/// begins, or to another thread.
const LOOK: Duration = Duration::from_millis(50);

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
    /// The embedding program said so.
    Host,
    /// It has used up what it was given.
    Limit(Exceeded),
    /// It has called itself so often that little is left of the stack.
    Recursion,
}

impl Stop {
    /// The stop a signal has asked for.
    pub(crate) fn requested_by_signal() -> Option<Self> {
        Some(match signals::requested()? {
            Request::Interrupt => Self::Interrupt,
            Request::Terminate => Self::Terminate,
        })
    }

    /// The stop inside an error, if that is what it is.
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
                match exception.kind() {
                    "SystemExit" => Some(Self::Exit(code)),
                    "KeyboardInterrupt" => Some(Self::Interrupt),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

thread_local! {
    /// The host whose script this thread alone has to stop: `sys.exit` ends the thread that calls it.
    static ENDS: Cell<*const Interp> = const { Cell::new(std::ptr::null()) };
    /// What it was called with.
    static EXIT: RefCell<Dynamic> = const { RefCell::new(Dynamic::UNIT) };
}

/// Why this thread alone has to stop `host`'s script, if it has to.
#[inline]
pub(crate) fn of_this_thread(interp: &Interp) -> Option<Stop> {
    std::ptr::eq(ENDS.get(), interp).then(|| Stop::Exit(EXIT.with_borrow(Clone::clone)))
}

/// This thread goes on after all.
pub(crate) fn forget_exit() {
    ENDS.set(std::ptr::null());
    // It may be the last that holds a queue, and with it a session.
    EXIT.set(Dynamic::UNIT);
}

impl Interp {
    /// The error a native returns to end the script for `stop`; `sys.exit` ends the calling thread.
    pub(crate) fn stop(&self, stop: Stop) -> Failure {
        if let Stop::Exit(value) = &stop {
            // Nobody says when the next script of an engine of the host's begins.
            if !self.guest.is_guest() || self.threads.is_one_of_them() {
                EXIT.set(value.clone());
                ENDS.set(self);
            }
        } else {
            self.request_stop(stop.clone());
        }
        EvalAltResult::ErrorTerminated(Dynamic::from(stop), Position::NONE).into()
    }

    /// The end of this process's part of the program: its threads, then its children. Gives the exit code, `code` if nothing changes it
    /// now, and the request that made an orderly end one where everybody is told to end.
    pub(crate) fn finish(self: &Arc<Self>, code: i32, told_to_end: bool) -> (i32, Option<Stop>) {
        let request = self.threads.finish(self, told_to_end);
        let told_to_end = told_to_end || request.is_some();
        let request = self.family.finish(self, told_to_end).or(request);
        (locked(&self.late_code).unwrap_or(code), request)
    }

    /// Whether an interrupted wait for the end of the program goes on: when a signal's handler threw, the error is reported, and
    /// the exit code says so. A handler that called `sys.exit` means what it says.
    pub(crate) fn waits_on_for_the_end(&self) -> bool {
        let Some(thrown) = self.handlers.take_thrown() else {
            return false;
        };
        let frames = |error: &EvalAltResult| report::task_frames(error, &self.program, None, false);
        match Ending::of(self, Err(thrown), frames) {
            Ending::Failed(exception) => {
                report::print(self, &report::diagnostic_of(self, &exception));
                *locked(&self.late_code) = Some(report::FAILED);
                true
            }
            Ending::Code(code) => {
                *locked(&self.late_code) = Some(code);
                false
            }
            _ => false,
        }
    }

    /// Sleeps until `deadline`, or until `over` after a signal was handled. Asks for no processor meanwhile.
    ///
    /// # Errors
    /// The script has to stop, or a handler of a signal threw.
    pub(crate) fn sleep_until(
        &self,
        deadline: Deadline,
        over: impl Fn() -> bool,
    ) -> Result<(), Failure> {
        loop {
            // Read first: what comes after this ends the sleep.
            let alerts = interrupt::alerts();
            if self.attend() {
                return Err(self.interrupted());
            }
            if over() || deadline.passed(now_ns()) {
                return Ok(());
            }
            interrupt::sleep(alerts, deadline);
        }
    }

    /// Waits for what is not in the session: `wait` is told how long it may take, and is called until it gives something.
    ///
    /// # Errors
    /// `TimeoutError` after the deadline, what `wait` says; the script has to stop, or a handler of a signal threw.
    pub(crate) fn wait_for<T>(
        &self,
        kind: u16,
        deadline: Option<Instant>,
        mut wait: impl FnMut(Duration) -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        self.waiting((kind, Offset::NONE), deadline, || {
            loop {
                if self.attend() {
                    return Err(self.interrupted());
                }
                let left = deadline.map_or(LOOK, |deadline| {
                    deadline.saturating_duration_since(Instant::now())
                });
                if let Some(found) = wait(left.min(LOOK))? {
                    return Ok(found);
                }
                if left.is_zero() {
                    return Err(raise("TimeoutError", "timed out"));
                }
            }
        })
    }

    /// The error a native returns when its wait was interrupted.
    pub(crate) fn interrupted(&self) -> Failure {
        if let Some(thrown) = self.handlers.take_thrown() {
            return thrown;
        }
        let stop = self.stopping().unwrap_or(Stop::Host);
        EvalAltResult::ErrorTerminated(Dynamic::from(stop), Position::NONE).into()
    }
}
