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
pub(super) struct Turn(Arc<Interp>);

impl Turn {
    /// Waits until no evaluation runs and no stop is being carried out.
    pub(super) fn take(interp: &Arc<Interp>) -> Self {
        interp.take_turn();
        Self(interp.clone())
    }

    /// Takes the turn for an evaluation.
    ///
    /// # Errors
    /// [`Error::Stopped`] when the host has stopped the runtime before, and [`Error::Limit`] when a thread has used up a limit since
    /// the last evaluation. The script's threads and children have been ended then.
    pub(super) fn begin(interp: &Arc<Interp>) -> Result<Self, Error> {
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
        self.end_all();
    }

    /// Notes that a stop has ended what it was meant for.
    pub(super) fn carried_out(&self) {
        self.0.carry_out_stop();
    }

    /// Takes over the turn that the caller has got from the interpreter.
    pub(super) fn taken(interp: &Arc<Interp>) -> Self {
        Self(interp.clone())
    }

    fn end_all(&self) {
        if !self.0.end_others() {
            end_everybody(&self.0);
            Family::of(&self.0).begin_anew();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.0.release_turn() {
            // A stop came too late for the evaluation, and too early to find nobody at work.
            carry_out(self.0.clone());
        }
    }
}

/// Carries out a stop that came between evaluations, for a caller that has the turn. Returns at once, unless no thread can be started.
pub(super) fn carry_out(interp: Arc<Interp>) {
    let turn = Turn(interp);
    if !has_anybody(&turn.0) {
        return;
    }
    // The last of the two releases the turn.
    let turn = Arc::new(turn);
    let of_thread = turn.clone();
    let _held = blocked_in_new_threads();
    let started = std::thread::Builder::new()
        .name("procscript-stop".into())
        .spawn(move || of_thread.end_all());
    if started.is_err() {
        turn.end_all();
    }
}
