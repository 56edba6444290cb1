//! Locks and semaphores on a server: permits, their holders, and a line of those who wait.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use redis::{FromRedisValue, RedisResult, Value};

use super::caller::Caller;
use super::fault::{Fault, Refusal};
use super::keeper::Keeper;
use super::place::Place;
use super::scripts::LINE;
use super::seat::{Seat, Sitter};
use super::streams::time_until;
use crate::sys::clock::{Deadline, now_ns};

/// What the settings of an object call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum LineKind {
    /// One permit, which only its holder releases.
    Lock,
    /// Permits, which anybody releases.
    Semaphore,
    /// … but never more than there were at first.
    BoundedSemaphore,
    /// The lock of a number, which is the same object.
    Number,
}

impl LineKind {
    /// Returns whether only its holder releases it.
    pub(crate) fn is_lock(self) -> bool {
        matches!(self, Self::Lock | Self::Number)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Semaphore => "semaphore",
            Self::BoundedSemaphore => "bounded semaphore",
            Self::Number => "value",
        }
    }
}

/// What such an object is opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineTerms {
    pub kind: LineKind,
    /// Whether its holder may acquire it again.
    pub reentrant: bool,
    /// The number of permits; `None` for that of the object, which is there already.
    pub permits: Option<u32>,
    /// How long a machine may be silent before its processes count as dead.
    pub lease: Duration,
}

/// The shortest sleep of a waiter.
const SLEEP_MIN: Duration = Duration::from_millis(10);

/// What a release came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Released {
    Done,
    /// There is nothing that this thread may release.
    NotHeld,
    /// The permit had been taken away, because this process was taken for dead.
    Lost,
}

/// A permit in hand.
#[derive(Debug)]
struct Held {
    ticket: String,
    fence: i64,
}

/// The use of a lock or a semaphore by one thread.
pub(crate) struct LineSeat {
    seat: Seat,
    terms: LineTerms,
    /// How often a reentrant lock was acquired again.
    level: usize,
    /// The permits on the server at first.
    settings: u32,
    /// The number of the last ticket or release.
    calls: u64,
    held: VecDeque<Held>,
    /// Permits that were taken away when this member was removed.
    lost: usize,
    /// Tickets that nobody waits for any more, which the server may not know yet.
    dropped: Vec<String>,
    /// Members that this thread was before, which the server may still have in the line.
    left_behind: Vec<String>,
}

impl Sitter for LineSeat {
    fn seat(&mut self) -> &mut Seat {
        &mut self.seat
    }

    fn arrive(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        if !self.seat.is_known {
            self.seat.inspect(caller)?;
        }
        (self.settings, _) = self.seat.introduce(self.terms.permits, None, caller)?;
        self.clear_up(caller)
    }

    fn begin_anew(&mut self, _caller: &dyn Caller) -> Result<(), Fault> {
        self.lost += self.held.len();
        self.held.clear();
        self.seat.renew();
        self.seat.cut();
        Ok(())
    }
}

impl LineSeat {
    pub(crate) fn new(place: Place, terms: &LineTerms, keeper: Arc<Keeper>) -> Self {
        Self {
            seat: Seat::new(place, terms.kind.name(), terms.lease, keeper),
            terms: terms.clone(),
            level: 0,
            settings: 0,
            calls: 0,
            held: VecDeque::new(),
            lost: 0,
            dropped: Vec::new(),
            left_behind: Vec::new(),
        }
    }

    /// Opens the object on the server.
    ///
    /// # Errors
    /// The server cannot be reached or used, or the object is another one.
    pub(crate) fn open(&mut self, permits: Option<u32>, caller: &dyn Caller) -> Result<(), Fault> {
        let has = self.attempt(caller, |line, _| Ok(line.settings))?;
        match permits.filter(|wanted| *wanted != has) {
            None => Ok(()),
            Some(wanted) => {
                let kind = self.terms.kind.name();
                let text =
                    format!("the {kind} exists with value {has}, not {wanted}: use another name");
                Err(Fault::refused(Refusal::Mismatch, text))
            }
        }
    }

