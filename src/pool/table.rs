//! The task table: jobs, the batches under way, and what becomes of the tasks of a worker that died.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use super::batch::{Batch, Load};
use super::job::{Job, JobId, Order};
use super::rules::Rules;

/// The task table of a pool. `V` is the outcome of a task, `L` the contents of a batch.
#[derive(Debug)]
pub(crate) struct Table<V, L> {
    jobs: HashMap<JobId, Job<V>>,
    next_job: u64,
    /// Batches that are to be sent, again or for the first time, before anything else.
    waiting: VecDeque<Batch<L>>,
    /// Batches that workers have or will take, by the number of their message.
    flights: BTreeMap<u64, Flight<L>>,
    /// Jobs whose last outcome has come since somebody last asked.
    finished: Vec<JobId>,
}

/// A batch under way.
#[derive(Debug)]
struct Flight<L> {
    batch: Batch<L>,
    /// How many of its tasks have an outcome: the first ones, as workers go through a batch in order.
    settled: usize,
}

/// A task whose worker died.
#[derive(Debug)]
pub(crate) struct Lost<L> {
    pub job: JobId,
    /// The place of the task in its job.
    pub place: usize,
    pub rules: Rules,
    /// The task by itself, to be tried again; `attempts` counts that.
    pub again: Batch<L>,
}

impl<V, L> Default for Table<V, L> {
    fn default() -> Self {
        Self {
            jobs: HashMap::new(),
            next_job: 0,
            waiting: VecDeque::new(),
            flights: BTreeMap::new(),
            finished: Vec::new(),
        }
    }
}

impl<V, L: Load> Table<V, L> {
    /// Begins a job without tasks.
    pub(crate) fn begin(&mut self, rules: Rules, order: Order) -> JobId {
        self.next_job += 1;
        let id = JobId(self.next_job);
        self.jobs.insert(id, Job::new(rules, order));
        id
    }

    pub(crate) fn job(&self, id: JobId) -> Option<&Job<V>> {
        self.jobs.get(&id)
    }

    pub(crate) fn job_mut(&mut self, id: JobId) -> Option<&mut Job<V>> {
        self.jobs.get_mut(&id)
    }

    /// Forgets a job. Those of its tasks that no worker has taken stay under way, without anybody who wants their outcome.
    pub(crate) fn forget(&mut self, id: JobId) {
        self.waiting.retain(|batch| batch.job != id);
        let is_under_way = self.flights.values().any(|flight| flight.batch.job == id);
        match self.jobs.get_mut(&id) {
            Some(job) if is_under_way => job.abandon(),
            _ => drop(self.jobs.remove(&id)),
        }
    }

    /// Forgets a job whose tasks are done all the same, without anybody who wants their outcomes.
    pub(crate) fn disown(&mut self, id: JobId) {
        if let Some(job) = self.jobs.get_mut(&id) {
            job.abandon();
        }
        self.note_done(id);
    }

    /// Puts a batch where the next one to be sent is taken from.
    pub(crate) fn enqueue(&mut self, batch: Batch<L>) {
        self.waiting.push_back(batch);
    }

    /// Puts a batch back that could not be sent now.
    pub(crate) fn put_back(&mut self, batch: Batch<L>) {
        self.waiting.push_front(batch);
    }

    /// Takes the next batch to be sent.
    pub(crate) fn next_waiting(&mut self) -> Option<Batch<L>> {
        self.waiting.pop_front()
    }

    /// Returns whether a batch waits to be sent.
    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Returns how many batches wait to be sent.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Returns what holds for the tasks of a job.
    /// Returns whether a task may be ended because it takes too long.
    pub(crate) fn has_limit(&self) -> bool {
        self.jobs.values().any(|job| job.rules.limit.is_some())
    }

    pub(crate) fn rules(&self, id: JobId) -> Rules {
        self.jobs.get(&id).map(|job| job.rules).unwrap_or_default()
    }

    /// Notes that a job gets no more tasks.
    pub(crate) fn complete(&mut self, id: JobId) {
        if let Some(job) = self.jobs.get_mut(&id) {
            job.complete();
        }
        self.note_done(id);
    }

    /// Notes that a batch is on its way as the message of this number.
    pub(crate) fn sent(&mut self, number: u64, batch: Batch<L>) {
        if let Some(job) = self.jobs.get_mut(&batch.job) {
            job.note_sent(number);
        }
        let settled = 0;
        self.flights.insert(number, Flight { batch, settled });
    }

    /// Returns how many batches workers have or will take.
    pub(crate) fn under_way(&self) -> usize {
        self.flights.len()
    }

    /// Returns whether one of these batches has a task without an outcome.
    pub(crate) fn is_any_under_way(&self, numbers: RangeInclusive<u64>) -> bool {
        self.flights.range(numbers).next().is_some()
    }

    /// Returns whether nothing is under way or waiting.
    pub(crate) fn is_idle(&self) -> bool {
        self.flights.is_empty() && self.waiting.is_empty()
    }

    /// Returns the batch that went as the message of this number, while one of its tasks has no outcome.
    pub(crate) fn batch(&self, number: u64) -> Option<&Batch<L>> {
        self.flights.get(&number).map(|flight| &flight.batch)
    }

