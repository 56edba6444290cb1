//! What is looked at each step of a script: whether it has to stop, and how much it has used up of its limits.

use rhai::Dynamic;

use crate::script::interp::Interp;
use crate::script::stop::Stop;
use crate::script::stretch;
use crate::sys::limits::Stack;

/// Returns what ends the script at this step, if it has to end. `has_limits` tells whether there are limits that have a beginning and an end.
///
/// A step is short, so what is asked at each one is little: two words of the thread, unless the script has limits.
#[inline]
pub(crate) fn end_at(interp: &Interp, has_limits: bool) -> Option<Dynamic> {
    if has_limits && let Err(outside) = stretch::step(interp) {
        return Some(Dynamic::from(outside));
    }
    // A function that uses variables has noticed before, and its error can be caught.
    if Stack::mine().is_at_its_end() {
        return Some(Dynamic::from(Stop::Recursion));
    }
    if has_limits {
        use_up(interp);
    }
    interp.stopping().map(Dynamic::from)
}

/// Counts one operation, and requests a stop above a limit.
fn use_up(interp: &Interp) {
    if let Some(limit) = interp.settings.limits.of_operations()
        && let Err(exceeded) = interp.spent.take(limit)
    {
        interp.request_stop(Stop::Limit(exceeded));
    }
    if let Some(exceeded) = interp.held.exceeded() {
        interp.request_stop(Stop::Limit(exceeded));
    }
}