    /// Acquires a permit, in turn. Returns false when the time ran out.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn acquire(
        &mut self,
        deadline: Deadline,
        caller: &dyn Caller,
    ) -> Result<bool, Fault> {
        if self.terms.reentrant && !self.held.is_empty() {
            self.level += 1;
            return Ok(true);
        }
        self.calls += 1;
        let number = self.calls;
        self.seat.until(deadline);
        let acquired = self.attempt(caller, |line, caller| {
            line.try_acquire(number, deadline, caller)
        });
        match acquired {
            Ok(Some(held)) => {
                self.held.push_back(held);
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(why) => {
                if matches!(why, Fault::Unreachable(_)) {
                    self.drop_ticket(self.ticket(number));
                }
                Err(why)
            }
        }
    }

    /// Notes that nobody waits for a ticket any more: the lock must not come to this thread later, and stay with it.
    fn drop_ticket(&mut self, ticket: String) {
        if self.held.is_empty() {
            // Even if this thread never uses the object again: nobody shows the server that this member lives.
            self.left_behind.push(self.seat.member.clone());
            self.seat.renew();
            self.seat.cut();
        } else {
            self.dropped.push(ticket);
        }
    }

    /// Takes back what this thread has given up while the server could not be reached.
    fn clear_up(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        while let Some(member) = self.left_behind.last().cloned() {
            self.seat.remove_other(&member, caller)?;
            self.left_behind.pop();
        }
        while let Some(ticket) = self.dropped.last().cloned() {
            if self.call::<i64>("leave", &ticket, 0, caller)? > 0 {
                self.calls += 1;
                let number = self.calls;
                self.call::<i64>("release", &ticket, number, caller)?;
            }
            self.dropped.pop();
        }
        Ok(())
    }

    fn ticket(&self, number: u64) -> String {
        format!("{}/{number}", self.seat.member)
    }

    fn try_acquire(
        &mut self,
        number: u64,
        deadline: Deadline,
        caller: &dyn Caller,
    ) -> Result<Option<Held>, Fault> {
        let ticket = self.ticket(number);
        let held = |fence| {
            let ticket = ticket.clone();
            Ok(Some(Held { ticket, fence }))
        };
        loop {
            let is_over = deadline.passed(now_ns());
            // Who has come out of a wait asks again: the permit may have come and gone while this machine slept.
            match self.call("acquire", &ticket, u64::from(!deadline.is_now()), caller)? {
                0 => return Ok(None),
                fence @ 1.. => return held(fence),
                _ => (),
            }
            if is_over {
                return match self.call("leave", &ticket, 0, caller)? {
                    // It has come at the last moment.
                    fence @ 1.. => held(fence),
                    _ => Ok(None),
                };
            }
            let time = time_until(deadline).max(SLEEP_MIN);
            let mut wait = redis::cmd("BLPOP");
            let bell = self.seat.key(&format!("go:{}", self.seat.member));
            wait.arg(bell).arg(time.as_secs_f64());
            let rung: RedisResult<Value> = wait.query(self.seat.talk(caller)?.waiting(time));
            rung?;
            self.seat.stay_watched()?;
        }
    }

    /// Takes back the wait of an acquisition that was broken off.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn give_up(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        let number = self.calls;
        let ticket = self.ticket(number);
        self.seat.hurry_once();
        let left = self.attempt(caller, |line, caller| {
            line.call("leave", &ticket, 0, caller)
        });
        if left.is_err() {
            self.drop_ticket(ticket.clone());
        }
        let fence = left?;
        if fence > 0 {
            self.held.push_back(Held { ticket, fence });
            self.seat.hurry_once();
            self.release(caller)?;
        }
        Ok(())
    }

    /// Releases the permit that this thread has had longest.
    ///
    /// # Errors
    /// Those of the server. If it could not be reached, the thread does not have the permit any more all the same: it is free at the next use of
    /// the object, or after the lease.
    pub(crate) fn release(&mut self, caller: &dyn Caller) -> Result<Released, Fault> {
        if self.lost > 0 {
            (self.lost, self.level) = (self.lost - 1, 0);
            return Ok(Released::Lost);
        }
        if self.level > 0 {
            self.level -= 1;
            return Ok(Released::Done);
        }
        if self.terms.kind.is_lock() && self.held.is_empty() {
            return Ok(Released::NotHeld);
        }
        self.calls += 1;
        let number = self.calls;
        let held = self.held.len();
        let done = self.attempt(caller, |line, caller| {
            if line.held.len() < held {
                // It was taken away meanwhile.
                return Ok(-1);
            }
            let ticket = line
                .held
                .front()
                .map_or(String::new(), |held| held.ticket.clone());
            line.call("release", &ticket, number, caller)
        });
        if let Err(Fault::Unreachable(_) | Fault::Interrupted) = done {
            self.abandon();
        }
        let done = done?;
        self.held.pop_front();
        match done {
            1 => Ok(Released::Done),
            0 => Ok(Released::NotHeld),
            _ => {
                self.lost = self.lost.saturating_sub(1);
                Ok(Released::Lost)
            }
        }
    }

    /// Notes that this thread does not have its oldest permit any more, although the server may not know: nobody will release it later, and
    /// it must not stay with this thread.
    fn abandon(&mut self) {
        match self.held.pop_front() {
            Some(held) => self.drop_ticket(held.ticket),
            // It was taken away meanwhile.
            None => self.lost = self.lost.saturating_sub(1),
        }
    }

    /// Returns how many permits are free, and how many holders have died.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn look(&mut self, caller: &dyn Caller) -> Result<(i64, i64), Fault> {
        self.attempt(caller, |line, caller| line.call("look", "", 0, caller))
    }

    /// Returns who this thread is for the object.
    pub(crate) fn member(&self) -> &str {
        &self.seat.member
    }

    /// Returns the number that rises with every acquisition, of the permit in hand.
    pub(crate) fn fence(&self) -> Option<i64> {
        self.held.front().map(|held| held.fence)
    }

    /// Asks the server whether this thread still has its permit.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn is_valid(&mut self, caller: &dyn Caller) -> Result<bool, Fault> {
        if self.held.is_empty() {
            return Ok(false);
        }
        self.attempt(caller, |line, caller| {
            let Some(ticket) = line.held.front().map(|held| held.ticket.clone()) else {
                return Ok(false);
            };
            Ok(line.call::<i64>("leave", &ticket, 0, caller)? > 0)
        })
    }

    /// Leaves the object; what is in hand goes to the next in line.
    ///
    /// # Errors
    /// The server cannot be reached; the keeper will tell it.
    pub(crate) fn leave(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        let blamed = !self.held.is_empty();
        if self.seat.is_known || !self.left_behind.is_empty() {
            self.seat.hurry();
            self.attempt(caller, |line, caller| line.seat.remove(blamed, caller))?;
        }
        self.seat.leave();
        Ok(())
    }

    fn call<T: FromRedisValue>(
        &mut self,
        what: &str,
        ticket: &str,
        number: u64,
        caller: &dyn Caller,
    ) -> Result<T, Fault> {
        let seat = &mut self.seat;
        let mut line = LINE.prepare_invoke();
        for part in ["c", "m", "i", "q", "h", &format!("p:{}", seat.member)] {
            line.key(seat.key(part));
        }
        line.arg(what).arg(&seat.member).arg(ticket).arg(number);
        Ok(line.invoke(&mut seat.talk(caller)?)?)
    }
}
