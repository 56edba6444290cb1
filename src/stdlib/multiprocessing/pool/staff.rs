//! The workers of a pool, processes or threads, as the pool sees them.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::super::start_method::{StartMethod, StartMethods};
use super::crew::Crew;
use super::lost::Ended;
use super::member::Member;
use super::parcel::{Letter, Parcel};
use super::terms::{Kind, Terms};
use super::threads::Threads;
use crate::pool::letter::Head;
use crate::pool::tally::Work;
use crate::script::{Exception, Failure, Interp};
use crate::sync::{PutError, Queue};
use crate::sys::signal::Signal;

/// The workers of a pool.
#[derive(Debug)]
pub(super) enum Staff {
    Processes(Crew),
    Threads(Threads),
}

impl Staff {
    pub(super) fn new(interp: &Arc<Interp>, terms: Terms) -> Result<Self, Failure> {
        match terms.kind {
            Kind::Processes => Crew::new(interp, terms).map(Self::Processes),
            Kind::Threads => Threads::new(interp, terms).map(Self::Threads),
        }
    }

    pub(super) fn terms(&self) -> &Arc<Terms> {
        match self {
            Self::Processes(crew) => crew.terms(),
            Self::Threads(threads) => threads.terms(),
        }
    }

    /// Returns the worker processes, if that is what they are.
    pub(super) fn crew(&mut self) -> Option<&mut Crew> {
        match self {
            Self::Processes(crew) => Some(crew),
            Self::Threads(_) => None,
        }
    }

    /// Returns the queue that has a message when there are outcomes.
    pub(super) fn outcomes(&self) -> &Queue {
        match self {
            Self::Processes(crew) => crew.outcomes(),
            Self::Threads(threads) => threads.bell(),
        }
    }

    /// Takes the outcomes that are not in that queue.
    pub(super) fn letters(&self) -> Vec<Letter> {
        match self {
            Self::Processes(_) => Vec::new(),
            Self::Threads(threads) => threads.letters(),
        }
    }

    /// Returns how many workers there are.
    pub(super) fn living(&self) -> usize {
        match self {
            Self::Processes(crew) => crew.living(),
            Self::Threads(threads) => threads.living(),
        }
    }

    /// Returns what is said of a pool whose initializer threw: an executor is broken.
    pub(super) fn not_begun(&self, why: Exception) -> Exception {
        let terms = self.terms();
        let (class, workers) = match terms.kind {
            _ if !terms.is_executor => return why,
            Kind::Processes => ("BrokenProcessPool", "process"),
            Kind::Threads => ("BrokenThreadPool", "thread"),
        };
        let why = why.repr();
        let text = format!(
            "the initializer of a worker threw {why}: the {workers} pool is not usable anymore"
        );
        Exception::new(class, vec![text.into()])
    }

    /// Returns how many workers in a row have ended without taking a batch.
    pub(super) fn idle_deaths(&self) -> usize {
        match self {
            Self::Processes(crew) => crew.idle_deaths(),
            Self::Threads(_) => 0,
        }
    }

    /// Returns how many workers the pool should have that may have `most`, when it has this number of tasks. An executor starts threads
    /// and spawned processes as they are needed; forked ones are all started for the first task, before the program has threads.
    pub(super) fn wanted(&self, interp: &Interp, most: usize, tasks: usize) -> usize {
        let starts_all = match self {
            _ if !self.terms().is_executor => true,
            Self::Processes(_) => {
                StartMethods::of(interp).next(self.terms().method) == StartMethod::Fork
            }
            Self::Threads(_) => false,
        };
        if starts_all { most } else { tasks.min(most) }
    }

    /// Starts workers that are missing, up to `wanted`.
    ///
    /// # Errors
    /// A worker cannot be started.
    pub(super) fn hire(&mut self, interp: &Arc<Interp>, wanted: usize) -> Result<(), Failure> {
        match self {
            Self::Processes(crew) => crew.hire(interp, wanted),
            Self::Threads(threads) => threads.hire(interp, wanted),
        }
    }

    /// Starts a worker where the last one has ended and batches are left: `is_needed` is asked about a range of their numbers.
    ///
    /// # Errors
    /// As [`hire`](Self::hire).
    pub(super) fn man(
        &mut self,
        interp: &Arc<Interp>,
        is_needed: impl Fn(RangeInclusive<u64>) -> bool,
    ) -> Result<(), Failure> {
        match self {
            Self::Processes(crew) => crew.man(interp, is_needed),
            Self::Threads(threads) => threads.man(interp),
        }
    }

    /// Sends a batch, and returns its number.
    ///
    /// # Errors
    /// There is no memory for it now.
    pub(super) fn send(&mut self, parcel: &Parcel, head: Head) -> Result<u64, PutError> {
        match self {
            Self::Processes(crew) => crew.send(parcel, head),
            Self::Threads(threads) => Ok(threads.send(parcel, head)),
        }
    }

    /// Returns whether one more batch can be sent.
    pub(super) fn has_room(&self) -> bool {
        match self {
            Self::Processes(crew) => crew.has_room(),
            Self::Threads(_) => true,
        }
    }

    /// Withdraws a batch, so that no worker begins it. Returns false if one has, or may.
    pub(super) fn withdraw(&self, number: u64) -> bool {
        match self {
            Self::Processes(crew) => crew.withdraw(number),
            Self::Threads(threads) => threads.withdraw(number),
        }
    }

    /// Returns whether a worker has begun a batch that is under way.
    pub(super) fn is_begun(&self, number: u64) -> bool {
        match self {
            Self::Processes(crew) => crew.is_begun(number),
            Self::Threads(threads) => threads.is_begun(number),
        }
    }

    /// Lets all workers leave when they have done what they were sent.
    pub(super) fn close(&mut self) {
        match self {
            Self::Processes(crew) => crew.close(),
            Self::Threads(threads) => threads.close(),
        }
    }

    /// Sends workers that are to leave the message that ends them, where there was no memory for it.
    pub(super) fn dismiss(&mut self) {
        if let Self::Processes(crew) = self {
            crew.dismiss();
        }
    }

    /// Notes that the worker which took this batch last takes no other.
    pub(super) fn retire(&mut self, number: u64) {
        if let Self::Processes(crew) = self {
            crew.retire(number);
        }
    }

    /// Removes the workers that have ended, and returns what they had in hand.
    pub(super) fn ended(&mut self, interp: &Arc<Interp>) -> Vec<Ended> {
        match self {
            Self::Processes(crew) => crew.ended(interp),
            Self::Threads(threads) => threads.ended(),
        }
    }

    /// Returns the workers.
    pub(super) fn members(&self) -> Vec<Member> {
        match self {
            Self::Processes(crew) => crew.members(),
            Self::Threads(threads) => threads.members(),
        }
    }

    /// Returns what each worker has done, those that have ended first.
    pub(super) fn work(&self) -> Vec<Work> {
        match self {
            Self::Processes(crew) => crew.work(),
            Self::Threads(threads) => threads.work(),
        }
    }

    /// Ends every worker: a process by this signal, a thread at its next step.
    pub(super) fn signal(&self, signal: Signal) {
        match self {
            Self::Processes(crew) => crew.signal(signal),
            Self::Threads(threads) => threads.end(),
        }
    }
}
