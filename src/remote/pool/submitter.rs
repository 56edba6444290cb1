//! Whoever submits tasks to a pool: each is on the server once, and each has one result here, however often connections break.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::{RedisResult, Value};

use super::fresh::now;
use super::task::{self, Sent};
use super::{DEATHS, KIND, Terms, check_length, program_key};
use crate::remote::caller::Caller;
use crate::remote::fault::Fault;
use crate::remote::keeper::Keeper;
use crate::remote::place::Place;
use crate::remote::scripts::SUBMIT;
use crate::remote::seal;
use crate::remote::seat::{Seat, Sitter};
use crate::sys::clock::Deadline;

/// The fewest tasks that a submitter may have on the server, and how many for each worker. The rest waits here, so that the tasks of several
/// submitters are done in turns.
const WINDOW_MIN: usize = 64;
const WINDOW_OF_WORKER: usize = 4;

/// The most bytes of the tasks on the server, but one task for each worker is always there.
const WINDOW_BYTES: usize = 32 << 20;

/// The most tasks in a request, and the most bytes of them.
const TASKS_AT_ONCE: usize = 256;
const BYTES_AT_ONCE: usize = 1 << 20;

/// The most results that one request takes.
pub(super) const RESULTS_AT_ONCE: usize = 256;

/// How long the server keeps a program that no submitter uses any more, and when one that is used is sent again.
const PROGRAM_KEPT: Duration = Duration::from_secs(7 * 86400);
const PROGRAM_RENEWED: Duration = Duration::from_secs(86400);

/// A task that is not done.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) program: Arc<str>,
    pub(super) bytes: Vec<u8>,
    /// How often it is tried again, if that is not the pool's affair.
    pub(super) retries: Option<u32>,
    /// When it was last sealed, in microseconds since 1970.
    pub(super) sealed: u64,
    /// How often it was refused, although it was sealed a short time ago.
    pub(super) refused: u32,
    /// It is taken before others, because it was there before.
    pub(super) is_next: bool,
    /// The server has it, as far as is known; else it is among the unsent.
    pub(super) is_there: bool,
}

/// The use of a pool by one process that submits tasks.
pub(crate) struct Submitter {
    pub(super) seat: Seat,
    pub(super) terms: Terms,
    /// The programs of the tasks, by their hashes.
    pub(super) programs: HashMap<Arc<str>, Vec<u8>>,
    /// When all of them were there for sure.
    pub(super) renewed: Instant,
    /// The number of the last task.
    pub(super) last: u64,
    /// The highest number that was sent to the server for this member.
    pub(super) sent: u64,
    pub(super) open: BTreeMap<u64, Open>,
    /// How many bytes those that the server has are.
    pub(super) bytes_there: usize,
    /// Those of the open tasks that the server may not have.
    pub(super) unsent: VecDeque<u64>,
    /// Results that were seen, and the tasks that nobody wants any more, with an id of nothing.
    pub(super) acknowledged: Vec<(u64, String)>,
    /// How many bytes these results are.
    pub(super) acknowledged_bytes: usize,
    /// The last result that was read.
    pub(super) seen: String,
    pub(super) workers: usize,
    /// When the server was last asked for them.
    pub(super) looked: Instant,
    /// When the wait for a first worker began.
    pub(super) alone_since: Option<Instant>,
    pub(super) is_told: bool,
}

impl Sitter for Submitter {
    fn seat(&mut self) -> &mut Seat {
        &mut self.seat
    }

    fn arrive(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        if !self.seat.is_known {
            self.seat.inspect(caller)?;
        }
        self.seat.introduce(None, Some(DEATHS), caller)?;
        self.publish_all(caller)?;
        // Those that are there are not added again.
        self.unsent = self.open.keys().copied().collect();
        self.open
            .values_mut()
            .for_each(|task| task.is_there = false);
        self.bytes_there = 0;
        self.seen = "0".into();
        Ok(())
    }

