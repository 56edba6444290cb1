//! Who is shown how far the work of scripts has come: the host, by numbers, or a terminal, by a drawing.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

/// What has happened to a piece of work since the last report on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProgressStage {
    /// It has begun.
    Begun,
    /// More of it is done.
    Advanced,
    /// It has ended, whether or not all of it was done.
    Finished,
}

/// How far a piece of work of a script has come: see [`Builder::on_progress`](crate::Builder::on_progress).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProgressReport<'a> {
    /// Distinguishes it from other work of this process.
    pub id: u64,
    /// What has happened to it.
    pub stage: ProgressStage,
    /// The script's name for it.
    pub label: Option<&'a str>,
    /// The script's name for what is counted: `"files"`.
    pub unit: Option<&'a str>,
    /// How much of it is done.
    pub done: u64,
    /// How much there is, if that is known.
    pub total: Option<u64>,
    /// The time since it began.
    pub elapsed: Duration,
}

/// A drawing of progress for a terminal.
#[derive(Debug, Clone, Default)]
pub struct Drawing {
    /// The bytes for standard error.
    pub text: String,
    /// Whether the drawing is in the line of the cursor, from which the next line that is printed has to remove it.
    pub stays: bool,
    /// Whether standard output and standard error lead to the same terminal, although they are pipes: at a prompt.
    pub piped: bool,
}

type Watch = dyn Fn(&ProgressReport<'_>) + Send + Sync;
type Draw = dyn Fn(&ProgressReport<'_>) -> Option<Drawing> + Send + Sync;

/// Who is shown the progress of one runtime's work.
#[derive(Default)]
pub(crate) struct ProgressSinks {
    watch: OnceLock<Box<Watch>>,
    draw: OnceLock<Box<Draw>>,
}

impl ProgressSinks {
    /// Sets the host's function, once.
    pub(crate) fn watch_by(&self, watch: Box<Watch>) {
        let _ = self.watch.set(watch);
    }

    /// Sets the function that draws, once.
    pub(crate) fn draw_by(&self, draw: Box<Draw>) {
        let _ = self.draw.set(draw);
    }

    /// Returns whether nobody is shown anything.
    pub(crate) fn are_none(&self) -> bool {
        self.watch.get().is_none() && self.draw.get().is_none()
    }

    /// Reports to the host.
    pub(crate) fn watch(&self, report: &ProgressReport<'_>) {
        if let Some(watch) = self.watch.get() {
            watch(report);
        }
    }

    /// Returns the drawing of a report, if somebody draws and there is something new.
    pub(crate) fn draw(&self, report: &ProgressReport<'_>) -> Option<Drawing> {
        self.draw.get()?(report)
    }
}

impl fmt::Debug for ProgressSinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgressSinks").finish_non_exhaustive()
    }
}
