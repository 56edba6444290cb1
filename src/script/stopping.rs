//! Stopping the script of an interpreter, and the waits that notice it.

use std::time::{Duration, Instant};

use rhai::{Dynamic, EvalAltResult, Position};

use crate::script::exceptions::{Failure, raise};
use crate::script::interp::Interp;
use crate::script::stop::{self, Stop};
use crate::script::turns::Lasts;
use crate::sync::{Deadline, Offset, take_raised};
use crate::sys::clock::{now_ns, slice};
use crate::sys::{identity, interrupt};

impl Interp {
    /// Returns the error a native returns to end the script for `stop`; `sys.exit` ends the calling thread.
    pub(crate) fn stop(&self, stop: Stop) -> Failure {
        if let Stop::Exit(value) = &stop {
            // Nothing tells us when the next script on an engine of the host begins, so the stop would end that one too.
            if !self.host_engines.in_use() || stop::is_script_thread() {
                stop::exit_this_thread(self.address(), value.clone());
            }
        } else {
            self.request_stop(stop.clone());
        }
        terminated(stop)
    }

    /// Notes that the script has to stop; what it is doing is ended at its next step.
    pub(crate) fn request_stop(&self, stop: Stop) {
        self.requests.note(stop);
        if let Some(session) = self.existing_session() {
            self.requests.publish(&session);
            session.count_stop();
        }
        interrupt::alert();
    }

    /// Returns why the script has to stop, if it has to. This is asked at every step of a script. Whatever changes the answer sends an
    /// alert afterwards, or makes its own thread look again.
    #[inline]
    pub(crate) fn stopping(&self) -> Option<Stop> {
        // Counted first: an alert during the look is seen by the next one.
        let alerts = interrupt::alerts();
        if stop::is_quiet(self.address(), alerts) {
            return None;
        }
        let found = self.look_for_stop();
        if found.is_none() {
            stop::note_quiet(self.address(), alerts);
        }
        found
    }

    #[cold]
    fn look_for_stop(&self) -> Option<Stop> {
        if let Some(stop) = stop::of_this_thread(self.address()) {
            return Some(stop);
        }
        if stop::is_of_before(self.requests.epoch()) || stop::is_dismissed() {
            return Some(Stop::Host);
        }
        let request = self.requests.current();
        request.or_else(|| {
            self.owns_signals()
                .then(Stop::requested_by_signal)
                .flatten()
        })
    }

    /// Calls the script's functions for signals that have come. Returns whether one of them threw.
    pub(crate) fn handle_signals(&self) -> bool {
        interrupt::caught_any() && self.handle_caught()
    }

    #[cold]
    fn handle_caught(&self) -> bool {
        if interrupt::is_caught(interrupt::PLACES) {
            self.tell_place();
        }
        let is_main = identity::thread_id() == identity::process_id();
        if is_main && interrupt::take_caught(interrupt::REPORT) {
            self.answer_quit();
        }
        self.states().all().any(|state| state.handle_signals())
    }

    /// Takes the error that a function for a signal threw.
    pub(crate) fn take_thrown(&self) -> Option<Failure> {
        self.states().all().find_map(|state| state.take_thrown())
    }

    /// Calls the functions of signals that have come. Returns whether the wait in which this is asked has to end: one of the
    /// functions threw, or the script has to stop. [`interrupted`](Self::interrupted) gives the error.
    pub(crate) fn check_interrupts(&self) -> bool {
        self.handle_signals() || self.stopping().is_some()
    }

    /// Returns the error with which a wait has to end that consists of several: a function for a signal threw, in one of them or now, or the
    /// script has to stop.
    pub(crate) fn interruption(&self) -> Option<Failure> {
        let thrown = self.take_thrown();
        thrown.or_else(|| self.check_interrupts().then(|| self.interrupted()))
    }

    /// Returns the error a native returns when its wait was interrupted.
    pub(crate) fn interrupted(&self) -> Failure {
        if let Some(raised) = take_raised() {
            return self.deadlock(&raised);
        }
        // A request may have ended the wait whose alert is still to come.
        stop::look_again();
        self.take_thrown()
            .unwrap_or_else(|| terminated(self.stopping().unwrap_or(Stop::Host)))
    }

    /// Returns the result, unless a signal has come that the script did not notice, because it neither waited nor used a variable.
    pub(crate) fn unless_interrupted(
        &self,
        result: Result<Dynamic, Failure>,
    ) -> Result<Dynamic, Failure> {
        result.and_then(|value| match self.check_interrupts() {
            true => Err(self.interrupted()),
            false => Ok(value),
        })
    }

    /// Sleeps until `deadline`, or until `over` after a signal was handled, without using the processor.
    ///
    /// # Errors
    /// The script has to stop, or a function for a signal threw.
    pub(crate) fn sleep_until(
        &self,
        deadline: Deadline,
        over: impl Fn() -> bool,
    ) -> Result<(), Failure> {
        loop {
            // Read first: what comes after this ends the sleep.
            let alerts = interrupt::alerts();
            if self.check_interrupts() {
                return Err(self.interrupted());
            }
            if over() || deadline.passed(now_ns()) {
                return Ok(());
            }
            interrupt::sleep(alerts, deadline);
        }
    }

