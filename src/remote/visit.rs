//! The use of an object that nobody owns a part of: a connection, without a member and a keeper.
//!
//! A call that changes something has a number. The server keeps the answer to the last one of each visitor, so that a call which is repeated
//! over a new connection changes nothing twice.

use std::time::Duration;

use redis::{FromRedisValue, RedisResult, Script, Value};

use super::caller::Caller;
use super::fault::{Fault, Refusal};
use super::link::{Link, Patience};
use super::member::new_member;
use super::place::Place;
use super::scripts::VISIT;
use super::seat::VERSION;
use super::server::inspect;
use super::streams::sleep_on_word;
use super::wire::Talk;
use crate::sys::clock::Deadline;

/// The most bytes of a value: a larger one stops everybody for up to a second while the server copies it.
pub(super) const VALUE_MAX: usize = 16 << 20;

/// What an object is opened with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VisitTerms {
    /// What its settings call it.
    pub kind: &'static str,
    /// The settings of an object that is not there yet.
    pub settings: Vec<(&'static str, String)>,
}

/// The use of an object by one thread.
pub(crate) struct Visit {
    place: Place,
    terms: VisitTerms,
    link: Link,
    /// Who calls.
    visitor: String,
    /// The number of the last call that changes something.
    calls: u64,
    /// The settings that the object has.
    settings: Vec<Option<String>>,
    is_inspected: bool,
    patience: Patience,
}

impl Visit {
    pub(crate) fn new(place: Place, terms: VisitTerms) -> Self {
        Self {
            link: Link::new(place.endpoint.clone()),
            place,
            terms,
            visitor: new_member(Duration::ZERO),
            calls: 0,
            settings: Vec::new(),
            is_inspected: false,
            patience: Patience::new(),
        }
    }

    /// Opens the object, and returns the settings that it has, in the order of those it would have been made with.
    ///
    /// # Errors
    /// The server cannot be reached or used, or the object is another one.
    pub(crate) fn open(&mut self, caller: &dyn Caller) -> Result<Vec<Option<String>>, Fault> {
        self.attempt(caller, |visit, _| Ok(visit.settings.clone()))
    }

    /// Has the next operation give up a server that cannot be reached soon after its timeout.
    pub(super) fn until(&mut self, deadline: Deadline) -> &mut Self {
        self.patience.until(deadline);
        self
    }

    /// Returns how many calls of this thread have changed something, or may have.
    pub(crate) fn changes(&self) -> u64 {
        self.calls
    }

    /// Has the server forget the answer to the last call.
    ///
    /// # Errors
    /// Those of the server, which forgets it later by itself.
    pub(crate) fn leave(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        if self.calls > 0 {
            self.patience.hurry();
            self.attempt(caller, |visit, caller| {
                let key = visit.key_of_answer();
                let mut forget = redis::cmd("DEL");
                // A large answer is beside it.
                forget.arg(&key).arg(format!("{key}:a"));
                let forgotten: RedisResult<Value> = forget.query(&mut visit.talk(caller)?);
                forgotten?;
                Ok(())
            })?;
        }
        self.link.cut();
        Ok(())
    }

    /// Repeats an operation over new connections until it succeeds or is refused.
    ///
    /// # Errors
    /// Those of `operation` except broken connections; [`Fault::Unreachable`].
    pub(super) fn attempt<T>(
        &mut self,
        caller: &dyn Caller,
        mut operation: impl FnMut(&mut Self, &dyn Caller) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut outage = self.link.begin(&mut self.patience);
        loop {
            let ready = self.ready(caller);
            let attempt = self.link.attempt();
            match ready.and_then(|()| operation(self, caller)) {
                Err(Fault::Broken(why)) => self.link.retry(&mut outage, &attempt, caller, &why)?,
                Err(Fault::Interrupted) => {
                    // What is under way on this connection finds nobody any more.
                    self.link.cut();
                    return Err(Fault::Interrupted);
                }
                result => {
                    self.patience.note_success();
                    return result;
                }
            }
        }
    }

    /// Makes sure that there is a connection, and an object at its other end.
    fn ready(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        if self.link.is_open() {
            return Ok(());
        }
        self.link.open(caller)?;
        if !self.is_inspected {
            let probe = self.key("e");
            inspect(&mut self.talk(caller)?, probe)?;
            self.is_inspected = true;
        }
        let mut visit = VISIT.prepare_invoke();
        visit.key(self.key("c"));
        visit.arg(self.terms.kind).arg(VERSION);
        for (name, value) in &self.terms.settings {
            visit.arg(*name).arg(value);
        }
        self.settings = visit.invoke(&mut self.talk(caller)?)?;
        Ok(())
    }

    /// Calls a script that looks. Its keys are those of the settings, of the last answer, and these parts; its arguments the name of the
    /// operation, 0, and these.
    ///
    /// # Errors
    /// Those of the server.
    pub(super) fn look<T: FromRedisValue>(
        &mut self,
        script: &Script,
        parts: &[&str],
        operation: &str,
        arguments: &[&[u8]],
        caller: &dyn Caller,
    ) -> Result<T, Fault> {
        self.attempt(caller, |visit, caller| {
            visit.call(script, parts, operation, 0, arguments, caller)
        })
    }

    /// Calls a script that changes something: once, however often the connection breaks.
    ///
    /// # Errors
    /// Those of the server; an argument is too large.
    pub(super) fn change<T: FromRedisValue>(
        &mut self,
        script: &Script,
        parts: &[&str],
        operation: &str,
        arguments: &[&[u8]],
        caller: &dyn Caller,
    ) -> Result<T, Fault> {
        if let Some(large) = arguments.iter().find(|part| part.len() > VALUE_MAX) {
            let text = format!(
                "the value has {} bytes; one on a server has at most {VALUE_MAX}: put it into a file or another storage, and keep its name",
                large.len()
            );
            return Err(Fault::refused(Refusal::Mismatch, text));
        }
        self.calls += 1;
        let number = self.calls;
        self.attempt(caller, |visit, caller| {
            visit.call(script, parts, operation, number, arguments, caller)
        })
    }

    fn call<T: FromRedisValue>(
        &mut self,
        script: &Script,
        parts: &[&str],
        operation: &str,
        number: u64,
        arguments: &[&[u8]],
        caller: &dyn Caller,
    ) -> Result<T, Fault> {
        let mut call = script.prepare_invoke();
        call.key(self.key("c")).key(self.key_of_answer());
        for part in parts {
            call.key(self.key(part));
        }
        call.arg(operation).arg(number);
        for argument in arguments {
            call.arg(*argument);
        }
        Ok(call.invoke(&mut self.talk(caller)?)?)
    }

    /// Sleeps until the word of a part, a stream of one entry, is another one than the one seen: it cannot be missed.
    ///
    /// # Errors
    /// Those of the server.
    pub(super) fn sleep_on(
        &mut self,
        part: &str,
        seen: &str,
        deadline: Deadline,
        caller: &dyn Caller,
    ) -> Result<(), Fault> {
        let key = self.key(part);
        sleep_on_word(&mut self.talk(caller)?, key, seen, deadline)
    }

    fn talk<'a>(&'a mut self, caller: &'a dyn Caller) -> Result<Talk<'a>, Fault> {
        self.link.talk(caller)
    }

    fn key(&self, part: &str) -> String {
        self.place.key(part)
    }

    fn key_of_answer(&self) -> String {
        self.key(&format!("p:{}", self.visitor))
    }
}
