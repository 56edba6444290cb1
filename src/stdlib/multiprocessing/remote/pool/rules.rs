//! What holds for each task of a call to a pool on a server.

use std::time::Duration;

use crate::script::{Call, Failure};
use crate::stdlib::multiprocessing::pool::options;

/// What holds for each task of a call.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rules {
    /// How long a task may take before its worker is ended.
    pub limit: Option<Duration>,
    /// How often a task is tried again after the death of its worker, or after its time limit. Without a number it is tried again twice after
    /// deaths, and not after its time limit.
    pub retries: Option<u32>,
}

impl Rules {
    /// Reads the parameters `timeout` and `retries` at these places.
    ///
    /// # Errors
    /// They are not numbers, or negative.
    pub(super) fn of(call: &mut Call<'_>, timeout: usize, retries: usize) -> Result<Self, Failure> {
        // Reading the argument takes it.
        let has_retries = call.has_value(retries);
        let rules = options::rules(call, timeout, retries)?;
        Ok(Self {
            limit: rules.limit,
            retries: has_retries.then_some(rules.retries),
        })
    }

    /// Returns whether a task is like any other.
    pub(super) fn are_none(&self) -> bool {
        self.limit.is_none() && self.retries.is_none()
    }
}
