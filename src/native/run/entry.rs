//! Entering compiled code.

use super::values::{Exit, Outside, Progress, Value};

/// Compiled code that can be entered.
#[derive(Debug, Clone)]
pub(crate) struct Entry;

impl Entry {
    /// Runs a function, or a loop with a condition. `depth` is the number of calls that may still nest. `values` are the
    /// arguments, or the loop's variables, which get their new values back; at `GaveUp` and `Stopped` those that they had when the
    /// last pass began. Values of other types than the code was made for: `GaveUp`.
    pub(crate) fn call(
        &self,
        _outside: &mut dyn Outside,
        _depth: usize,
        _values: &mut [Value],
    ) -> Exit {
        Exit::GaveUp
    }

    /// Runs a loop over numbers or items, from `progress` on, which moves along as the values do.
    pub(crate) fn loop_on(
        &self,
        _outside: &mut dyn Outside,
        _depth: usize,
        _progress: &mut Progress,
        _values: &mut [Value],
    ) -> Exit {
        Exit::GaveUp
    }
}
