//! Whoever submits tasks to a pool: each is on the server once, and each has one result here, however often connections break.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::{RedisResult, Value};

use super::task;
use super::{DEATHS, KIND, Terms, check_length, program_key};
use crate::remote::caller::Caller;
use crate::remote::fault::Fault;
use crate::remote::keeper::Keeper;
use crate::remote::place::Place;
use crate::remote::scripts::SUBMIT;
use crate::remote::seal;
use crate::remote::seat::{Seat, Sitter};
use crate::sys::clock::{Deadline, now_ns};

/// How long a wait for results lasts before it looks around.
const LOOK_AROUND: Duration = Duration::from_secs(2);

/// The fewest tasks that a submitter may have on the server, and how many for each worker. The rest waits here, so that the tasks of several
/// submitters are done in turns.
const WINDOW_MIN: usize = 64;
const WINDOW_OF_WORKER: usize = 4;

/// The most tasks in a request, and the most bytes of them.
const TASKS_AT_ONCE: usize = 256;
const BYTES_AT_ONCE: usize = 1 << 20;

/// The most results that one request takes.
const RESULTS_AT_ONCE: usize = 256;

/// How long the server keeps a program that no submitter uses any more.
const PROGRAM_KEPT: Duration = Duration::from_secs(7 * 86400);

/// After how long without a worker the user who waits gets a message.
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
}

/// A task that is not done.
#[derive(Debug)]
struct Open {
    program: Arc<str>,
    bytes: Vec<u8>,
}

