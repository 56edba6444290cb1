//! Events on a server: a flag, and a word that changes whenever it is set.
//!
//! Whoever waits sleeps on the word from the moment at which it has looked, so nobody misses a flag that is set and cleared at once,
//! also while its connection was broken.

use super::caller::Caller;
use super::fault::Fault;
use super::scripts::EVENT;
use super::visit::{Visit, VisitTerms};
use crate::sys::clock::{Deadline, now_ns};

/// The parts of an event besides its settings: the stream of its last word.
const PARTS: [&str; 1] = ["e"];

/// What an event is opened with.
pub(crate) fn event_terms() -> VisitTerms {
    VisitTerms {
        kind: "event",
        settings: Vec::new(),
    }
}

/// Sets or clears an event.
///
/// # Errors
/// Those of the server.
pub(crate) fn set_event(visit: &mut Visit, on: bool, caller: &dyn Caller) -> Result<(), Fault> {
    let operation = if on { "set" } else { "clear" };
    visit.change::<i64>(&EVENT, &PARTS, operation, &[], caller)?;
    Ok(())
}

/// Returns whether an event is set.
///
/// # Errors
/// Those of the server.
pub(crate) fn is_event_set(visit: &mut Visit, caller: &dyn Caller) -> Result<bool, Fault> {
    let (is_set, _): (bool, String) = visit.look(&EVENT, &PARTS, "look", &[b""], caller)?;
    Ok(is_set)
}

/// Waits until an event is set. Returns false when the time ran out.
///
/// # Errors
/// Those of the server.
pub(crate) fn wait_for_event(
    visit: &mut Visit,
    deadline: Deadline,
    caller: &dyn Caller,
) -> Result<bool, Fault> {
    let mut first: Option<String> = None;
    loop {
        let from = first.clone().unwrap_or_default();
        let arguments = [from.as_bytes()];
        let (is_set, word): (bool, String) = visit
            .until(deadline)
            .look(&EVENT, &PARTS, "look", &arguments, caller)?;
        if is_set {
            return Ok(true);
        }
        if deadline.passed(now_ns()) {
            return Ok(false);
        }
        let seen = first.get_or_insert(word).clone();
        visit.until(deadline).attempt(caller, |visit, caller| {
            visit.sleep_on(PARTS[0], &seen, deadline, caller)
        })?;
    }
}
