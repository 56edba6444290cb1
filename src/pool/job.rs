//! The tasks of one call and their outcomes.

use std::collections::VecDeque;

use super::rules::Rules;
use super::tally::Pace;

/// The number of a job in its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct JobId(pub u64);

/// The order in which outcomes are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// As the tasks were added.
    OfTasks,
    /// As the outcomes come.
    OfOutcomes,
}

/// The tasks of one call. `V` is the outcome of a task.
#[derive(Debug)]
pub(crate) struct Job<V> {
    pub rules: Rules,
    /// How long its tasks take.
    pub pace: Pace,
    order: Order,
    /// How many tasks there are so far.
    added: usize,
    /// No task will be added.
    is_complete: bool,
    /// The number of the message with the batch that was sent last.
    last_number: Option<u64>,
    settled: usize,
    /// How many outcomes have been taken.
    taken: usize,
    /// The outcomes that have not been taken: in the order of the tasks with gaps, or as they came.
    outcomes: VecDeque<Option<V>>,
    /// Nobody wants the outcomes any more.
    is_abandoned: bool,
}

impl<V> Job<V> {
    pub(super) fn new(rules: Rules, order: Order) -> Self {
        Self {
            rules,
            pace: Pace::default(),
            order,
            added: 0,
            is_complete: false,
            last_number: None,
            settled: 0,
            taken: 0,
            outcomes: VecDeque::new(),
            is_abandoned: false,
        }
    }

    /// Adds tasks and returns the place of the first of them.
    pub(crate) fn add(&mut self, count: usize) -> usize {
        let first = self.added;
        self.added += count;
        first
    }

    /// Makes room for the outcomes of this number of tasks, which are going to be added.
    pub(crate) fn expect(&mut self, count: usize) {
        self.outcomes.reserve_exact(count);
    }

    /// Notes that no task will be added.
    pub(crate) fn complete(&mut self) {
        self.is_complete = true;
    }

    /// Returns how many tasks have an outcome.
    pub(crate) fn settled(&self) -> usize {
        self.settled
    }

    /// Returns how many tasks have been added whose outcomes have not been taken.
    pub(crate) fn ahead(&self) -> usize {
        self.added - self.taken
    }

    /// Returns whether every task has an outcome, and no task will be added.
    pub(crate) fn is_done(&self) -> bool {
        self.is_complete && self.settled == self.added
    }

    /// Returns whether every outcome has been taken, and none will come.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.is_complete && self.taken == self.added
    }

    /// Returns the number of the message with the batch that was sent last.
    pub(super) fn last_number(&self) -> Option<u64> {
        self.last_number
    }

    pub(super) fn note_sent(&mut self, number: u64) {
        self.last_number = Some(number);
    }

    /// Returns whether nobody wants the outcomes any more.
    pub(super) fn is_abandoned(&self) -> bool {
        self.is_abandoned
    }

    /// Drops the outcomes, those to come included.
    pub(super) fn abandon(&mut self) {
        self.is_abandoned = true;
        self.is_complete = true;
        self.outcomes.clear();
    }

    /// Gives a task its outcome. It has had none.
    pub(super) fn settle(&mut self, place: usize, outcome: V) {
        self.settled += 1;
        if self.is_abandoned {
            return;
        }
        if self.order == Order::OfOutcomes {
            self.outcomes.push_back(Some(outcome));
            return;
        }
        let index = place - self.taken;
        if self.outcomes.len() <= index {
            self.outcomes.resize_with(index + 1, || None);
        }
        self.outcomes[index] = Some(outcome);
    }

    /// Gives tasks from `place` on their outcomes. They have had none.
    pub(super) fn settle_all(&mut self, place: usize, outcomes: impl ExactSizeIterator<Item = V>) {
        let is_next = self.order == Order::OfTasks && place - self.taken == self.outcomes.len();
        if is_next && !self.is_abandoned {
            self.settled += outcomes.len();
            self.outcomes.extend(outcomes.map(Some));
            return;
        }
        for (place, outcome) in (place..).zip(outcomes) {
            self.settle(place, outcome);
        }
    }

    /// Returns whether the next outcome has come.
    pub(crate) fn has_next(&self) -> bool {
        matches!(self.outcomes.front(), Some(Some(_)))
    }

    /// Takes the next outcome, if it has come.
    pub(crate) fn take_next(&mut self) -> Option<V> {
        if !self.has_next() {
            return None;
        }
        self.taken += 1;
        self.outcomes.pop_front().flatten()
    }

    /// Takes every outcome that is left. The job is done.
    pub(crate) fn take_all(&mut self) -> impl Iterator<Item = V> + use<V> {
        self.taken = self.added;
        // By these steps, not by `flatten`: collected into a list of the same size for each, they stay in their memory.
        let outcomes = Vec::from(std::mem::take(&mut self.outcomes));
        outcomes.into_iter().map_while(|outcome| outcome)
    }
}
