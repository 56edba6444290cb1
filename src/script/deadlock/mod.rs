//! `DeadlockError`: the exception of a wait that can never end, and its text, which is the report.
//!
//! The text says in its first line what never comes and why; then, a line a thread, who waits for what and where. What to do about
//! it is the exception's help.

mod names;
mod shapes;

use std::time::Duration;

use crate::script::events::{Weight, event};
use crate::script::exceptions::{Exception, Failure, throw};
use crate::script::interp::Interp;
use crate::script::stop::Stop;
use crate::sync::{Raised, Session, Stuck};
use crate::sys::clock::now_ns;
use names::Names;

/// The name of the exception.
pub(crate) const DEADLOCK: &str = "DeadlockError";

/// The most threads that a report lists.
const LISTED: usize = 10;

impl Interp {
    /// Returns the error of a wait of the calling thread that has been found hopeless.
    pub(super) fn deadlock(&self, raised: &Raised) -> Failure {
        let Some(session) = self.existing_session() else {
            return throw(Exception::new(DEADLOCK, vec![]));
        };
        let stuck = &raised.verdict.stuck;
        let names = Names::of(self, &session, stuck);
        let shape = shapes::of(&names, stuck);
        let rows = stuck.iter().take(LISTED).map(|one| {
            let since = Duration::from_nanos(now_ns().saturating_sub(one.since_ns));
            names.row(one, since)
        });
        let mut rows = names::columns(rows.collect());
        if stuck.len() > LISTED {
            rows.push(format!("and {} more", stuck.len() - LISTED));
        }
        let mut text = shape.text;
        for row in rows {
            text.push_str("\n  ");
            text.push_str(&row);
        }
        event(Weight::Warning, || format!("{DEADLOCK}: {text}"));
        let exception = Exception::new(DEADLOCK, vec![text.into()]).with_help(shape.help);
        match raised.is_final {
            true => self.stop(Stop::Deadlock(exception)),
            false => throw(exception),
        }
    }
}

/// Warns about threads that wait for each other's locks, where somebody who runs can still end that and no error is raised.
pub(super) fn warn(session: &Session, stuck: &[Stuck]) {
    let Some(interp) = Interp::of_session(session) else {
        return;
    };
    let names = Names::of(&interp, session, stuck);
    let circle = shapes::circle(&names, stuck);
    event(Weight::Warning, || format!("a circle of locks: {circle}"));
    let text = format!("procscript: warning: a circle of locks: {circle}\n");
    let _ = interp.output.error(&text);
}
