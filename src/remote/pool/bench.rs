//! A worker's place in a pool: it takes a task, does it, and gives its result with the request for the next one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use redis::Value;

use super::fresh::{Fresh, now};
use super::task::{self, Done, Task};
use super::{DEATHS, KIND, Terms, check_length, program_key};
use crate::remote::caller::Caller;
use crate::remote::fault::{Fault, Refusal};
use crate::remote::keeper::Keeper;
use crate::remote::place::Place;
use crate::remote::removal::remove_holder;
use crate::remote::scripts::WORK;
use crate::remote::seal;
use crate::remote::seat::{Seat, Sitter};
use crate::remote::streams::{IN_HAND, LOOK_AROUND, NEW, read_both};

/// The most tasks in hand that one request gives.
const AT_ONCE: usize = 16;

/// A worker's place.
pub(crate) struct Bench {
    seat: Seat,
    terms: Terms,
    /// What was done, until the server knows.
    done: Option<Done>,
    /// What has come from the server and is not begun.
    ahead: VecDeque<Written>,
    /// Whether a task that the server has given may have been lost with a connection.
    looks_back: bool,
    /// How many tasks it has ended that nobody with its key has submitted.
    foreign: u64,
    /// The tasks that it has begun, where tasks are sealed.
    fresh: Fresh,
}

impl Sitter for Bench {
    fn seat(&mut self) -> &mut Seat {
        &mut self.seat
    }

    fn arrive(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        if !self.seat.is_known {
            self.seat.inspect(caller)?;
        }
        self.seat.introduce(None, Some(DEATHS), caller)?;
        self.looks_back = true;
        Ok(())
    }

    fn begin_anew(&mut self, _caller: &dyn Caller) -> Result<(), Fault> {
        // Another worker has the task by now.
        self.done = None;
        self.ahead.clear();
        self.seat.renew();
        self.seat.cut();
        Ok(())
    }
}

impl Bench {
    pub(crate) fn new(place: Place, terms: Terms, keeper: Arc<Keeper>) -> Self {
        Self {
            seat: Seat::new(place, KIND, terms.lease, keeper),
            terms,
            done: None,
            ahead: VecDeque::new(),
            looks_back: false,
            foreign: 0,
            fresh: Fresh::default(),
        }
    }

    /// Takes its place, without taking anything.
    ///
    /// # Errors
    /// The server cannot be reached or used.
    pub(crate) fn open(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        self.attempt(caller, |_, _| Ok(()))
    }

    /// Notes that the task in hand was done; the server gets to know with the next request.
    ///
    /// # Errors
    /// The result is too long.
    pub(crate) fn finish(&mut self, task: &Task, result: &[u8]) -> Result<(), Fault> {
        check_length("the result", result)?;
        self.done = Some(self.done(task, result));
        Ok(())
    }

    /// Returns what ends a task with this result.
    pub(crate) fn done(&self, task: &Task, result: &[u8]) -> Done {
        task.done(&self.terms, result)
    }

