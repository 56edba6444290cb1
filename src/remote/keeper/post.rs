//! The members of one object that a keeper watches over, and its connection to the server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::Value;

use super::talk::Ward;
use super::watch::Watch;
use crate::remote::caller::Caller;
use crate::remote::endpoint::Endpoint;
use crate::remote::fault::Fault;
use crate::remote::link::Link;
use crate::remote::place::Place;
use crate::remote::removal::remove;
use crate::remote::scripts::BEAT;
use crate::sys::clock::since_boot;

/// How often a member beats within a lease.
const BEATS: u32 = 4;

/// The pause before a server that does not answer is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// Nobody: a keeper is never asked to stop, and has nobody to tell.
struct Nobody;

impl Caller for Nobody {
    fn has_to_stop(&self) -> bool {
        false
    }

    fn tell(&self, _text: &str) {}
}

/// The members of one object.
pub(super) struct Post {
    kind: String,
    place: Place,
    link: Link,
    pub wards: Vec<Ward>,
    /// Members that have died, which the server does not know yet.
    pub dead: Vec<String>,
    lease: Duration,
    next_beat: Instant,
    /// Not before this time is the server asked again.
    quiet_until: Instant,
    watch: Watch,
}

impl Post {
    /// # Errors
    /// The URL or the name is not one.
    pub(super) fn new(ward: &Ward) -> Result<Self, Fault> {
        let endpoint = Arc::new(Endpoint::read(&ward.url)?);
        let now = Instant::now();
        Ok(Self {
            kind: ward.kind.clone(),
            place: Place::new(endpoint.clone(), &ward.name)?,
            link: Link::new(endpoint),
            wards: Vec::new(),
            dead: Vec::new(),
            lease: Duration::from_millis(ward.lease_ms),
            next_beat: now,
            quiet_until: now,
            watch: Watch::default(),
        })
    }

    /// Returns whether this is the post of the object that a member uses.
    pub(super) fn is_of(&self, ward: &Ward) -> bool {
        self.kind == ward.kind
            && self.place.name() == ward.name
            && self.place.endpoint.url() == ward.url
    }

    pub(super) fn add(&mut self, ward: Ward) {
        self.lease = self.lease.min(Duration::from_millis(ward.lease_ms));
        self.wards.retain(|other| other.member != ward.member);
        self.wards.push(ward);
    }

    /// Returns whether there is nothing to do any more.
    pub(super) fn is_idle(&self) -> bool {
        self.wards.is_empty() && self.dead.is_empty()
    }

    /// Returns when it has to do something next.
    pub(super) fn due(&self) -> Instant {
        match self.dead.is_empty() {
            true => self.next_beat.max(self.quiet_until),
            false => self.quiet_until,
        }
    }

    /// Does what is due.
    pub(super) fn work(&mut self, keeper: &str) {
        if Instant::now() < self.due() {
            return;
        }
        if self.try_to_work(keeper).is_err() {
            self.link.cut();
            self.quiet_until = Instant::now() + PAUSE;
        }
    }

    fn try_to_work(&mut self, keeper: &str) -> Result<(), Fault> {
        if !self.link.is_open() {
            self.watch.forget();
            self.link.open(&Nobody)?;
        }
        while let Some(member) = self.dead.last().cloned() {
            self.remove(&member, "")?;
            self.dead.pop();
        }
        if Instant::now() < self.next_beat {
            return Ok(());
        }
        let period = self.lease / BEATS;
        self.next_beat = Instant::now() + period;
        self.beat(keeper, period)
    }

    fn beat(&mut self, keeper: &str, period: Duration) -> Result<(), Fault> {
        let mut beat = BEAT.prepare_invoke();
        for part in ["m", "w", "s", "b"] {
            beat.key(self.place.key(part));
        }
        beat.arg(keeper).arg(period.as_millis().max(1) as u64);
        for ward in &self.wards {
            beat.arg(&ward.member);
        }
        let talk = &mut self.link.talk(&Nobody)?;
        type Answer = (bool, Vec<(String, String)>, Vec<String>);
        let answer: Value = beat.invoke(talk)?;
        let (sweeps, beats, orphans): Answer =
            redis::from_redis_value(answer).map_err(|why| Fault::Broken(why.to_string()))?;
        if !sweeps {
            self.watch.forget();
            return Ok(());
        }
        let stopped = self.watch.look(beats, since_boot(), self.lease, period * 3);
        for (member, beat) in stopped {
            self.remove(&member, &beat)?;
        }
        orphans
            .iter()
            .try_for_each(|member| self.remove(member, ""))
    }

    /// Removes a member, unless its beat is another one meanwhile.
    fn remove(&mut self, member: &str, beat: &str) -> Result<(), Fault> {
        let talk = &mut self.link.talk(&Nobody)?;
        remove(&self.kind, &self.place, member, beat, true, talk)
    }
}
