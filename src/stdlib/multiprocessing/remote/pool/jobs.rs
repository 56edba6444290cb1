//! The calls of a pool on a server: which of their tasks are in which message, and what has become of them.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::super::super::pool::parcel::Ended;

/// Whether a pool takes tasks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Stage {
    #[default]
    Running,
    Closed,
    Terminated,
}

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
}

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
    /// Nobody asks for its outcomes.
    is_forgotten: bool,
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

    /// Takes all outcomes, in the order of the tasks.
    pub(super) fn take_all(&mut self) -> Vec<Ended> {
        self.ended.clear();
        std::mem::take(&mut self.outcomes).into_values().collect()
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

    /// Begins a call, and returns its number.
    pub(super) fn begin(&mut self) -> u64 {
        self.last += 1;
        self.all.insert(self.last, Job::default());
        self.last
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
        let batch = Batch {
            job: number,
            first,
            count,
            shown,
        };
        self.batches.insert(message, batch);
        true
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

    /// Takes no more tasks, and ends those that there are.
    pub(super) fn end_all(&mut self, outcomes: impl Fn(&Batch) -> Vec<Ended>) {
        self.stage = Stage::Terminated;
        let numbers: Vec<u64> = self.batches.keys().copied().collect();
        for number in numbers {
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
        if job.is_forgotten && job.is_done() {
            self.all.remove(&batch.job);
        }
    }
}