    /// Waits for a task.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn next(&mut self, caller: &dyn Caller) -> Result<Task, Fault> {
        loop {
            let (id, written) = self.attempt(caller, Self::try_next)?;
            match task::read(&self.terms, &id, &written) {
                None => self.refuse(id, &written, caller)?,
                Some(task) if self.terms.key.is_some() && !self.fresh.admit(&task, now()) => {
                    self.done = Some(task.stale(&self.terms));
                }
                Some(task) => return Ok(task),
            }
        }
    }

    fn try_next(&mut self, caller: &dyn Caller) -> Result<Written, Fault> {
        if self.looks_back {
            let mut unseen = self.read(None, IN_HAND, caller)?;
            unseen.retain(|(id, _)| self.done.as_ref().is_none_or(|done| done.id != *id));
            self.ahead = unseen.into();
            self.looks_back = false;
        }
        loop {
            let is_wanted = self.ahead.is_empty();
            if is_wanted || self.done.is_some() {
                match self.work(is_wanted, caller)? {
                    Taken::Task(task) => self.ahead.push_back(task),
                    Taken::Others => continue,
                    Taken::None => (),
                }
            }
            if let Some(next) = self.ahead.pop_front() {
                return Ok(next);
            }
            // Two, if one that came back is among them.
            let taken = self.read(Some(LOOK_AROUND), NEW, caller)?;
            self.ahead.extend(taken);
            self.seat.stay_watched()?;
        }
    }

    /// Gives the result of the task that was done, and takes another one if it is wanted.
    fn work(&mut self, wanted: bool, caller: &dyn Caller) -> Result<Taken, Fault> {
        let seat = &mut self.seat;
        let mut work = WORK.prepare_invoke();
        for part in ["c", "m", "s", "b", "e"] {
            work.key(seat.key(part));
        }
        work.arg(&seat.member).arg(u8::from(wanted));
        if let Some(done) = &self.done {
            work.arg(&done.id).arg(&done.client).arg(done.number);
            work.arg(&done.result[..]);
        }
        let answer: Vec<Value> = work.invoke(&mut seat.talk(caller)?)?;
        if answer.first() != Some(&Value::Int(1)) {
            return Err(Fault::Removed);
        }
        self.done = None;
        Ok(match (answer.get(1), answer.get(2)) {
            (Some(Value::BulkString(id)), Some(Value::BulkString(bytes))) => {
                Taken::Task((String::from_utf8_lossy(id).into_owned(), bytes.clone()))
            }
            (Some(_), _) => Taken::Others,
            _ => Taken::None,
        })
    }

    /// Reads what is new, or what this worker has in hand.
    fn read(
        &mut self,
        wait: Option<Duration>,
        from: &str,
        caller: &dyn Caller,
    ) -> Result<Vec<Written>, Fault> {
        let most = if wait.is_some() { 1 } else { AT_ONCE };
        let items = read_both(&mut self.seat, most, wait, from, caller)?;
        let written = items.into_iter().map(|item| (item.id, item.bytes));
        Ok(written.collect())
    }

    /// Ends a task that is none, or whose seal does not fit. Whoever has submitted it, if anybody has, sees no result of it.
    fn refuse(&mut self, id: String, written: &[u8], caller: &dyn Caller) -> Result<(), Fault> {
        self.foreign += 1;
        // Whoever may write to the server does not fill the log.
        if self.foreign.is_power_of_two() {
            let what = match self.terms.key {
                Some(_) => "that nobody has submitted who has the key of this worker",
                None => "that is none",
            };
            let count = self.foreign;
            caller.tell(&format!("a task is ignored {what} ({count} so far)"));
        }
        let words = written.split(|byte| *byte == b' ').take(2);
        let words: Vec<String> = words
            .map(|word| String::from_utf8_lossy(word).into_owned())
            .collect();
        let [client, number] = <[String; 2]>::try_from(words).unwrap_or_default();
        self.done = Some(Done {
            id,
            client,
            number: number.parse().unwrap_or(0),
            // A line without a seal, and nothing: no result.
            result: b"\n".to_vec(),
        });
        self.attempt(caller, |bench, caller| {
            bench.work(false, caller).map(|_| ())
        })
    }

    /// Returns the bytes of a program.
    ///
    /// # Errors
    /// The server does not have it, or something else; those of the server.
    pub(crate) fn program(&mut self, hash: &str, caller: &dyn Caller) -> Result<Vec<u8>, Fault> {
        let key = program_key(&self.seat.place, hash);
        let bytes: Option<Vec<u8>> = self.attempt(caller, |bench, caller| {
            Ok(redis::cmd("GET")
                .arg(&key)
                .query(&mut bench.seat.talk(caller)?)?)
        })?;
        let right = bytes.filter(|bytes| seal::hash(bytes) == hash);
        let text = "the server does not have the program of the task";
        right.ok_or_else(|| Fault::refused(Refusal::Mismatch, text))
    }

    /// Leaves, because a task takes too long: the task is tried again if it may be, and else it has ended like this.
    ///
    /// # Errors
    /// The server cannot be reached; the keeper will tell it of the end of this process.
    pub(crate) fn give_up(&mut self, late: &Done, caller: &dyn Caller) -> Result<(), Fault> {
        self.seat.hurry();
        self.attempt(caller, |bench, caller| {
            let seat = &mut bench.seat;
            let (place, member) = (seat.place.clone(), seat.member.clone());
            let late = Some((late.id.as_str(), &late.result[..]));
            remove_holder(&place, &member, ("", 1), late, &mut seat.talk(caller)?)
        })?;
        self.seat.leave();
        Ok(())
    }

    /// Leaves in order: gives the result of what was done, and gives back what was not.
    ///
    /// # Errors
    /// The server cannot be reached; the keeper will tell it.
    pub(crate) fn leave(&mut self, blamed: bool, caller: &dyn Caller) -> Result<(), Fault> {
        if self.seat.is_known {
            self.seat.hurry();
            self.attempt(caller, |bench, caller| {
                if bench.done.is_some() {
                    bench.work(false, caller)?;
                }
                bench.seat.remove(blamed, caller)
            })?;
        }
        self.seat.leave();
        Ok(())
    }
}

/// The number of a task, and the task as it was sent.
type Written = (String, Vec<u8>);

/// The answer to a request for a task.
enum Taken {
    Task(Written),
    /// There may be one behind those that nobody wants.
    Others,
    None,
}