    fn begin_anew(&mut self, _caller: &dyn Caller) -> Result<(), Fault> {
        // Nobody wants the tasks of the old member, so all that are open are submitted again.
        self.forget_acknowledged();
        self.sent = 0;
        self.seat.renew();
        self.seat.cut();
        Ok(())
    }
}

fn publish(seat: &mut Seat, hash: &str, bytes: &[u8], caller: &dyn Caller) -> Result<(), Fault> {
    let mut command = redis::cmd("SET");
    command.arg(program_key(&seat.place, hash)).arg(bytes);
    command.arg("EX").arg(PROGRAM_KEPT.as_secs());
    let set: RedisResult<Value> = command.query(&mut seat.talk(caller)?);
    set?;
    Ok(())
}

impl Submitter {
    pub(crate) fn new(place: Place, terms: Terms, keeper: Arc<Keeper>) -> Self {
        Self {
            seat: Seat::new(place, KIND, terms.lease, keeper),
            terms,
            programs: HashMap::new(),
            renewed: Instant::now(),
            last: 0,
            sent: 0,
            open: BTreeMap::new(),
            bytes_there: 0,
            unsent: VecDeque::new(),
            acknowledged: Vec::new(),
            acknowledged_bytes: 0,
            seen: "0".into(),
            workers: 0,
            looked: Instant::now(),
            alone_since: None,
            is_told: false,
        }
    }

    /// Begins to use the pool.
    ///
    /// # Errors
    /// The server cannot be reached or used.
    pub(crate) fn begin(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        self.attempt(caller, |this, caller| {
            this.send(&[], caller)?;
            Ok(())
        })
    }

    /// Returns the number of workers when the server was last asked.
    pub(crate) fn workers(&self) -> usize {
        self.workers
    }

    /// Returns how many tasks are not done.
    pub(crate) fn open(&self) -> usize {
        self.open.len()
    }

    /// Makes a program known to workers, and returns its hash.
    ///
    /// # Errors
    /// It is too long; those of the server.
    pub(crate) fn publish(
        &mut self,
        bytes: Vec<u8>,
        caller: &dyn Caller,
    ) -> Result<Arc<str>, Fault> {
        check_length("the program", &bytes)?;
        let hash: Arc<str> = seal::hash(&bytes).into();
        if !self.programs.contains_key(&hash) {
            self.attempt(caller, |this, caller| {
                publish(&mut this.seat, &hash, &bytes, caller)
            })?;
            self.programs.insert(hash.clone(), bytes);
        }
        Ok(hash)
    }

    fn publish_all(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        for (hash, bytes) in &self.programs {
            publish(&mut self.seat, hash, bytes, caller)?;
        }
        self.renewed = Instant::now();
        Ok(())
    }

    /// Returns the URL of the server.
    pub(crate) fn url(&self) -> &str {
        self.seat.place.endpoint.url()
    }

    /// Adds a task, and returns its number. It is sent by [`flow`](Self::flow) or [`collect`](Self::collect).
    ///
    /// # Errors
    /// It is too long.
    pub(crate) fn add(
        &mut self,
        program: &Arc<str>,
        bytes: Vec<u8>,
        retries: Option<u32>,
    ) -> Result<u64, Fault> {
        check_length("the task", &bytes)?;
        self.last += 1;
        let program = program.clone();
        let task = Open {
            program,
            bytes,
            retries,
            sealed: 0,
            refused: 0,
            is_next: false,
            is_there: false,
        };
        self.open.insert(self.last, task);
        self.unsent.push_back(self.last);
        Ok(self.last)
    }

    /// Takes a task out of the open ones.
    pub(super) fn remove(&mut self, number: u64) -> Option<Open> {
        let task = self.open.remove(&number)?;
        if task.is_there {
            self.bytes_there -= task.bytes.len();
        }
        Some(task)
    }

