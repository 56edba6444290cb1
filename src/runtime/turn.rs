//! The turn of an evaluation, and of a stop that is carried out when no evaluation runs.

use std::sync::Arc;

use super::Error;
use super::everybody::{end_everybody, has_anybody};
use crate::process::signals::blocked_in_new_threads;
use crate::script::interp::Interp;
use crate::script::stop::Stop;
use crate::stdlib::multiprocessing::family::Family;

/// The turn of one evaluation, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn<'i>(&'i Arc<Interp>);

impl<'i> Turn<'i> {
    /// Waits until no evaluation runs and no stop is being carried out.
    pub(super) fn take(interp: &'i Arc<Interp>) -> Self {
        interp.take_turn();
        Self(interp)
    }

    /// Takes the turn for an evaluation.
    ///
    /// # Errors
    /// [`Error::Stopped`] when the host has stopped the runtime before, and [`Error::Limit`] when a thread has used up a limit since
    /// the last evaluation. The script's threads and children have been ended then.
    pub(super) fn begin(interp: &'i Arc<Interp>) -> Result<Self, Error> {
        let turn = Self::take(interp);
        let Some(stop) = interp.stopping() else {
            return Ok(turn);
        };
        turn.end_everybody();
        Err(match stop {
            Stop::Limit(exceeded) => Error::Limit(exceeded),
            _ => Error::Stopped,
        })
    }

    /// Carries out a stop: ends threads and children.
    pub(super) fn end_everybody(&self) {
        self.0.carry_out_stop();
        end_all(self.0);
    }

    /// Notes that a stop has ended what it was meant for.
    pub(super) fn carried_out(&self) {
        self.0.carry_out_stop();
    }

    /// Takes over the turn that the caller has got from the interpreter.
    pub(super) fn taken(interp: &'i Arc<Interp>) -> Self {
        Self(interp)
    }
}

/// Ends threads and children.
fn end_all(interp: &Arc<Interp>) {
    if !interp.end_others() {
        end_everybody(interp);
        Family::of(interp).begin_anew();
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.0.release_turn() {
            // A stop came too late for the evaluation, and too early to find nobody at work.
            carry_out(self.0.clone());
        }
    }
}

/// A turn of two threads.
struct Shared(Arc<Interp>);

impl Drop for Shared {
    fn drop(&mut self) {
        drop(Turn(&self.0));
    }
}

/// Carries out a stop that came between evaluations, for a caller that has the turn. Returns at once, unless no thread can be started.
pub(super) fn carry_out(interp: Arc<Interp>) {
    let turn = Shared(interp);
    if !has_anybody(&turn.0) {
        return;
    }
    // The last of the two releases the turn.
    let turn = Arc::new(turn);
    let of_thread = turn.clone();
    let _held = blocked_in_new_threads();
    let started = std::thread::Builder::new()
        .name("procscript-stop".into())
        .spawn(move || end_all(&of_thread.0));
    if started.is_err() {
        end_all(&turn.0);
    }
}
