//! The end of a process's part of the program: its threads, then its children.
//!
//! The daemon children of a process are terminated and the others joined. When the process was asked to end (Ctrl-C, SIGTERM), all
//! of them are terminated, and killed if they do not end in time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::family::Family;
use super::process::Process;
use super::remote::Remotes;
use crate::process::child::StillRunning;
use crate::script::report::Reports;
use crate::script::{Interp, Stop};
use crate::stdlib::threading::roster::Roster;
use crate::sync::Role;
use crate::sys::interrupt;
use crate::sys::signal::Signal;

/// How long the main process's children may take to end when they are asked to, before they are killed.
const GRACE: Duration = Duration::from_secs(4);

/// The same in a host.
const GRACE_IN_A_HOST: Duration = Duration::from_millis(500);

/// How often functions for signals are called when everybody has ended: one that sends its own signal again must not keep the process.
const LATE_SIGNALS: usize = 16;

/// Waits for the threads and the children of this process, or ends them. Returns the exit code, `code` if nothing changes it now,
/// and the request that made an orderly end one where everybody is asked to end.
pub(crate) fn finish(interp: &Arc<Interp>, code: i32, told_to_end: bool) -> (i32, Option<Stop>) {
    let mut request = end_others(interp, told_to_end);
    for _ in 0..LATE_SIGNALS {
        if !interrupt::caught_any() {
            break;
        }
        // Its function may have started something.
        if interp.handle_signals() {
            interp.waits_on_for_the_end();
        }
        let ends = told_to_end || request.is_some();
        request = end_others(interp, ends).or(request);
    }
    if !told_to_end && request.is_none() {
        // It came when there was nobody left to wait for.
        request = interp
            .stopping()
            .filter(|stop| !matches!(stop, Stop::Exit(_)));
    }
    let code = Reports::of(interp).late_code().unwrap_or(code);
    Remotes::of(interp).leave(interp, code, told_to_end || request.is_some());
    (code, request)
}

/// Ends the threads, then the children.
fn end_others(interp: &Arc<Interp>, told_to_end: bool) -> Option<Stop> {
    let mut request = Roster::of(interp).finish(interp, told_to_end);
    if !told_to_end && request.is_none() {
        request = finish_executors(interp);
    }
    let told_to_end = told_to_end || request.is_some();
    if !told_to_end {
        interp.at_exit();
    }
    interp.write_last_line();
    Family::of(interp).finish(interp, told_to_end).or(request)
}

/// Waits until executors have done what they were given. Returns a request to end that came during the wait.
fn finish_executors(interp: &Arc<Interp>) -> Option<Stop> {
    interp.forget_exit();
    while interp.complete().is_err() {
        if !interp.waits_on_for_the_end() {
            return Some(interp.stopping().unwrap_or(Stop::Host));
        }
    }
    // Their callbacks may have started threads.
    Roster::of(interp).finish(interp, false)
}

impl Family {
    /// Ends the family: in order, or all at once when this process was asked to end.
    ///
    /// An orderly end that Ctrl-C or SIGTERM interrupts ends everybody at once. Returns that request.
    pub(crate) fn finish(&self, interp: &Arc<Interp>, told_to_end: bool) -> Option<Stop> {
        if told_to_end {
            self.end_all(interp);
            return None;
        }
        interp.forget_exit();
        if self.end(interp).is_ok() {
            return None;
        }
        let request = interp.stopping();
        self.end_all(interp);
        request
    }

    /// Ends the family in order: daemons are terminated, the others joined.
    fn end(&self, interp: &Arc<Interp>) -> Result<(), StillRunning> {
        let children = self.active_children(interp);
        let (daemons, others): (Vec<_>, Vec<_>) = children
            .into_iter()
            .partition(|child| child.identity().daemon);
        daemons
            .iter()
            .for_each(|child| child.signal(Signal::SIGTERM));
        let wait = |child: &Process| loop {
            match Role::LEFT.added(|| child.wait(interp, None)) {
                Err(_) if interp.waits_on_for_the_end() => (),
                waited => return waited,
            }
        };
        others.iter().try_for_each(wait)?;
        end_listening(&daemons, interp);
        Ok(())
    }

    /// Ends a family that was asked to end: every child is terminated, and killed if it does not end in time.
    fn end_all(&self, interp: &Arc<Interp>) {
        self.begin_ending();
        interp.forget_stop();
        let children = self.active_children(interp);
        children
            .iter()
            .for_each(|child| child.signal(Signal::SIGTERM));
        end_listening(&children, interp);
    }
}

/// Returns how long children may take: half of their parent's time, so that it does not kill them while they wait for their own.
fn grace(interp: &Interp) -> Duration {
    let generation = Family::of(interp).identity().numbers.len();
    // A host should not wait long for its scripts' children.
    let grace = match interp.owns_signals() && !interp.settings.isolated {
        true => GRACE,
        false => GRACE_IN_A_HOST,
    };
    grace / 2_u32.saturating_pow(u32::try_from(generation).unwrap_or(u32::MAX))
}

/// Waits for children that were sent SIGTERM; after their [`grace`], or a second request, they are killed.
fn end_listening(children: &[Process], interp: &Arc<Interp>) {
    let deadline = Instant::now() + grace(interp);
    for child in children {
        if child.wait(interp, Some(deadline)).is_err() {
            child.signal(Signal::SIGKILL);
            interp.forget_stop();
            let _ = child.wait(interp, None);
        }
    }
}
