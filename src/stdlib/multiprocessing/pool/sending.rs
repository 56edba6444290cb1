//! Sending batches to the workers.

use std::sync::Arc;

use super::super::queues::put_failure;
use super::feed::{self, Feed};
use super::items::Items;
use super::parcel::Parcel;
use super::state::{Stage, State};
use super::terms::Kind;
use crate::pool::Batch;
use crate::script::{Exception, Failure, Interp};
use crate::sync::PutError;

/// How many batches for each worker are under way, of a call that waits.
const AHEAD: usize = 2;

impl State {
    /// Starts workers that are missing, and sends what waits to be sent.
    ///
    /// # Errors
    /// A worker cannot be started.
    pub(crate) fn advance(
        &mut self,
        interp: &Arc<Interp>,
        processes: usize,
    ) -> Result<(), Failure> {
        if self.stage == Stage::Terminated || self.broken.is_some() {
            return Ok(());
        }
        if !self.is_unsent_empty() {
            self.crew.hire(interp, self.wanted(interp, processes))?;
            self.send_waiting(interp);
            while let Some(mut feed) = self.feeds.pop_front() {
                if self.is_enough(&feed, processes) || !self.send_some(interp, &mut feed) {
                    self.feeds.push_front(feed);
                    break;
                }
                match feed.items.len() {
                    0 => self.complete(&feed),
                    _ => self.feeds.push_front(feed),
                }
            }
        }
        if self.stage == Stage::Closed && self.is_unsent_empty() {
            self.crew.close();
        }
        self.keep_promises();
        Ok(())
    }

    /// Returns whether more of a call is sent only when outcomes have come.
    fn is_enough(&self, feed: &Feed, processes: usize) -> bool {
        feed.is_watched && self.table.under_way() >= AHEAD * processes
    }

    /// Returns whether nothing is sent before outcomes come.
    pub(super) fn has_sent_enough(&self, processes: usize) -> bool {
        self.feeds.front().is_none_or(|feed| {
            // What waits for memory may get it at any time.
            self.is_enough(feed, processes) && !self.table.has_waiting()
        })
    }

    /// Returns how many workers the pool should have now.
    pub(super) fn wanted(&self, interp: &Interp, most: usize) -> usize {
        let unsent: usize = self.feeds.iter().map(|feed| feed.items.len()).sum();
        let tasks = self.table.under_way() + self.table.waiting() + unsent;
        self.wanted_for(interp, most, tasks)
    }

    /// Returns how many workers the pool should have that may have `most`, when it has this number of tasks.
    pub(super) fn wanted_for(&self, interp: &Interp, most: usize, tasks: usize) -> usize {
        match self.crew.starts_all(interp) {
            true => most,
            false => tasks.min(most),
        }
    }

    fn is_unsent_empty(&self) -> bool {
        self.feeds.is_empty() && !self.table.has_waiting()
    }

    fn complete(&mut self, feed: &Feed) {
        self.table.complete(feed.job);
    }

    /// Sends batches that wait. Stops where one cannot be sent now.
    fn send_waiting(&mut self, interp: &Interp) {
        while self.crew.has_room()
            && let Some(mut batch) = self.table.next_waiting()
        {
            let rules = self.table.rules(batch.job);
            let head = feed::head(&batch.load.errand, rules, batch.count);
            match self.crew.send(&batch.load, head) {
                Ok(number) => {
                    if rules.retries == 0 {
                        batch.load.forget_long();
                    }
                    self.table.sent(number, batch);
                }
                Err(PutError::Interrupted) => return self.table.put_back(batch),
                // Workers give memory back.
                Err(PutError::OutOfMemory { .. }) if self.table.under_way() > 0 => {
                    return self.table.put_back(batch);
                }
                Err(PutError::OutOfMemory { .. }) if batch.count > 1 => {
                    for one in batch.divided().into_iter().rev() {
                        self.table.put_back(one);
                    }
                }
                Err(error) => {
                    let why = Exception::from_error(&put_failure(interp, error));
                    self.table.fail(&batch, || Err(why.clone()));
                }
            }
        }
    }

    /// Sends the next items of a call. Returns false if there is no memory for them now.
    fn send_some(&mut self, interp: &Arc<Interp>, feed: &mut Feed) -> bool {
        let each = self.table.job(feed.job).and_then(|job| job.pace.each());
        let items = feed.next_items(each);
        self.send_items(interp, feed, items);
        !self.table.has_waiting()
    }

    /// Adds items to a job and sends them: those that cannot be sent fail.
    pub(super) fn send_items(&mut self, interp: &Arc<Interp>, feed: &Feed, mut items: Items) {
        let Some(job) = self.table.job_mut(feed.job) else {
            return;
        };
        let mut place = job.add(items.len());
        while items.len() > 0 {
            let packed = match self.crew.terms().kind {
                Kind::Processes => Parcel::pack(interp, &feed.errand, &mut items),
                Kind::Threads => Parcel::hold(&feed.errand, &mut items),
            };
            if packed.count > 0 {
                let places = place..place + packed.count;
                place = places.end;
                self.table
                    .enqueue(Batch::new(feed.job, places, packed.parcel));
            }
            if let Some(refused) = packed.refused {
                self.table.settle_task(feed.job, place, Err(refused));
                place += 1;
            }
        }
        self.send_waiting(interp);
    }
}
