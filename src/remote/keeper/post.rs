//! The members of one object that a keeper watches over, and the thread that tells the server of them.
//!
//! Each object has a thread and a connection of its own: while one server is silent, the members on the others go on beating.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::Value;

use super::talk::Ward;
use super::watch::Watch;
use crate::remote::caller::Nobody;
use crate::remote::endpoint::Endpoint;
use crate::remote::fault::Fault;
use crate::remote::link::Link;
use crate::remote::place::Place;
use crate::remote::removal::remove;
use crate::remote::scripts::BEAT;
use crate::remote::wire::Talk;
use crate::sys::clock::since_boot;
use crate::sys::lock::locked;

/// How often a member beats within a lease.
const BEATS: u32 = 4;

/// The pause before a server that does not answer is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// How long connecting may take, to a server with several addresses.
const OPENING: Duration = Duration::from_secs(20);

/// The members of one object. Its thread ends when this is dropped.
pub(super) struct Post {
    kind: String,
    place: Place,
    shared: Arc<Shared>,
}

struct Shared {
    members: Mutex<Members>,
    changed: Condvar,
}

#[derive(Clone)]
struct Members {
    wards: Vec<Ward>,
    /// Members that have died, which the server does not know yet.
    dead: Vec<String>,
    lease: Duration,
    is_over: bool,
}

impl Post {
    /// Begins to watch over an object, for the keeper of this number.
    ///
    /// # Errors
    /// The URL or the name is not one, or the system has no thread left.
    pub(super) fn start(ward: &Ward, keeper: &str) -> Result<Self, Fault> {
        let endpoint = Arc::new(Endpoint::read(&ward.url)?);
        let place = Place::new(endpoint.clone(), &ward.name)?;
        let members = Members {
            wards: Vec::new(),
            dead: Vec::new(),
            lease: Duration::from_millis(ward.lease_ms),
            is_over: false,
        };
        let shared = Arc::new(Shared {
            members: Mutex::new(members),
            changed: Condvar::new(),
        });
        let round = Round {
            keeper: keeper.into(),
            kind: ward.kind.clone(),
            place: place.clone(),
            link: Link::new(endpoint),
            shared: shared.clone(),
            last_beat: None,
            quiet_until: Instant::now(),
            watch: Watch::default(),
        };
        let thread = std::thread::Builder::new().name("procscript-beats".into());
        thread.spawn(move || round.go())?;
        Ok(Self {
            kind: ward.kind.clone(),
            place,
            shared,
        })
    }

    /// Returns whether this is the post of the object that a member uses.
    pub(super) fn is_of(&self, ward: &Ward) -> bool {
        self.kind == ward.kind
            && self.place.name() == ward.name
            && self.place.endpoint.url() == ward.url
    }

    pub(super) fn add(&self, ward: Ward) {
        let mut members = locked(&self.shared.members);
        members.lease = members.lease.min(Duration::from_millis(ward.lease_ms));
        members.wards.retain(|other| other.member != ward.member);
        members.wards.push(ward);
        self.shared.changed.notify_one();
    }

    pub(super) fn forget(&self, member: &str) {
        let mut members = locked(&self.shared.members);
        members.wards.retain(|ward| ward.member != member);
    }

    /// Has the server told of the members that do not live, and returns them.
    pub(super) fn bury(&self, lives: impl Fn(&Ward) -> bool) -> Vec<String> {
        let mut members = locked(&self.shared.members);
        let gone = members.wards.extract_if(.., |ward| !lives(ward));
        let gone: Vec<String> = gone.map(|ward| ward.member).collect();
        if !gone.is_empty() {
            members.dead.extend(gone.iter().cloned());
            self.shared.changed.notify_one();
        }
        gone
    }

    /// Returns whether there is nothing to do any more.
    pub(super) fn is_idle(&self) -> bool {
        locked(&self.shared.members).are_none()
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        locked(&self.shared.members).is_over = true;
        self.shared.changed.notify_one();
    }
}

impl Members {
    fn are_none(&self) -> bool {
        self.wards.is_empty() && self.dead.is_empty()
    }
}

/// What the thread of a post does.
struct Round {
    keeper: String,
    kind: String,
    place: Place,
    link: Link,
    shared: Arc<Shared>,
    last_beat: Option<Instant>,
    /// Not before this time is the server asked again.
    quiet_until: Instant,
    watch: Watch,
}

impl Round {
    fn go(mut self) {
        while let Some(members) = self.wait() {
            if self.work(&members).is_err() {
                self.link.cut();
                self.quiet_until = Instant::now() + PAUSE;
            }
        }
    }

    /// Waits until something is due. Returns nothing when the watch is over.
    fn wait(&self) -> Option<Members> {
        let mut members = locked(&self.shared.members);
        while !members.is_over {
            if members.are_none() {
                let waited = self.shared.changed.wait(members);
                members = waited.unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let due = match members.dead.is_empty() {
                true => self.next_beat(&members).max(self.quiet_until),
                false => self.quiet_until,
            };
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Some(members.clone());
            }
            let waited = self.shared.changed.wait_timeout(members, left);
            (members, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        None
    }

    fn next_beat(&self, members: &Members) -> Instant {
        let period = members.lease / BEATS;
        self.last_beat
            .map_or(self.quiet_until, |last| last + period)
    }

    fn work(&mut self, members: &Members) -> Result<(), Fault> {
        if !self.link.is_open() {
            self.watch.forget();
            self.link.give_up_after(OPENING);
            self.link.open(&Nobody)?;
        }
        for member in &members.dead {
            self.remove(member, "", members.lease)?;
            locked(&self.shared.members)
                .dead
                .retain(|other| other != member);
        }
        if Instant::now() < self.next_beat(members) {
            return Ok(());
        }
        self.last_beat = Some(Instant::now());
        self.beat(members)
    }

    fn beat(&mut self, members: &Members) -> Result<(), Fault> {
        let (lease, period) = (members.lease, members.lease / BEATS);
        let mut beat = BEAT.prepare_invoke();
        for part in ["m", "w", "s", "b"] {
            beat.key(self.place.key(part));
        }
        beat.arg(&self.keeper).arg(period.as_millis().max(1) as u64);
        for ward in &members.wards {
            beat.arg(&ward.member);
        }
        type Answer = (bool, Vec<(String, String)>, Vec<String>);
        let answer: Value = beat.invoke(&mut self.talk(lease)?)?;
        let (sweeps, beats, orphans): Answer =
            redis::from_redis_value(answer).map_err(|why| Fault::Broken(why.to_string()))?;
        if !sweeps {
            self.watch.forget();
            return Ok(());
        }
        let stopped = self.watch.look(beats, since_boot(), lease, period * 3);
        for (member, beat) in stopped {
            self.remove(&member, &beat, lease)?;
        }
        orphans
            .iter()
            .try_for_each(|member| self.remove(member, "", lease))
    }

    /// Removes a member, unless its beat is another one meanwhile.
    fn remove(&mut self, member: &str, beat: &str, lease: Duration) -> Result<(), Fault> {
        let (kind, place) = (self.kind.clone(), self.place.clone());
        remove(&kind, &place, member, beat, true, &mut self.talk(lease)?)
    }

    /// Returns the connection for a request that has to leave time for another one within the lease: this one may be dead.
    fn talk(&mut self, lease: Duration) -> Result<Talk<'_>, Fault> {
        self.link.give_up_after(lease / 2);
        self.link.talk(&Nobody)
    }
}
