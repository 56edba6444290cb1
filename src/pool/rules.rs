//! What holds for each task of a job.

use std::time::Duration;

/// What holds for each task of a job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    /// How long a task may take before its worker is killed.
    pub limit: Option<Duration>,
    /// How often a task is tried again after the death of its worker, or after its time limit.
    pub retries: u32,
}
