//! The results of `executor.map`, in the order of the items.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::doers::Done;
use crate::script::{Outcome, Registry, raise_bare, throw};
use crate::stdlib::multiprocessing::pool::iterator::Taken;
use crate::sync::Deadline;

/// An iterator over results, which the first error ends. Clones are the same iterator.
#[derive(Debug, Clone)]
pub(super) struct Results {
    outcomes: Done,
    deadline: Deadline,
    is_over: Arc<AtomicBool>,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Results>("ExecutorMap")
        .by_address(|results: &Results| Arc::as_ptr(&results.is_over).addr())
        .repr(|_| Ok("<concurrent.futures.Executor.map iterator>".into()));
    registry
        .members()
        .set_iterator_result::<Results, rhai::Dynamic>();
}

impl Results {
    pub(super) fn new(outcomes: Done, deadline: Deadline) -> Self {
        Self {
            outcomes,
            deadline,
            is_over: Arc::default(),
        }
    }
}

impl Iterator for Results {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        if self.is_over.load(Ordering::Relaxed) {
            return None;
        }
        let failure = match self.outcomes.advance(self.deadline) {
            Ok(Taken::Outcome(Ok(value))) => return Some(Ok(value)),
            Ok(Taken::End) => {
                self.is_over.store(true, Ordering::Relaxed);
                return None;
            }
            Ok(Taken::Outcome(Err(exception))) => throw(exception),
            Ok(Taken::TimedOut) => raise_bare("TimeoutError"),
            Err(failure) => failure,
        };
        self.is_over.store(true, Ordering::Relaxed);
        self.outcomes.give_up();
        Some(Err(failure))
    }
}
