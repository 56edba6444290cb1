//! Children that end: noticing it, waiting for it, and reading their report.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::Instant;

use super::family::Family;
use super::process::{Process, Stage};
use crate::process::ExitStatus;
use crate::process::child::{StillRunning, wait_ended};
use crate::script::events::{Weight, event};
use crate::script::exception_class::{unpack_exception, unreadable_exception};
use crate::script::{Interp, report};
use crate::sync::{Offset, ProcessId, ShmError, beat_outside, wait_kind};
use crate::sys;

impl Process {
    /// Returns the exit code if the child has ended. Reaps it then, and releases what it held of the session.
    pub(crate) fn poll(&self, interp: &Arc<Interp>) -> Option<i64> {
        let (exitcode, place) = self.with(|state| {
            if state.creator != sys::process::pid() {
                return None;
            }
            let known = state.sentinel_is_known;
            let (status, pid, place, sentinel) = match &mut state.stage {
                Stage::Started { child, place } => {
                    let status = child.poll().ok().flatten()?;
                    (status, child.pid(), *place, known.then(|| child.sentinel()))
                }
                Stage::Ended { exitcode, .. } => return Some((*exitcode, None)),
                Stage::Initial | Stage::Elsewhere { .. } => return None,
            };
            let exitcode = status.exitcode();
            state.stage = Stage::Ended {
                pid,
                exitcode,
                sentinel,
            };
            Some((exitcode, Some(place)))
        })?;
        if let Some(place) = place {
            interp.output.take_in();
            self.collect(interp, place);
            self.report_end(exitcode);
            if exitcode != 0 && interp.is_interactive() {
                Family::of(interp).note_bad_end(self, exitcode);
            }
        }
        Some(exitcode)
    }

    fn report_end(&self, exitcode: i64) {
        let weight = match exitcode {
            0 => Weight::Usual,
            _ => Weight::Warning,
        };
        event(weight, || {
            let (name, pid) = (self.identity().name, self.pid().unwrap_or_default());
            match exitcode {
                ..0 => format!(
                    "process {name} (pid {pid}) was killed by signal {}",
                    -exitcode
                ),
                _ => format!("process {name} (pid {pid}) ended with exit code {exitcode}"),
            }
        });
    }

    /// Returns whether it is a child of this process that has not ended. A closed object refers to none.
    pub(crate) fn is_running(&self, interp: &Arc<Interp>) -> bool {
        self.poll(interp);
        self.with(|state| matches!(state.stage, Stage::Started { .. }))
    }

    /// Reads the report of a child that has ended and clears its slot in the session.
    fn collect(&self, interp: &Arc<Interp>, place: ProcessId) {
        let Some(session) = interp.existing_session() else {
            return;
        };
        let report = session.take_report(place);
        // An error means that the session has swept the slot already.
        let _ = session.child_ended(place);
        let exception = match report {
            Ok(Some(bytes)) => unpack_exception(interp, &bytes),
            Ok(None) | Err(ShmError::NoSuchProcess) => return,
            Err(error) => unreadable_exception(&error.to_string()),
        };
        // A child ended by Ctrl-C does not report: the main process reports for the whole family. A parent that was not
        // interrupted itself reports for the child.
        let alone = interp.stopping().is_none() && !Family::of(interp).is_ending();
        // A prompt reports it with its other news.
        if exception.python_kind() == "KeyboardInterrupt" && alone && !interp.is_interactive() {
            let mut told = report::diagnostic_of(interp, &exception);
            told.process = Some(self.identity().name);
            report::print(interp, &told);
        }
        self.with(|state| state.exception = Some(exception));
    }

    /// Waits for the child's end, at most until `deadline`, and reaps it.
    pub(crate) fn wait(
        &self,
        interp: &Arc<Interp>,
        deadline: Option<Instant>,
    ) -> Result<(), StillRunning> {
        loop {
            if self.poll(interp).is_some() {
                // Ctrl-C ends children too: their end must not hide it, nor a signal that came before it.
                return match interp.check_interrupts() {
                    false => Ok(()),
                    true => Err(StillRunning::Interrupted),
                };
            }
            let Some((sentinel, place)) = self.started() else {
                return Ok(());
            };
            wait_child(interp, (sentinel.as_fd(), place), deadline)?;
        }
    }

    /// Python's representation: `<Process name='Process-1' pid=12 parent=11 started>`.
    pub(crate) fn repr(&self, interp: &Arc<Interp>) -> String {
        self.poll(interp);
        self.with(|state| {
            let mut text = format!("<Process name='{}'", state.identity.name);
            let own = sys::process::pid();
            let shown = |pid: &i32| !state.closed && *pid != own;
            if let Some(pid) = state.stage.pid().filter(shown) {
                text.push_str(&format!(" pid={pid}"));
            }
            text.push_str(&format!(" parent={}", state.creator));
            let is_mine = state.creator == sys::process::pid();
            text.push_str(&match &state.stage {
                _ if state.closed => " closed".to_string(),
                Stage::Elsewhere { pid } if *pid == sys::process::pid() => " started".into(),
                _ if !is_mine => " unknown".into(),
                Stage::Initial => " initial".into(),
                Stage::Started { .. } => " started".into(),
                Stage::Ended { exitcode, .. } => {
                    format!(" stopped exitcode={}", ExitStatus::shown(*exitcode))
                }
                Stage::Elsewhere { .. } => " unknown".into(),
            });
            if state.identity.daemon {
                text.push_str(" daemon");
            }
            text + ">"
        })
    }
}

impl Family {
    /// Returns the children that are running; the ended ones are reaped.
    pub(crate) fn active_children(&self, interp: &Arc<Interp>) -> Vec<Process> {
        let children = self.children();
        let (running, ended): (Vec<_>, Vec<_>) = children
            .into_iter()
            .partition(|child| child.is_running(interp));
        self.forget_children(&ended);
        running
    }
}

/// Waits for the end of the child behind a descriptor.
pub(super) fn wait_child(
    interp: &Arc<Interp>,
    (sentinel, place): (BorrowedFd<'_>, ProcessId),
    deadline: Option<Instant>,
) -> Result<(), StillRunning> {
    let wait = || {
        let session = interp.existing_session().filter(|_| deadline.is_none());
        let beats = || session.as_ref().is_some_and(beat_outside);
        let stop = || interp.check_interrupts() || beats();
        wait_ended(sentinel, deadline, stop).unwrap_or(Err(StillRunning::Interrupted))
    };
    let what = (wait_kind::PROCESS, Offset(place.pack()));
    interp.waiting(what, deadline, wait)
}