/// The use of a pool by one process that submits tasks.
pub(crate) struct Submitter {
    seat: Seat,
    terms: Terms,
    /// The programs of the tasks, by their hashes.
    programs: HashMap<Arc<str>, Vec<u8>>,
    /// The number of the last task.
    last: u64,
    open: BTreeMap<u64, Open>,
    /// Those of the open tasks that the server may not have.
    unsent: VecDeque<u64>,
    /// Results that were seen, and the tasks that nobody wants any more, with an id of nothing.
    acknowledged: Vec<(u64, String)>,
    /// The last result that was read.
    seen: String,
    workers: usize,
    /// When the wait for a first worker began.
    alone_since: Option<Instant>,
    is_told: bool,
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
        for (hash, bytes) in &self.programs {
            publish(&mut self.seat, hash, bytes, caller)?;
        }
        // Those that are there are not added again.
        self.unsent = self.open.keys().copied().collect();
        self.seen = "0".into();
        Ok(())
    }

    fn begin_anew(&mut self, _caller: &dyn Caller) -> Result<(), Fault> {
        // Nobody wants the tasks of the old member, so all that are open are submitted again.
        self.acknowledged.clear();
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
            last: 0,
            open: BTreeMap::new(),
            unsent: VecDeque::new(),
            acknowledged: Vec::new(),
            seen: "0".into(),
            workers: 0,
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

    /// Adds a task, and returns its number. It is sent by [`flow`](Self::flow) or [`collect`](Self::collect).
    ///
    /// # Errors
    /// It is too long.
    pub(crate) fn add(&mut self, program: &Arc<str>, bytes: Vec<u8>) -> Result<u64, Fault> {
        check_length("the task", &bytes)?;
        self.last += 1;
        let program = program.clone();
        self.open.insert(self.last, Open { program, bytes });
        self.unsent.push_back(self.last);
        Ok(self.last)
    }

    /// Forgets tasks: those that no worker has begun are not done.
    pub(crate) fn withdraw(&mut self, numbers: &[u64]) {
        let unsent: HashSet<u64> = self.unsent.iter().copied().collect();
        for number in numbers {
            if self.open.remove(number).is_some() && !unsent.contains(number) {
                self.acknowledged.push((*number, String::new()));
            }
        }
        self.unsent.retain(|number| self.open.contains_key(number));
    }

    /// Sends as many tasks as there may be on the server, and what has become of others.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn flow(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        self.attempt(caller, |this, caller| this.try_flow(true, caller))
    }

    fn try_flow(&mut self, acknowledges: bool, caller: &dyn Caller) -> Result<(), Fault> {
        loop {
            let window = WINDOW_MIN.max(WINDOW_OF_WORKER * self.workers);
            let room = window.saturating_sub(self.open.len() - self.unsent.len());
            let (mut batch, mut bytes) = (Vec::new(), 0);
            for number in self.unsent.iter().take(room.min(TASKS_AT_ONCE)) {
                let length = self.open.get(number).map_or(0, |task| task.bytes.len());
                if !batch.is_empty() && bytes + length > BYTES_AT_ONCE {
                    break;
                }
                bytes += length;
                batch.push(*number);
            }
            // Several are sent together, unless the workers could be waiting for them.
            let is_enough = room >= (window / 4).min(self.unsent.len());
            let is_due = acknowledges && !self.acknowledged.is_empty();
            let is_due = is_due || self.acknowledged.len() >= RESULTS_AT_ONCE;
            if (batch.is_empty() || !is_enough) && !is_due {
                return Ok(());
            }
            self.send(&batch, caller)?;
            self.unsent.drain(..batch.len());
        }
    }

    fn send(&mut self, batch: &[u64], caller: &dyn Caller) -> Result<(), Fault> {
        let (seat, terms) = (&mut self.seat, &self.terms);
        let client = seat.member.clone();
        let mut submit = SUBMIT.prepare_invoke();
        let own = [format!("t:{client}"), format!("r:{client}")];
        for part in ["c", "m", "s", &own[0], &own[1]] {
            submit.key(seat.key(part));
        }
        submit.arg(&client).arg(self.acknowledged.len());
        for (number, id) in &self.acknowledged {
            submit.arg(*number).arg(id);
        }
        for number in batch {
            if let Some(Open { program, bytes }) = self.open.get(number) {
                let written = task::write(terms, &client, *number, program, bytes);
                submit.arg(*number).arg(written);
            }
        }
        self.workers = submit.invoke(&mut seat.talk(caller)?)?;
        self.acknowledged.clear();
        Ok(())
    }

    /// Sends tasks, and waits for results: at least one, if any task is open.
    ///
    /// # Errors
    /// [`Fault::TimedOut`]; those of the server.
    pub(crate) fn collect(
        &mut self,
        deadline: Deadline,
        caller: &dyn Caller,
    ) -> Result<Vec<(u64, Outcome)>, Fault> {
        loop {
            let outcomes = self.attempt(caller, |this, caller| {
                this.try_flow(false, caller)?;
                let left = deadline.left().unwrap_or(LOOK_AROUND);
                let outcomes = this.read(left.min(LOOK_AROUND), caller)?;
                if outcomes.is_empty() {
                    this.seat.stay_watched()?;
                }
                Ok(outcomes)
            })?;
            if !outcomes.is_empty() {
                self.alone_since = None;
                return Ok(outcomes);
            }
            if self.open.is_empty() {
                return Ok(Vec::new());
            }
            if deadline.passed(now_ns()) {
                return Err(Fault::TimedOut);
            }
            self.look_for_workers(caller)?;
        }
    }

    /// Tells the user when there has been no worker for some time.
    fn look_for_workers(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        if self.is_told {
            return Ok(());
        }
        self.attempt(caller, |this, caller| this.send(&[], caller))?;
        if self.workers > 0 {
            self.alone_since = None;
            return Ok(());
        }
        let since = *self.alone_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= TOLD_AFTER {
            self.is_told = true;
            let how = match self.terms.key {
                Some(_) => "--key FILE",
                None => "with the same script",
            };
            caller.tell(&format!(
                "no worker serves the pool {} at {} yet: start one with `procscript worker`, {how}",
                self.terms.name, self.seat.place.endpoint
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
            self.acknowledged.push((number, id));
            // One that has come before, over another connection.
            if self.open.remove(&number).is_none() {
                continue;
            }
            let bytes = fields.get(3).map_or(&[][..], Vec::as_slice);
            let outcome = match fields.get(5) {
                Some(deaths) => {
                    let deaths = str::from_utf8(deaths).ok();
                    Outcome::Dead(deaths.and_then(|text| text.parse().ok()).unwrap_or(0))
                }
                None => match task::read_result(&self.terms, &client, number, bytes) {
                    Some(result) => Outcome::Done(result.to_vec()),
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

    /// Leaves: the server forgets its tasks and results.
    ///
    /// # Errors
    /// The server cannot be reached; the keeper will tell it.
    pub(crate) fn leave(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        if self.seat.is_known {
            self.seat.hurry();
            self.open.clear();
            self.unsent.clear();
            self.attempt(caller, |this, caller| this.seat.remove(false, caller))?;
        }
        self.seat.leave();
        Ok(())
    }
}
