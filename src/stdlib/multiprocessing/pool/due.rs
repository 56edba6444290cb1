//! Callbacks whose results have come, in the order in which they are called.

use std::collections::VecDeque;

use super::parcel::Ended;
use super::promise::{Callback, Promise};

/// Callbacks to be called, with what they are called with.
#[derive(Debug, Default)]
pub(crate) struct Due {
    queue: VecDeque<(Callback, Ended)>,
    /// A callback is running.
    is_calling_back: bool,
}

impl Due {
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Notes callbacks for a result that has come.
    pub(crate) fn note(&mut self, promise: &Promise, callbacks: Vec<Callback>) {
        if let Some(result) = promise.result() {
            let due = callbacks.into_iter();
            self.queue
                .extend(due.map(|callback| (callback, result.clone())));
        }
    }

    /// Returns whether somebody can be called back now.
    pub(crate) fn can_begin(&self) -> bool {
        !self.queue.is_empty() && !self.is_calling_back
    }

    /// Begins to call back, until [`next`](Self::next) gives nothing. Returns false if there is nobody, or a callback is running: one that waits on
    /// the pool calls no other.
    pub(crate) fn begin(&mut self) -> bool {
        let can_begin = self.can_begin();
        self.is_calling_back |= can_begin;
        can_begin
    }

    /// Returns the next one, in order.
    pub(crate) fn next(&mut self) -> Option<(Callback, Ended)> {
        let next = self.queue.pop_front();
        self.is_calling_back = next.is_some();
        next
    }
}
