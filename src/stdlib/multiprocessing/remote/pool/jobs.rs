//! The calls of a pool on a server: which of their tasks are in which message, and what has become of them.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use super::super::super::pool::due::Due;
use super::super::super::pool::parcel::Ended;
use super::super::super::pool::promise::{Callback, Promise, Shape};
use super::super::super::pool::state::Stage;
use crate::pool::JobId;
use crate::script::Exception;
use crate::script::progress::Bar;

/// The calls of a pool.
#[derive(Default)]
pub(super) struct Jobs {
    pub stage: Stage,
    last: u64,
    all: HashMap<u64, Job>,
    /// What is in each message on the server.
    batches: HashMap<u64, Batch>,
    /// Messages that nobody wants any more; the server does not know yet.
    unwanted: Vec<u64>,
    pub due: Due,
    /// What is to be shown of calls with a bar: how many tasks have ended, and whether all have.
    steps: Vec<Step>,
}

/// A bar that is to be advanced.
type Step = (Arc<Bar>, u64, bool);

/// A call.
#[derive(Default)]
pub(super) struct Job {
    /// How many tasks it has had so far.
    tasks: usize,
    /// What nobody has taken, by the order of the tasks.
    outcomes: BTreeMap<usize, Ended>,
    /// The same in the order in which the tasks ended.
    ended: VecDeque<usize>,
    /// The next task whose outcome is taken in order.
    next: usize,
    under_way: usize,
    /// The message with its last tasks.
    message: Option<u64>,
    /// No task will be added.
    is_complete: bool,
    /// Nobody asks for its outcomes.
    is_forgotten: bool,
    /// What its outcomes are for; without, somebody takes them one by one.
    promise: Option<Arc<Promise>>,
    bar: Option<Arc<Bar>>,
}

/// The tasks of a message.
pub(super) struct Batch {
    job: u64,
    first: usize,
    pub count: usize,
    /// As a person would write them.
    pub shown: String,
}

impl Job {
    /// Returns whether all tasks have ended.
    pub(super) fn is_done(&self) -> bool {
        self.under_way == 0
    }

    /// Returns how many tasks are sent whose outcomes nobody has taken.
    pub(super) fn ahead(&self) -> usize {
        self.under_way + self.outcomes.len()
    }

    /// Takes the next outcome, in the order of the tasks or of their ends.
    pub(super) fn take(&mut self, in_order: bool) -> Option<Ended> {
        if in_order {
            let outcome = self.outcomes.remove(&self.next)?;
            self.next += 1;
            // Only their number matters then.
            self.ended.pop_front();
            return Some(outcome);
        }
        self.outcomes.remove(&self.ended.pop_front()?)
    }

    fn end(&mut self, first: usize, outcomes: Vec<Ended>) {
        for (index, outcome) in (first..).zip(outcomes) {
            self.under_way -= 1;
            self.outcomes.insert(index, outcome);
            self.ended.push_back(index);
        }
    }
}

impl Jobs {
    pub(super) fn job(&mut self, number: u64) -> Option<&mut Job> {
        self.all.get_mut(&number)
    }

    /// Returns whether every task has ended.
    pub(super) fn is_idle(&self) -> bool {
        self.batches.is_empty()
    }

    /// Returns whether somebody is to be called back, or the server does not know something yet.
    pub(super) fn is_expectant(&self) -> bool {
        if !self.unwanted.is_empty() && self.stage != Stage::Terminated {
            return true;
        }
        let mut promises = self.all.values().filter_map(|job| job.promise.as_ref());
        !self.due.is_empty() || promises.any(|promise| promise.has_callbacks())
    }

    /// Begins a call whose outcomes are taken one by one, and returns its number.
    pub(super) fn begin(&mut self, bar: Option<Arc<Bar>>) -> u64 {
        self.last += 1;
        let job = Job {
            bar,
            ..Job::default()
        };
        self.all.insert(self.last, job);
        self.last
    }

