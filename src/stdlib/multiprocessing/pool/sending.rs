//! Sending batches to the workers.

use std::sync::Arc;

use rhai::Dynamic;

use super::feed::{self, Feed};
use super::parcel::Parcel;
use super::state::{Stage, State};
use crate::pool::Batch;
use crate::script::{Exception, Failure, Interp};

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
            self.send_waiting();
            while let Some(mut feed) = self.feeds.pop_front() {
                let is_enough = feed.is_watched && self.table.under_way() >= AHEAD * processes;
                if is_enough || !self.send_some(interp, &mut feed) {
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

    /// Returns how many workers the pool should have now.
    pub(super) fn wanted(&self, interp: &Interp, most: usize) -> usize {
        let unsent: usize = self.feeds.iter().map(|feed| feed.items.len()).sum();
        let tasks = self.table.under_way() + self.table.waiting() + unsent;
        self.crew.wanted(interp, most, tasks)
    }

    fn is_unsent_empty(&self) -> bool {
        self.feeds.is_empty() && !self.table.has_waiting()
    }

    fn complete(&mut self, feed: &Feed) {
        self.table.complete(feed.job);
    }

    /// Sends batches that wait. Stops where there is no memory for one now.
    fn send_waiting(&mut self) {
        while self.crew.has_room()
            && let Some(batch) = self.table.next_waiting()
        {
            let rules = self.table.rules(batch.job);
            let head = feed::head(&batch.load.errand, rules, batch.count);
            match self.crew.send(&batch.load, head) {
                Ok(number) => self.table.sent(number, batch),
                Err(_) => return self.table.put_back(batch),
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

    /// Adds items to a job and sends them: long ones by themselves; those that cannot be sent fail.
    pub(super) fn send_items(&mut self, interp: &Arc<Interp>, feed: &Feed, items: Vec<Dynamic>) {
        let Some(job) = self.table.job_mut(feed.job) else {
            return;
        };
        let mut place = job.add(items.len());
        let count = items.len();
        let items = match self.as_one_load(feed, items) {
            Ok(load) => {
                self.table
                    .enqueue(Batch::new(feed.job, place..place + count, load));
                return self.send_waiting();
            }
            Err(items) => items,
        };
        let mut items = items.into_iter().peekable();
        while let Some(next) = items.peek() {
            let is_long = feed::is_long(next) && feed.rules.retries == 0;
            if is_long && !self.table.has_waiting() && self.crew.has_room() {
                let item = items.next().unwrap_or(Dynamic::UNIT);
                self.send_long(interp, feed, place, &item);
                place += 1;
                continue;
            }
            // A long one that cannot be sent by itself now is kept like the others.
            let kept = is_long.then(|| items.next()).flatten();
            let is_short = |item: &Dynamic| !feed::is_long(item) || feed.rules.retries > 0;
            let short = std::iter::from_fn(|| items.next_if(is_short));
            let short = kept.into_iter().chain(short);
            let packed = Parcel::pack(interp, &feed.errand, short);
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
            self.send_waiting();
        }
    }

    /// Returns items that make one batch, whatever they are for threads, and numbers for processes. Other items are the error.
    fn as_one_load(&mut self, feed: &Feed, items: Vec<Dynamic>) -> Result<Parcel, Vec<Dynamic>> {
        match self.crew.crew() {
            _ if items.is_empty() => Err(items),
            None => Ok(Parcel::hold(&feed.errand, items)),
            Some(_) => Parcel::pack_numbers(&feed.errand, &items).ok_or(items),
        }
    }

    fn send_long(&mut self, interp: &Arc<Interp>, feed: &Feed, place: usize, item: &Dynamic) {
        let head = feed::head(&feed.errand, feed.rules, 1);
        let mut sent = None;
        let Some(crew) = self.crew.crew() else {
            return;
        };
        let number = crew.send_by(|queue| {
            let put = Parcel::put_long(interp, &feed.errand, item, (queue, head));
            put.map(|parcel| sent = Some(parcel))
        });
        match (number, sent) {
            (Ok(number), Some(load)) => {
                let batch = Batch::new(feed.job, place..place + 1, load);
                self.table.sent(number, batch);
            }
            (Err(error), _) => {
                let outcome = Err(Exception::from_error(&error));
                self.table.settle_task(feed.job, place, outcome);
            }
            (Ok(_), None) => {}
        }
    }
}