    /// Sends as many tasks as there may be on the server, and what has become of others. A server that cannot be reached is given up soon
    /// after the deadline.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn flow(&mut self, deadline: Deadline, caller: &dyn Caller) -> Result<(), Fault> {
        self.seat.until(deadline);
        self.attempt(caller, |this, caller| this.try_flow(true, caller))
    }

    pub(super) fn try_flow(
        &mut self,
        acknowledges: bool,
        caller: &dyn Caller,
    ) -> Result<(), Fault> {
        if self.renewed.elapsed() >= PROGRAM_RENEWED {
            self.publish_all(caller)?;
        }
        loop {
            let window = WINDOW_MIN.max(WINDOW_OF_WORKER * self.workers);
            let there = self.open.len() - self.unsent.len();
            let room = window.saturating_sub(there);
            let (mut batch, mut bytes) = (Vec::new(), 0);
            for number in self.unsent.iter().take(room.min(TASKS_AT_ONCE)) {
                let length = self.open.get(number).map_or(0, |task| task.bytes.len());
                let is_needed = there + batch.len() < self.workers.max(1);
                let is_full = self.bytes_there + bytes + length > WINDOW_BYTES && !is_needed;
                if is_full || !batch.is_empty() && bytes + length > BYTES_AT_ONCE {
                    break;
                }
                bytes += length;
                batch.push(*number);
            }
            // Several are sent together, unless the workers could be waiting for them.
            let is_enough = room >= (window / 4).min(self.unsent.len());
            let is_due = acknowledges && !self.acknowledged.is_empty();
            // What nobody wants any more would be done meanwhile.
            let is_due = is_due
                || self.acknowledged.iter().any(|(_, id)| id.is_empty())
                || self.acknowledged.len() >= RESULTS_AT_ONCE
                || self.acknowledged_bytes >= BYTES_AT_ONCE;
            if (batch.is_empty() || !is_enough) && !is_due {
                return Ok(());
            }
            self.send(&batch, caller)?;
            self.unsent.drain(..batch.len());
            for number in &batch {
                if let Some(task) = self.open.get_mut(number) {
                    task.is_there = true;
                    self.bytes_there += task.bytes.len();
                }
            }
        }
    }

    pub(super) fn send(&mut self, batch: &[u64], caller: &dyn Caller) -> Result<(), Fault> {
        // Noted before: the server may have them even if this fails.
        self.sent = self.sent.max(batch.last().copied().unwrap_or(0));
        let (seat, terms) = (&mut self.seat, &self.terms);
        let client = seat.member.clone();
        let mut submit = SUBMIT.prepare_invoke();
        let own = [format!("t:{client}"), format!("r:{client}")];
        for part in ["c", "m", "s", "b", &own[0], &own[1]] {
            submit.key(seat.key(part));
        }
        submit.arg(&client).arg(self.acknowledged.len());
        for (number, id) in &self.acknowledged {
            submit.arg(*number).arg(id);
        }
        let time = now();
        for number in batch {
            let Some(task) = self.open.get_mut(number) else {
                continue;
            };
            // Another seal than the one before, whatever the clock does.
            task.sealed = time.max(task.sealed + 1);
            let sent = Sent {
                program: &task.program,
                retries: task.retries,
                time: task.sealed,
                bytes: &task.bytes,
            };
            let stream = if task.is_next { "b" } else { "s" };
            submit.arg(*number).arg(stream);
            submit.arg(task::write(terms, &client, *number, &sent));
        }
        self.workers = submit.invoke(&mut seat.talk(caller)?)?;
        self.looked = Instant::now();
        self.forget_acknowledged();
        Ok(())
    }

    fn forget_acknowledged(&mut self) {
        self.acknowledged.clear();
        self.acknowledged_bytes = 0;
    }

    /// Leaves: the server forgets its tasks and results.
    ///
    /// # Errors
    /// The server cannot be reached; the keeper will tell it.
    pub(crate) fn leave(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        if self.seat.is_known {
            self.seat.hurry();
            self.open.clear();
            self.bytes_there = 0;
            self.unsent.clear();
            self.attempt(caller, |this, caller| this.seat.remove(false, caller))?;
        }
        self.seat.leave();
        Ok(())
    }
}
