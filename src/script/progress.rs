//! How far long work has come: counted here, shown by whom the host has named.
//!
//! A native begins a [`Bar`], advances it, and finishes it, and does not know who looks. Only the main process reports: a child's work is
//! part of what its parent waits for.

use std::sync::Weak;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::script::interp::Interp;
use crate::script::sinks::progress::{ProgressReport, ProgressStage};
use crate::script::stop;

/// The time between two reports on the same work.
const INTERVAL: Duration = Duration::from_millis(100);

/// A piece of work whose progress is reported, from [`begin`](Self::begin) to [`finish`](Self::finish) or the drop.
#[derive(Debug)]
pub(crate) struct Bar {
    interp: Weak<Interp>,
    id: u64,
    label: Option<String>,
    unit: Option<String>,
    total: Option<u64>,
    done: AtomicU64,
    begun: Instant,
    /// When the next report is due, in milliseconds after the beginning.
    due: AtomicU64,
    finished: AtomicBool,
}

impl Bar {
    /// Begins a piece of work of `total` steps, if that is known. The label names the work, the unit what is counted.
    pub(crate) fn begin(
        interp: &Interp,
        label: Option<String>,
        total: Option<u64>,
        unit: Option<String>,
    ) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let bar = Self {
            interp: interp.weak(),
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            label,
            unit,
            total,
            done: AtomicU64::new(0),
            begun: Instant::now(),
            due: AtomicU64::new(0),
            finished: AtomicBool::new(false),
        };
        bar.report(ProgressStage::Begun);
        bar
    }

    /// Counts `steps` more.
    pub(crate) fn advance(&self, steps: u64) {
        if self.finished.load(Ordering::Relaxed) {
            return;
        }
        let add = |done: u64| Some(done.saturating_add(steps));
        let _ = self
            .done
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let due = self.due.load(Ordering::Relaxed);
        let next = now.saturating_add(INTERVAL.as_millis() as u64);
        // Of several threads one reports.
        let is_mine = |due| {
            self.due
                .compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed)
        };
        if now >= due && is_mine(due).is_ok() {
            self.report(ProgressStage::Advanced);
        }
    }

    /// Ends the work. What is counted afterwards is not reported.
    pub(crate) fn finish(&self) {
        if !self.finished.swap(true, Ordering::Relaxed) {
            self.report(ProgressStage::Finished);
        }
    }

    /// How much is done.
    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// How much there is, if that is known.
    pub(crate) fn total(&self) -> Option<u64> {
        self.total
    }

    fn report(&self, stage: ProgressStage) {
        let Some(interp) = self.interp.upgrade() else {
            return;
        };
        let sinks = interp.progress.get();
        let Some(sinks) = sinks.filter(|sinks| !sinks.are_none() && !interp.is_child()) else {
            return;
        };
        let report = ProgressReport {
            id: self.id,
            stage,
            label: self.label.as_deref(),
            unit: self.unit.as_deref(),
            done: self.done(),
            total: self.total,
            elapsed: self.begun.elapsed(),
        };
        sinks.watch(&report);
        // At a prompt a line may be edited while a thread works.
        let is_hidden = interp.is_interactive() && stop::is_script_thread();
        if !is_hidden && let Some(drawing) = sinks.draw(&report) {
            interp.output.draw(&drawing);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.finish();
    }
}
