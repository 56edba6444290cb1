//! How a submitter waits for the results of its tasks.

use std::time::{Duration, Instant};

use redis::RedisResult;

use super::fresh::{AGE, now};
use super::submitter::{RESULTS_AT_ONCE, Submitter};
use super::task::{self, Reply};
use crate::remote::caller::Caller;
use crate::remote::fault::Fault;
use crate::remote::seat::Sitter;
use crate::sys::clock::Deadline;

/// How often whoever waits for results looks around: whether there are workers, and whether the server still knows it.
const LOOK_AROUND: Duration = Duration::from_secs(2);

/// The most bytes of results that were seen and are left on the server until the next request, when nothing else is to come. With more, or
/// more than one result, they are removed by a request of their own: one that is small is not worth it, and `apply` in a loop is quicker.
const LEFT_BYTES: usize = 16 << 10;

/// After how long without a worker a user who waits gets a message.
const TOLD_AFTER: Duration = Duration::from_secs(5);

/// What became of a task.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The result that a worker has given.
    Done(Vec<u8>),
    /// It has killed this many workers.
    Dead(u32),
    /// The result is not of a worker that knows the key.
    Unsealed,
    /// Workers take it for an old one, although it was just sealed.
    Stale,
}

/// How often a task that was just sealed may be refused as an old one.
const REFUSALS: u32 = 3;

impl Submitter {
    /// Sends tasks, and takes the results that come within this time. A server that cannot be reached is given up soon after the deadline.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn collect(
        &mut self,
        wait: Duration,
        deadline: Deadline,
        caller: &dyn Caller,
    ) -> Result<Vec<(u64, Outcome)>, Fault> {
        self.seat.until(deadline);
        let outcomes = self.attempt(caller, |this, caller| {
            this.try_flow(false, caller)?;
            match this.open.is_empty() {
                true => Ok(Vec::new()),
                false => this.read(wait, caller),
            }
        })?;
        if !outcomes.is_empty() {
            self.alone_since = None;
            self.acknowledge_last(caller);
        } else if !self.open.is_empty() && self.looked.elapsed() >= LOOK_AROUND {
            self.look_around(deadline, caller)?;
        }
        Ok(outcomes)
    }

    /// Has the server remove the results that were seen, when nothing is left whose requests would do it.
    fn acknowledge_last(&mut self, caller: &dyn Caller) {
        let is_much = self.acknowledged.len() > 1 || self.acknowledged_bytes > LEFT_BYTES;
        if self.open.is_empty() && is_much && self.send(&[], caller).is_err() {
            // The results have come, so this is no reason to fail; the next request repeats it over another connection.
            self.seat.cut();
        }
    }

    /// Makes sure that the server still knows this member and somebody watches over it, and tells the user when there has been no worker for
    /// some time.
    fn look_around(&mut self, deadline: Deadline, caller: &dyn Caller) -> Result<(), Fault> {
        self.seat.until(deadline);
        self.attempt(caller, |this, caller| {
            this.seat.stay_watched()?;
            // Reading alone would not notice that the member was removed.
            this.send(&[], caller)
        })?;
        if self.workers > 0 {
            self.alone_since = None;
        }
        if self.workers > 0 || self.is_told {
            return Ok(());
        }
        let since = *self.alone_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= TOLD_AFTER {
            self.is_told = true;
            let (name, endpoint) = (&self.terms.name, &self.seat.place.endpoint);
            let (command, what) = match self.terms.key {
                Some(_) => (
                    format!("procscript worker {endpoint} --pool {name} --key FILE"),
                    "FILE has the same key",
                ),
                None => (
                    format!("procscript worker {endpoint} script.rhai --pool {name}"),
                    "script.rhai is the same script",
                ),
            };
            caller.tell(&format!(
                "no worker serves the pool {name} at {endpoint} yet: start one with `{command}`, where {what}"
            ));
        }
        Ok(())
    }

    fn read(&mut self, wait: Duration, caller: &dyn Caller) -> Result<Vec<(u64, Outcome)>, Fault> {
        let seat = &mut self.seat;
        let client = seat.member.clone();
        let mut command = redis::cmd("XREAD");
        command.arg("COUNT").arg(RESULTS_AT_ONCE);
        if !wait.is_zero() {
            command.arg("BLOCK").arg(wait.as_millis().max(1) as u64);
        }
        command.arg("STREAMS").arg(seat.key(&format!("r:{client}")));
        command.arg(&self.seen);
        // For each stream its key and its entries: an id and fields.
        type Entries = Vec<(String, Vec<Vec<u8>>)>;
        let answer: RedisResult<Option<Vec<(String, Entries)>>> =
            command.query(seat.talk(caller)?.waiting(wait));
        let mut outcomes = Vec::new();
        for (id, fields) in answer?.into_iter().flatten().flat_map(|(_, found)| found) {
            self.seen.clone_from(&id);
            let number = fields.get(1).and_then(|text| str::from_utf8(text).ok());
            let Some(number) = number.and_then(|text| text.parse().ok()) else {
                continue;
            };
            let bytes = fields.get(3).map_or(&[][..], Vec::as_slice);
            self.acknowledged.push((number, id));
            self.acknowledged_bytes += bytes.len();
            let reply = task::read_result(&self.terms, &client, number, bytes);
            if fields.get(5).is_none() && reply == Some(Reply::Stale) && self.seal_again(number) {
                continue;
            }
            // One that has come before, over another connection.
            if self.remove(number).is_none() {
                continue;
            }
            let outcome = match fields.get(5) {
                Some(deaths) => {
                    let deaths = str::from_utf8(deaths).ok();
                    Outcome::Dead(deaths.and_then(|text| text.parse().ok()).unwrap_or(0))
                }
                None => match reply {
                    Some(Reply::Result(result)) => Outcome::Done(result.to_vec()),
                    Some(Reply::Stale) => Outcome::Stale,
                    None => Outcome::Unsealed,
                },
            };
            outcomes.push((number, outcome));
        }
        if !outcomes.is_empty() {
            let open = &self.open;
            self.unsent.retain(|number| open.contains_key(number));
        }
        Ok(outcomes)
    }

    /// Has a task sent again with another seal, before new ones. Returns false if that has been in vain.
    fn seal_again(&mut self, number: u64) -> bool {
        let Some(task) = self.open.get_mut(&number) else {
            return false;
        };
        // One that has waited for long is no sign of clocks that differ.
        if now().abs_diff(task.sealed) < AGE / 2 {
            task.refused += 1;
        }
        if task.refused >= REFUSALS {
            return false;
        }
        task.is_next = true;
        if std::mem::take(&mut task.is_there) {
            self.bytes_there -= task.bytes.len();
            self.unsent.push_front(number);
        }
        true
    }
}
