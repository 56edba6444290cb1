//! The workers of a pool, processes or threads, as the pool sees them.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::letters::Letter;
use super::lost::Ended;
use super::member::Member;
use super::parcel::Parcel;
use super::terms::Terms;
use crate::pool::letter::Head;
use crate::pool::tally::Work;
use crate::script::{Failure, Interp};
use crate::sync::{PutError, Queue};
use crate::sys::signal::Signal;

/// The workers of a pool.
pub(super) trait Staff: fmt::Debug + Send {
    fn terms(&self) -> &Arc<Terms>;

    /// Returns the queue that has a message when there are outcomes.
    fn outcomes(&self) -> &Queue;

    /// Takes the outcomes that are not in that queue.
    fn letters(&self) -> Vec<Letter> {
        Vec::new()
    }

    /// Returns the workers.
    fn members(&self) -> Vec<Member>;

    /// Returns how many workers there are.
    fn living(&self) -> usize;

    /// Returns how many workers in a row have ended without taking a batch.
    fn idle_deaths(&self) -> usize {
        0
    }

    /// Returns what each worker has done, those that have ended first.
    fn work(&self) -> Vec<Work>;

    /// Returns whether all workers are started for the first task, or as many as there are tasks.
    fn starts_all(&self, interp: &Interp) -> bool;

    /// Starts workers that are missing: up to `wanted`, of those that know all functions of the program.
    ///
    /// # Errors
    /// A worker cannot be started.
    fn hire(&mut self, interp: &Arc<Interp>, wanted: usize) -> Result<(), Failure>;

    /// Starts a worker where the last one has ended and batches are left: `is_needed` is asked about a range of their numbers.
    ///
    /// # Errors
    /// As [`hire`](Self::hire).
    fn man(
        &mut self,
        interp: &Arc<Interp>,
        is_needed: &dyn Fn(RangeInclusive<u64>) -> bool,
    ) -> Result<(), Failure>;

    /// Sends a batch, and returns its number.
    ///
    /// # Errors
    /// It cannot be sent, or not now.
    fn send(&mut self, parcel: &Parcel, head: Head) -> Result<u64, PutError>;

    /// Returns whether one more batch can be sent.
    fn has_room(&self) -> bool {
        true
    }

    /// Withdraws a batch, so that no worker begins it. Returns false if one has, or may.
    fn withdraw(&self, number: u64) -> bool;

    /// Returns whether a worker has begun a batch that is under way.
    fn is_begun(&self, number: u64) -> bool;

    /// Notes that the worker which took this batch last takes no other.
    fn retire(&mut self, _number: u64) {}

    /// Lets all workers leave when they have done what they were sent.
    fn close(&mut self);

    /// Sends workers that are to leave the message that ends them, where there was no memory for it.
    fn dismiss(&mut self) {}

    /// Ends the workers that have these batches in hand: a process at once, a thread at its next step.
    fn end_those_with(&self, numbers: &[u64]);

    /// Ends every worker: a process by this signal, a thread at its next step.
    fn signal(&self, signal: Signal);

    /// Removes the workers that have ended, and returns what they had in hand.
    fn ended(&mut self, interp: &Arc<Interp>) -> Vec<Ended>;

    /// Lets the workers to come do nothing of what those before were sent, which have ended.
    ///
    /// # Errors
    /// The session has no memory.
    fn renew(&mut self, _interp: &Arc<Interp>) -> Result<(), Failure> {
        Ok(())
    }
}
