//! A connection that is made again when it breaks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::{RedisResult, Value};

use super::caller::{Caller, sleep};
use super::endpoint::Endpoint;
use super::fault::{Fault, Refusal, UNTRUSTED};
use super::wire::{Talk, Wire};
use crate::sys::clock::Deadline;
use crate::sys::{process, random};

/// The shortest and the longest pause before another attempt to connect. The actual pause is random, up to a limit that doubles.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// How long an outage lasts before the user gets a message about it.
const TOLD_AFTER: Duration = Duration::from_secs(5);

/// How long an operation tries to reach a server before it gives up.
const USUAL: Duration = Duration::from_secs(60);

/// How long the first operation does: the address may be wrong.
const FIRST: Duration = Duration::from_secs(5);

/// How long a process that ends tries to say so, and whoever gives up a wait.
const LAST: Duration = Duration::from_secs(3);

/// How much longer than its timeout an operation tries that has one.
const BEYOND_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection of one thread of one process.
pub(super) struct Link {
    endpoint: Arc<Endpoint>,
    wire: Option<Wire>,
    /// The process whose connection it is. A copy of the process must not use it.
    process: i32,
    /// When the present operation gives up, whatever the server does.
    give_up_at: Option<Instant>,
}

impl Link {
    pub(super) fn new(endpoint: Arc<Endpoint>) -> Self {
        Self {
            endpoint,
            wire: None,
            process: 0,
            give_up_at: None,
        }
    }

    /// Begins an operation.
    pub(super) fn begin(&mut self, patience: &mut Patience) -> Outage {
        let limit = patience.take_limit();
        self.give_up_at = limit.map(|limit| Instant::now() + limit);
        Outage::new(patience.usual, self.give_up_at)
    }

    /// Has what is asked from now on be given up after this time.
    pub(super) fn give_up_after(&mut self, time: Duration) {
        self.give_up_at = Some(Instant::now() + time);
    }

    pub(super) fn is_open(&self) -> bool {
        self.wire.is_some() && self.process == process::pid()
    }

    /// Notes when an attempt begins.
    pub(super) fn attempt(&self) -> Attempt {
        Attempt {
            since: Instant::now(),
            answers: self.answers(),
        }
    }

    /// Closes the connection that has broken in an attempt, and pauses before the next one.
    ///
    /// # Errors
    /// The outage has lasted too long, or the caller has to stop.
    pub(super) fn retry(
        &mut self,
        outage: &mut Outage,
        attempt: &Attempt,
        caller: &dyn Caller,
        why: &str,
    ) -> Result<(), Fault> {
        outage.note_answers(attempt.since, self.answers() > attempt.answers);
        self.cut();
        outage.pause(&self.endpoint, caller, why)
    }

    /// Returns how many answers have come over the open connection.
    fn answers(&self) -> u64 {
        self.wire.as_ref().map_or(0, Wire::answers)
    }

    /// Closes the connection. Answers that are under way are lost.
    pub(super) fn cut(&mut self) {
        self.wire = None;
    }

    /// Connects and logs in.
    ///
    /// # Errors
    /// [`Fault::Broken`], [`Fault::Interrupted`], or the server refuses the login.
    pub(super) fn open(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        self.cut();
        let mut wire = Wire::connect(&self.endpoint, caller, self.give_up_at)?;
        log_in(&self.endpoint, &mut wire.talk(caller, self.give_up_at))?;
        (self.wire, self.process) = (Some(wire), process::pid());
        Ok(())
    }

    /// Returns the open connection.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn talk<'a>(&'a mut self, caller: &'a dyn Caller) -> Result<Talk<'a>, Fault> {
        match &mut self.wire {
            Some(wire) if self.process == process::pid() => Ok(wire.talk(caller, self.give_up_at)),
            _ => Err(Fault::Broken("the connection is closed".into())),
        }
    }
}

fn log_in(endpoint: &Endpoint, talk: &mut Talk<'_>) -> Result<(), Fault> {
    if let Some((user, password)) = endpoint.login() {
        let mut command = redis::cmd("AUTH");
        if let Some(user) = user {
            command.arg(user);
        }
        let answer: RedisResult<Value> = command.arg(password).query(talk);
        answer.map_err(|error| {
            let is_of_tls = error.code() == Some(UNTRUSTED);
            match Fault::from(error) {
                // Whatever the server says of a login may repeat it.
                Fault::Refused(..) if !is_of_tls => Fault::refused(
                    Refusal::Login,
                    "the server does not accept this user and password",
                ),
                other => other,
            }
        })?;
    }
    if endpoint.database() != 0 {
        let select: RedisResult<Value> = redis::cmd("SELECT").arg(endpoint.database()).query(talk);
        select?;
    }
    Ok(())
}

/// After this time, a connection that breaks had worked: what closes it at once is the same outage.
const WELL_AFTER: Duration = Duration::from_secs(1);

/// How long the operations of one user try to reach a server.
#[derive(Debug)]
pub(super) struct Patience {
    usual: Duration,
    /// That of the next operation, which has a timeout.
    limit: Option<Duration>,
    /// These are the last operations.
    is_last: bool,
}

