//! Withdrawing tasks that no worker has begun.

use super::parcel::Ended;
use super::promise::Promise;
use super::state::State;
use crate::pool::JobId;
use crate::script::Exception;

/// The outcome of a task that was cancelled.
fn cancelled() -> Ended {
    Err(Exception::new("CancelledError", vec![]))
}

impl State {
    /// Cancels the only task of a promise. Returns false if a worker has begun it, or it has ended.
    pub(crate) fn cancel(&mut self, promise: &Promise) -> bool {
        if promise.result().is_some() {
            return promise.is_cancelled();
        }
        let number = self.table.number_of(promise.job);
        if number.is_some_and(|number| !self.crew.withdraw(number)) {
            return false;
        }
        match number {
            Some(number) => self.table.withdraw(number, cancelled),
            None => self.withdraw_unsent(Some(promise.job)),
        }
        self.keep_promises();
        true
    }

    /// Returns whether a worker has begun the only task of a promise, which has no result.
    pub(crate) fn is_running(&self, promise: &Promise) -> bool {
        let number = self.table.number_of(promise.job);
        promise.result().is_none() && number.is_some_and(|number| self.crew.is_begun(number))
    }

    /// Cancels every task that no worker has begun.
    pub(crate) fn withdraw_all(&mut self) {
        self.withdraw_sent(None);
        self.withdraw_unsent(None);
        self.keep_promises();
    }

    /// Cancels the tasks of a job that no worker has begun, and forgets the job.
    pub(super) fn withdraw_job(&mut self, job: JobId) {
        self.withdraw_sent(Some(job));
        self.table.forget(job);
    }

    /// Forgets a call that could not be begun.
    pub(super) fn withdraw_promise(&mut self, promise: &Promise) {
        self.promises.remove(&promise.job);
        self.feeds.retain(|feed| feed.job != promise.job);
        self.withdraw_job(promise.job);
    }

    /// Gives up a call whose result nobody can get any more. Its tasks that no worker has begun are cancelled. With `ends`, the workers that run
    /// the others are ended, unless another call has tasks under way: a worker may just have gone on to one of those.
    pub(super) fn abandon(&mut self, promise: &Promise, ends: bool) {
        self.withdraw_sent(Some(promise.job));
        let running = self.table.numbers(Some(promise.job));
        if ends && running.len() == self.table.under_way() {
            self.crew.end_those_with(&running);
            for number in running {
                self.table.withdraw(number, cancelled);
            }
        }
        self.withdraw_promise(promise);
    }

    fn withdraw_sent(&mut self, job: Option<JobId>) {
        for number in self.table.numbers(job) {
            if self.crew.withdraw(number) {
                self.table.withdraw(number, cancelled);
            }
        }
    }

    fn withdraw_unsent(&mut self, job: Option<JobId>) {
        self.table.withdraw_waiting(job, cancelled);
        for feed in std::mem::take(&mut self.feeds) {
            if job.is_some_and(|job| job != feed.job) {
                self.feeds.push_back(feed);
                continue;
            }
            self.refuse_rest(&feed, cancelled);
        }
    }
}