    /// Gives the tasks of a batch from the place `first` on their outcomes, of which there are `count`; `outcomes` returns those that are
    /// asked for. An outcome that comes twice counts once.
    pub(crate) fn settle<I: ExactSizeIterator<Item = V>>(
        &mut self,
        number: u64,
        (first, count): (usize, usize),
        outcomes: impl FnOnce(Range<usize>) -> I,
    ) {
        let Some(flight) = self.flights.get_mut(&number) else {
            return;
        };
        let known = flight.settled.saturating_sub(first).min(count);
        let new = known..count.min(known + flight.batch.count - flight.settled);
        // Outcomes come in order.
        if first > flight.settled || new.is_empty() {
            return;
        }
        let (id, place) = (flight.batch.job, flight.batch.first + flight.settled);
        flight.settled += new.len();
        if flight.settled == flight.batch.count {
            self.flights.remove(&number);
        }
        let Some(job) = self.jobs.get_mut(&id) else {
            return;
        };
        job.settle_all(place, outcomes(new));
        self.note_done(id);
    }

    /// Gives a task that is not under way its outcome.
    pub(crate) fn settle_task(&mut self, id: JobId, place: usize, outcome: V) {
        let Some(job) = self.jobs.get_mut(&id) else {
            return;
        };
        job.settle(place, outcome);
        self.note_done(id);
    }

    /// Adds tasks that are never sent and have this outcome at once.
    pub(crate) fn refuse(&mut self, id: JobId, count: usize, outcome: impl Fn() -> V) {
        let Some(first) = self.jobs.get_mut(&id).map(|job| job.add(count)) else {
            return;
        };
        for place in first..first + count {
            self.settle_task(id, place, outcome());
        }
    }

    /// Notes that a job is done, if it is.
    fn note_done(&mut self, id: JobId) {
        let Some(job) = self.jobs.get(&id).filter(|job| job.is_done()) else {
            return;
        };
        match job.is_abandoned() {
            true => drop(self.jobs.remove(&id)),
            false => self.finished.push(id),
        }
    }

    /// Notes how long `count` tasks of a batch took together.
    pub(crate) fn note_time(&mut self, number: u64, count: usize, took: Duration) {
        let flight = self.flights.get(&number);
        if let Some(job) = flight.and_then(|flight| self.jobs.get_mut(&flight.batch.job)) {
            job.pace.note(count, took);
        }
    }

    /// Takes the jobs whose last outcome has come since this was last called.
    pub(crate) fn take_finished(&mut self) -> Vec<JobId> {
        std::mem::take(&mut self.finished)
    }

    /// Ends the flight of a batch whose worker is dead, and that had begun its first `begun` tasks. Those that it has not begun are sent
    /// again; the one that it had in hand, if there is one, is returned.
    pub(crate) fn lose(&mut self, number: u64, begun: usize) -> Option<Lost<L>> {
        let Flight { batch, settled } = self.flights.remove(&number)?;
        // A task that was not kept cannot be sent again, begun or not.
        let begun = if batch.load.is_kept() {
            begun
        } else {
            batch.count
        };
        let begun = begun.clamp(settled, batch.count);
        if let Some(rest) = batch.rest(begun) {
            self.waiting.push_front(rest);
        }
        // Outcomes come in order, so that at most the last of those that were begun has none.
        let in_hand = (begun > settled).then(|| begun - 1)?;
        let rules = self.jobs.get(&batch.job)?.rules;
        Some(Lost {
            job: batch.job,
            place: batch.first + in_hand,
            rules,
            again: batch.again(in_hand),
        })
    }

    /// Gives every task without an outcome one, because no worker will take it.
    pub(crate) fn fail_all(&mut self, outcome: impl Fn() -> V) {
        for flight in std::mem::take(&mut self.flights).into_values() {
            self.settle_batch(&flight.batch, flight.settled, &outcome);
        }
        self.withdraw_waiting(None, outcome);
    }

    /// Returns the number of the message with which the last batch of this job was sent, if it is under way.
    pub(crate) fn number_of(&self, id: JobId) -> Option<u64> {
        let number = self.jobs.get(&id)?.last_number()?;
        let flight = self.flights.get(&number)?;
        (flight.batch.job == id).then_some(number)
    }

    /// Returns the numbers of the batches under way: those of this job, or all.
    pub(crate) fn numbers(&self, id: Option<JobId>) -> Vec<u64> {
        let flights = self.flights.iter();
        let of_job = flights.filter(|(_, flight)| id.is_none_or(|id| flight.batch.job == id));
        of_job.map(|(number, _)| *number).collect()
    }

    /// Ends the flight of a batch that no worker will begin, and gives its tasks this outcome.
    pub(crate) fn withdraw(&mut self, number: u64, outcome: impl Fn() -> V) {
        if let Some(flight) = self.flights.remove(&number) {
            self.settle_batch(&flight.batch, flight.settled, outcome);
        }
    }

    /// Gives the tasks of the batches that have not been sent this outcome: those of this job, or all.
    pub(crate) fn withdraw_waiting(&mut self, id: Option<JobId>, outcome: impl Fn() -> V) {
        let Some(id) = id else {
            for batch in std::mem::take(&mut self.waiting) {
                self.settle_batch(&batch, 0, &outcome);
            }
            return;
        };
        while let Some(place) = self.waiting.iter().position(|batch| batch.job == id) {
            if let Some(batch) = self.waiting.remove(place) {
                self.settle_batch(&batch, 0, &outcome);
            }
        }
    }

    /// Gives the tasks of a batch that is neither under way nor waiting this outcome.
    pub(crate) fn fail(&mut self, batch: &Batch<L>, outcome: impl Fn() -> V) {
        self.settle_batch(batch, 0, outcome);
    }

    fn settle_batch(&mut self, batch: &Batch<L>, settled: usize, outcome: impl Fn() -> V) {
        for index in settled..batch.count {
            self.settle_task(batch.job, batch.first + index, outcome());
        }
    }
}