impl Patience {
    pub(super) fn new() -> Self {
        Self {
            usual: FIRST,
            limit: None,
            is_last: false,
        }
    }

    /// Has the next operation give up soon after its timeout.
    pub(super) fn until(&mut self, deadline: Deadline) {
        self.limit = deadline.left().map(|left| left + BEYOND_TIMEOUT);
    }

    /// Has the next operation give up after a short time, also in the middle of a request.
    pub(super) fn hurry_once(&mut self) {
        self.limit = Some(LAST);
    }

    /// … and all that follow.
    pub(super) fn hurry(&mut self) {
        self.is_last = true;
    }

    fn take_limit(&mut self) -> Option<Duration> {
        let limit = self.limit.take();
        match self.is_last {
            true => Some(limit.map_or(LAST, |limit| limit.min(LAST))),
            false => limit,
        }
    }

    /// Notes that the server was reached: it is there, and may be away for a while.
    pub(super) fn note_success(&mut self) {
        self.usual = USUAL;
    }
}

/// The beginning of an attempt.
pub(super) struct Attempt {
    since: Instant,
    /// How many answers there had been.
    answers: u64,
}

/// A time during which a server cannot be reached.
pub(super) struct Outage {
    began: Instant,
    /// How long it may last.
    patience: Duration,
    /// When its operation gives up at the latest.
    give_up_at: Option<Instant>,
    limit: Duration,
    is_told: bool,
}

impl Outage {
    fn new(patience: Duration, give_up_at: Option<Instant>) -> Self {
        Self {
            began: Instant::now(),
            patience,
            give_up_at,
            limit: PAUSE,
            is_told: false,
        }
    }

    /// Begins anew, if the operation that began at `since` has got answers meanwhile, as a long wait does: another outage has come.
    fn note_answers(&mut self, since: Instant, has_answers: bool) {
        if has_answers && since.elapsed() >= WELL_AFTER {
            *self = Self::new(self.patience, self.give_up_at);
        }
    }

    /// Pauses before the next attempt.
    ///
    /// # Errors
    /// It has lasted too long, or the caller has to stop.
    fn pause(&mut self, endpoint: &Endpoint, caller: &dyn Caller, why: &str) -> Result<(), Fault> {
        let (now, lasted) = (Instant::now(), self.began.elapsed());
        let left = self.patience.saturating_sub(lasted);
        let left = match self.give_up_at {
            Some(at) => left.min(at.saturating_duration_since(now)),
            None => left,
        };
        if left.is_zero() {
            let seconds = self.patience.min(lasted).as_secs();
            return Err(Fault::Unreachable(format!(
                "{endpoint} cannot be used for {seconds} s: {why}"
            )));
        }
        if lasted >= TOLD_AFTER && !self.is_told {
            self.is_told = true;
            caller.tell(&format!("waiting for {endpoint}: {why}"));
        }
        let pause = self.limit.mul_f64(random_fraction());
        self.limit = (self.limit * 2).min(PAUSE_MAX);
        match sleep(caller, pause.min(left)) {
            true => Ok(()),
            false => Err(Fault::Interrupted),
        }
    }
}

fn random_fraction() -> f64 {
    let mut byte = [0; 1];
    // Without randomness the pause is short.
    let _ = random::fill(&mut byte);
    f64::from(byte[0]) / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::caller::Nobody;

    fn pause(outage: &mut Outage) -> Result<(), Fault> {
        let endpoint = Endpoint::read("redis://host").unwrap();
        outage.pause(&endpoint, &Nobody, "it is away")
    }

    fn long_ago() -> Instant {
        Instant::now().checked_sub(2 * USUAL).unwrap()
    }

    #[test]
    fn a_wait_of_any_length_has_all_its_patience_when_the_server_goes_away() {
        let mut outage = Outage::new(USUAL, None);
        outage.began = long_ago();
        assert!(matches!(pause(&mut outage), Err(Fault::Unreachable(_))));
        outage.note_answers(long_ago(), false);
        assert!(pause(&mut outage).is_err());
        outage.note_answers(Instant::now(), true);
        assert!(pause(&mut outage).is_err());
        outage.note_answers(long_ago(), true);
        assert_eq!(pause(&mut outage), Ok(()));
    }

    #[test]
    fn an_operation_with_a_timeout_gives_up_soon_after_it() {
        let mut patience = Patience::new();
        patience.note_success();
        patience.until(Deadline::after(Duration::from_secs(100)));
        let left = patience.take_limit().unwrap();
        assert!(left > Duration::from_secs(100) && left <= Duration::from_secs(105));
        patience.until(Deadline::NEVER);
        assert_eq!(patience.limit, None);
        patience.hurry();
        patience.note_success();
        assert_eq!(patience.take_limit(), Some(LAST));
        assert_eq!(patience.take_limit(), Some(LAST));
        let mut outage = Outage::new(USUAL, Some(Instant::now()));
        assert!(matches!(pause(&mut outage), Err(Fault::Unreachable(_))));
    }
}
