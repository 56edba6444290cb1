//! A connection that is made again when it breaks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::{RedisResult, Value};

use super::caller::{Caller, sleep};
use super::endpoint::Endpoint;
use super::fault::{Fault, Refusal};
use super::wire::{Talk, Wire};
use crate::sys::{process, random};

/// The shortest and the longest pause before another attempt to connect. The actual pause is random, up to a limit that doubles.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// How long an outage lasts before the user gets a message about it.
const TOLD_AFTER: Duration = Duration::from_secs(5);

/// A connection of one thread of one process.
pub(super) struct Link {
    endpoint: Arc<Endpoint>,
    wire: Option<Wire>,
    /// The process whose connection it is. A copy of the process must not use it.
    process: i32,
}

impl Link {
    pub(super) fn new(endpoint: Arc<Endpoint>) -> Self {
        Self {
            endpoint,
            wire: None,
            process: 0,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.wire.is_some() && self.process == process::pid()
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
        let mut wire = Wire::connect(&self.endpoint, caller)?;
        log_in(&self.endpoint, &mut wire.talk(caller))?;
        (self.wire, self.process) = (Some(wire), process::pid());
        Ok(())
    }

    /// Returns the open connection.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn talk<'a>(&'a mut self, caller: &'a dyn Caller) -> Result<Talk<'a>, Fault> {
        match &mut self.wire {
            Some(wire) if self.process == process::pid() => Ok(wire.talk(caller)),
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
        answer.map_err(|error| match Fault::from(error) {
            // Whatever the server says of a login may repeat it.
            Fault::Refused(..) => Fault::refused(
                Refusal::Login,
                "the server does not accept this user and password",
            ),
            other => other,
        })?;
    }
    if endpoint.database() != 0 {
        let select: RedisResult<Value> = redis::cmd("SELECT").arg(endpoint.database()).query(talk);
        select?;
    }
    Ok(())
}

/// A time during which a server cannot be reached.
pub(super) struct Outage {
    began: Instant,
    /// How long it may last.
    patience: Duration,
    limit: Duration,
    is_told: bool,
}

impl Outage {
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            began: Instant::now(),
            patience,
            limit: PAUSE,
            is_told: false,
        }
    }

    /// Pauses before the next attempt.
    ///
    /// # Errors
    /// It has lasted too long, or the caller has to stop.
    pub(super) fn pause(
        &mut self,
        endpoint: &Endpoint,
        caller: &dyn Caller,
        why: &str,
    ) -> Result<(), Fault> {
        let lasted = self.began.elapsed();
        if lasted >= self.patience {
            let seconds = self.patience.as_secs();
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
        match sleep(caller, pause.min(self.patience - lasted)) {
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