    /// Waits for something outside the session: calls `wait` with the longest time it may take until it returns a value.
    ///
    /// # Errors
    /// `TimeoutError` after the deadline; the errors of `wait`; the script has to stop, or a function for a signal threw.
    pub(crate) fn wait_for<T>(
        &self,
        kind: u16,
        deadline: Option<Instant>,
        mut wait: impl FnMut(Duration) -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        self.waiting((kind, Offset::NONE), deadline, || {
            loop {
                if self.check_interrupts() {
                    return Err(self.interrupted());
                }
                let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
                if let Some(found) = wait(slice(left))? {
                    return Ok(found);
                }
                if left == Some(Duration::ZERO) {
                    return Err(raise("TimeoutError", "timed out"));
                }
            }
        })
    }

    /// Clears the script's own request to end, so that waiting works again. Requests of a signal, the host or a limit remain, and a
    /// closed output, which a thread may have found.
    pub(crate) fn forget_exit(&self) {
        self.forget(|stop| !matches!(stop, Stop::Host | Stop::Limit(_) | Stop::OutputClosed));
    }

    /// Clears what a task of a worker has brought on itself: a limit, or an endless wait. The next task may go on.
    #[cfg(feature = "redis")]
    pub(crate) fn forget_own_stop(&self) {
        self.forget(|stop| matches!(stop, Stop::Limit(_) | Stop::Deadlock(_)));
    }

    /// Clears the request of `sys.exit` that ends the calling thread, which continues after all.
    pub(crate) fn forget_exit_of_thread(&self) {
        stop::forget_exit();
    }

    /// Requests to the parent's script are not for this process; a signal that has come here meanwhile is.
    pub(crate) fn forget_the_parents_stop(&self) {
        self.forget(|_| true);
    }

    /// Clears every request, a signal's too, so that waiting works again at the end of the program.
    pub(crate) fn forget_stop(&self) {
        self.forget(|_| true);
        if self.owns_signals() {
            crate::process::signals::forget_request();
        }
    }

    fn forget(&self, is_meant: impl Fn(&Stop) -> bool) {
        if self.is_over() {
            return;
        }
        if self.requests.forget(is_meant) {
            self.publish_requests();
        }
        stop::forget_exit();
    }

    /// Waits until no evaluation runs and no stop is being carried out, and takes the turn.
    pub(crate) fn take_turn(&self) {
        self.turns.take();
    }

    /// Ends the turn. Returns false if the host has asked for a stop that nobody has carried out: the turn goes on for that.
    pub(crate) fn release_turn(&self) -> bool {
        self.turns.release(|lasts| self.settle(lasts))
    }

    /// Requests a stop for the host. Returns true if no evaluation runs: the caller has the turn then, and carries out the stop.
    pub(crate) fn stop_for_host(&self, lasts: Lasts) -> bool {
        self.turns.stop(lasts, || self.request_stop(Stop::Host))
    }

    /// Notes, in a turn, that the host's stop is being carried out.
    pub(crate) fn carry_out_stop(&self) {
        self.turns.carry_out();
    }

    /// Ends the host's stop. An evaluation that it is ending at this moment ends all the same.
    pub(crate) fn resume(&self) {
        self.turns.resume(|lasts| self.settle(lasts));
    }

    /// Between turns, the host's stop is requested exactly as long as it lasts.
    fn settle(&self, lasts: Lasts) {
        if self.is_over() {
            return;
        }
        if lasts == Lasts::Over {
            if self.requests.forget(|stop| matches!(stop, Stop::Host)) {
                self.publish_requests();
            }
            return;
        }
        self.requests.note(Stop::Host);
        self.publish_requests();
        interrupt::alert();
    }

    /// Shows the waits of the session whether the script has to stop.
    fn publish_requests(&self) {
        if let Some(session) = self.existing_session() {
            self.requests.publish(&session);
        }
    }

    /// Ends the threads that scripts have started so far at their next step, whenever that is.
    pub(crate) fn stop_older_threads(&self) {
        self.requests.begin_epoch();
        interrupt::alert();
    }

    /// Returns the epoch in which a script starts a thread now.
    pub(crate) fn thread_epoch(&self) -> u64 {
        self.requests.epoch()
    }

    /// Suspends the end of this thread by `sys.exit`, if that is why it stops.
    pub(crate) fn suspend_exit(&self) -> SuspendedExit {
        let address = self.address();
        let Some(Stop::Exit(value)) = stop::of_this_thread(address) else {
            return SuspendedExit(None);
        };
        stop::forget_exit();
        stop::look_again();
        SuspendedExit(Some((address, value)))
    }

    /// Returns a number that distinguishes this interpreter from others in this process.
    #[inline]
    pub(super) fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

/// While this exists, a thread that has called `sys.exit` runs functions of the script.
pub(crate) struct SuspendedExit(Option<(usize, Dynamic)>);

impl Drop for SuspendedExit {
    fn drop(&mut self) {
        if let Some((address, value)) = self.0.take() {
            stop::exit_this_thread(address, value);
        }
    }
}

fn terminated(stop: Stop) -> Failure {
    EvalAltResult::ErrorTerminated(Dynamic::from(stop), Position::NONE).into()
}