    /// Begins a call, and returns the promise of its result.
    pub(super) fn promise(
        &mut self,
        shape: Shape,
        callbacks: Vec<Callback>,
        bar: Option<Arc<Bar>>,
    ) -> Arc<Promise> {
        let number = self.begin(bar);
        let promise = Arc::new(Promise::new(JobId(number), shape, callbacks));
        if let Some(job) = self.all.get_mut(&number) {
            job.promise = Some(promise.clone());
        }
        promise
    }

    /// Notes that a call has tasks in a message. Returns false if the call has ended, or the pool was terminated.
    pub(super) fn add(&mut self, number: u64, message: u64, count: usize, shown: String) -> bool {
        if self.stage == Stage::Terminated {
            return false;
        }
        let Some(job) = self.all.get_mut(&number) else {
            return false;
        };
        let first = job.tasks;
        job.tasks += count;
        job.under_way += count;
        job.message = Some(message);
        let batch = Batch {
            job: number,
            first,
            count,
            shown,
        };
        self.batches.insert(message, batch);
        true
    }

    /// Notes that a call gets no more tasks.
    pub(super) fn complete(&mut self, number: u64) {
        if let Some(job) = self.all.get_mut(&number) {
            job.is_complete = true;
        }
        self.note_done(number, 0);
    }

    /// Notes how many tasks of a call have ended, and that it is done if it is.
    fn note_done(&mut self, number: u64, ended: usize) {
        let Some(job) = self.all.get_mut(&number) else {
            return;
        };
        let is_over = job.is_complete && job.is_done();
        if let Some(bar) = &job.bar {
            self.steps.push((bar.clone(), ended as u64, is_over));
        }
        if !is_over {
            return;
        }
        if let Some(promise) = job.promise.take() {
            let outcomes = std::mem::take(&mut job.outcomes);
            let due = promise.keep(outcomes.into_values());
            self.due.note(&promise, due);
            self.all.remove(&number);
        } else if job.is_forgotten {
            self.all.remove(&number);
        }
    }

    /// Returns the message with the last tasks of a call, if they have not ended.
    pub(super) fn message_of(&self, number: u64) -> Option<u64> {
        let message = self.all.get(&number)?.message?;
        self.batches.contains_key(&message).then_some(message)
    }

    /// Returns every message.
    pub(super) fn messages(&self) -> Vec<u64> {
        self.batches.keys().copied().collect()
    }

    /// Ends a call like this, and forgets it. Nobody wants its messages any more.
    pub(super) fn give_up(&mut self, number: u64, why: &Exception) {
        let promise = self.all.get(&number).and_then(|job| job.promise.clone());
        self.forget(number, true);
        if let Some(promise) = promise {
            let due = promise.settle(Err(why.clone()));
            self.due.note(&promise, due);
        }
    }

    /// Forgets a call. If it is `withdrawn`, nobody wants its messages any more.
    pub(super) fn forget(&mut self, number: u64, withdrawn: bool) {
        let Some(job) = self.all.get_mut(&number) else {
            return;
        };
        job.is_forgotten = true;
        if !withdrawn && !job.is_done() {
            return;
        }
        self.all.remove(&number);
        let batches = self.batches.extract_if(|_, batch| batch.job == number);
        self.unwanted.extend(batches.map(|(number, _)| number));
    }

    /// Returns the messages that nobody wants any more, once.
    pub(super) fn take_unwanted(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.unwanted)
    }

    /// Returns the bars that are to be advanced, once.
    pub(super) fn take_steps(&mut self) -> Vec<Step> {
        std::mem::take(&mut self.steps)
    }

    /// Takes no more tasks, and ends those that there are.
    pub(super) fn end_all(&mut self, outcomes: impl Fn(&Batch) -> Vec<Ended>) {
        self.stage = Stage::Terminated;
        for number in self.messages() {
            self.end(number, &outcomes);
        }
    }

    /// Notes the outcomes of a message.
    pub(super) fn end(&mut self, number: u64, outcomes: impl FnOnce(&Batch) -> Vec<Ended>) {
        let Some(batch) = self.batches.remove(&number) else {
            return;
        };
        let Some(job) = self.all.get_mut(&batch.job) else {
            return;
        };
        job.end(batch.first, outcomes(&batch));
        self.note_done(batch.job, batch.count);
    }
}
