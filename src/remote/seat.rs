//! The use of one object by one thread: a *member* of the object, and the connection that serves it.

use std::sync::Arc;
use std::time::Duration;

use super::caller::Caller;
use super::fault::Fault;
use super::keeper::{Keeper, Ward};
use super::link::{Link, Patience};
use super::member::{about, new_member};
use super::place::Place;
use super::removal::remove;
use super::scripts::OPEN;
use super::wire::Talk;
use crate::sys::clock::Deadline;

/// The version of the parts and scripts of objects. Others are refused.
pub(super) const VERSION: u32 = 1;

/// A place among the users of an object.
pub(crate) struct Seat {
    pub place: Place,
    keeper: Arc<Keeper>,
    link: Link,
    kind: &'static str,
    lease: Duration,
    /// The number of the member. A member that was removed is followed by another one.
    pub member: String,
    /// Whether the server has got to know the member.
    pub is_known: bool,
    patience: Patience,
}

/// What an object does with its seat.
pub(super) trait Sitter {
    fn seat(&mut self) -> &mut Seat;

    /// Tells the server of the member over a new connection, and makes good what the old one has left open.
    ///
    /// # Errors
    /// Those of the server.
    fn arrive(&mut self, caller: &dyn Caller) -> Result<(), Fault>;

    /// Notes that the member was removed; another one has its place from now on.
    ///
    /// # Errors
    /// Those of the server.
    fn begin_anew(&mut self, caller: &dyn Caller) -> Result<(), Fault>;

    /// Repeats an operation over new connections until it succeeds or is refused.
    ///
    /// # Errors
    /// Those of `operation` except broken connections; [`Fault::Unreachable`].
    fn attempt<T>(
        &mut self,
        caller: &dyn Caller,
        mut operation: impl FnMut(&mut Self, &dyn Caller) -> Result<T, Fault>,
    ) -> Result<T, Fault>
    where
        Self: Sized,
    {
        let seat = self.seat();
        let mut outage = seat.link.begin(&mut seat.patience);
        let mut was_removed = false;
        loop {
            let ready = match std::mem::take(&mut was_removed) {
                true => self.begin_anew(caller),
                false => Ok(()),
            };
            let ready = ready.and_then(|()| match self.seat().ready(caller)? {
                true => self.arrive(caller),
                false => Ok(()),
            });
            let attempt = self.seat().link.attempt();
            match ready.and_then(|()| operation(self, caller)) {
                Err(Fault::Broken(why)) => {
                    let link = &mut self.seat().link;
                    link.retry(&mut outage, &attempt, caller, &why)?;
                }
                Err(Fault::Removed) => was_removed = true,
                Err(Fault::Interrupted) => {
                    // What is under way on this connection finds nobody any more.
                    self.seat().link.cut();
                    return Err(Fault::Interrupted);
                }
                result => {
                    self.seat().patience.note_success();
                    return result;
                }
            }
        }
    }
}

impl Seat {
    pub(super) fn new(
        place: Place,
        kind: &'static str,
        lease: Duration,
        keeper: Arc<Keeper>,
    ) -> Self {
        Self {
            link: Link::new(place.endpoint.clone()),
            place,
            keeper,
            kind,
            lease,
            member: new_member(lease),
            is_known: false,
            patience: Patience::new(),
        }
    }

    /// Makes sure that there are a connection and a keeper. Returns whether the connection is new.
    fn ready(&mut self, caller: &dyn Caller) -> Result<bool, Fault> {
        self.keeper.watch(&self.ward())?;
        if self.link.is_open() {
            return Ok(false);
        }
        self.link.open(caller)?;
        Ok(true)
    }

    /// Tells the server of the member, and returns the two settings of the object; those given here are for an object that is not there
    /// yet.
    ///
    /// # Errors
    /// The object is another one, or the member was removed.
    pub(super) fn introduce(
        &mut self,
        first: Option<u32>,
        second: Option<u32>,
        caller: &dyn Caller,
    ) -> Result<(u32, u32), Fault> {
        let number = |setting: Option<u32>| setting.map_or(-1, i64::from);
        let mut open = OPEN.prepare_invoke();
        for part in ["c", "m", "i", "s", "b"] {
            open.key(self.key(part));
        }
        open.arg(&self.member).arg(self.kind).arg(VERSION);
        open.arg(number(first)).arg(number(second));
        open.arg(about()).arg(u8::from(self.is_known));
        let settings = open.invoke(&mut self.talk(caller)?)?;
        self.is_known = true;
        Ok(settings)
    }

    /// Has the server forget the member; what it has in hand goes on to others.
    ///
    /// # Errors
    /// Those of the server.
    pub(super) fn remove(&mut self, blamed: bool, caller: &dyn Caller) -> Result<(), Fault> {
        self.remove_member(&self.member.clone(), blamed, caller)
    }

    /// Has the server forget a member that this thread was before.
    ///
    /// # Errors
    /// Those of the server.
    pub(super) fn remove_other(&mut self, member: &str, caller: &dyn Caller) -> Result<(), Fault> {
        self.remove_member(member, false, caller)
    }

    fn remove_member(
        &mut self,
        member: &str,
        blamed: bool,
        caller: &dyn Caller,
    ) -> Result<(), Fault> {
        let (kind, place) = (self.kind, self.place.clone());
        remove(kind, &place, member, "", blamed, &mut self.talk(caller)?)
    }

    /// Makes sure that somebody watches over the member.
    ///
    /// # Errors
    /// Nobody can be started for that.
    pub(super) fn stay_watched(&self) -> Result<(), Fault> {
        self.keeper.watch(&self.ward())
    }

    fn ward(&self) -> Ward {
        Ward {
            url: self.place.endpoint.url().into(),
            kind: self.kind.into(),
            name: self.place.name().into(),
            member: self.member.clone(),
            lease_ms: u64::try_from(self.lease.as_millis()).unwrap_or(u64::MAX),
        }
    }

    pub(super) fn talk<'a>(&'a mut self, caller: &'a dyn Caller) -> Result<Talk<'a>, Fault> {
        self.link.talk(caller)
    }

    pub(super) fn key(&self, part: &str) -> String {
        self.place.key(part)
    }

    /// Closes the connection; the next operation makes another one.
    pub(super) fn cut(&mut self) {
        self.link.cut();
    }

    /// Takes another member's place.
    pub(super) fn renew(&mut self) {
        self.keeper.forget(&self.member);
        self.member = new_member(self.lease);
        self.is_known = false;
    }

    /// Has the next operation give up after a short time.
    pub(super) fn hurry_once(&mut self) {
        self.patience.hurry_once();
    }

    /// Shortens the patience of the last operations, until the object is left.
    pub(super) fn hurry(&mut self) {
        self.patience.hurry();
    }

    /// Has the next operation give up a server that cannot be reached soon after its timeout.
    pub(super) fn until(&mut self, deadline: Deadline) {
        self.patience.until(deadline);
    }

    /// Ends the watch over the member, which has left in order.
    pub(super) fn leave(&mut self) {
        self.keeper.forget(&self.member);
        self.is_known = false;
        self.patience = Patience::new();
        self.link.cut();
    }
}
