//! Items that go in: each once, however often connections break.

use std::time::Duration;

use redis::{RedisResult, Value};

use super::chair::Chair;
use super::outbox::Entry;
use crate::remote::caller::Caller;
use crate::remote::fault::{Fault, Refusal};
use crate::remote::scripts::PUT;
use crate::remote::seat::{Seat, Sitter};
use crate::sys::clock::{Deadline, now_ns};

/// The largest item, in bytes: one of this size stops everybody for up to a second while the server copies it.
const ITEM_MAX: usize = 16 << 20;

/// The most items that one request puts.
const ITEMS_AT_ONCE: usize = 256;

/// How long a wait for room lasts before it looks again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

impl Chair {
    /// Puts items in order, waiting for room.
    ///
    /// # Errors
    /// [`Fault::TimedOut`] when there is no room; those of the server. An interrupted put may have happened or not.
    pub(crate) fn put(
        &mut self,
        items: Vec<Vec<u8>>,
        deadline: Deadline,
        caller: &dyn Caller,
    ) -> Result<(), Fault> {
        if let Some(large) = items.iter().find(|item| item.len() > ITEM_MAX) {
            let text = format!(
                "the item has {} bytes; a message to a server has at most {ITEM_MAX}: put it into a file or another storage, and send its name",
                large.len()
            );
            return Err(Fault::refused(Refusal::Mismatch, text));
        }
        self.settle_doubts(deadline, caller)?;
        items.into_iter().for_each(|item| self.outbox.push(item));
        self.seat.until(deadline);
        let put = self.attempt(caller, |chair, caller| chair.try_put(deadline, caller));
        match &put {
            Ok(()) => (),
            // The server has said that there is no room.
            Err(Fault::TimedOut) => self.outbox.withdraw(),
            Err(_) => self.has_doubts = true,
        }
        put
    }

    /// Finds out whether the items of a put that was broken off are in. Those that are not are given up.
    fn settle_doubts(&mut self, deadline: Deadline, caller: &dyn Caller) -> Result<(), Fault> {
        if !self.has_doubts {
            return Ok(());
        }
        self.seat.until(deadline);
        let last = self.attempt(caller, Self::last_put)?;
        self.outbox.confirm(last);
        self.outbox.withdraw();
        self.has_doubts = false;
        Ok(())
    }

    fn try_put(&mut self, deadline: Deadline, caller: &dyn Caller) -> Result<(), Fault> {
        while self.outbox.waiting_count() > 0 {
            let (number, entries) = self.outbox.waiting(ITEMS_AT_ONCE);
            let (has_room, last) = send(&mut self.seat, number, false, &entries, caller)?;
            self.outbox.confirm(last);
            if !has_room {
                if deadline.passed(now_ns()) {
                    return Err(Fault::TimedOut);
                }
                self.wait_for_room(deadline, caller)?;
            }
        }
        Ok(())
    }

    fn wait_for_room(&mut self, deadline: Deadline, caller: &dyn Caller) -> Result<(), Fault> {
        let left = deadline.left().unwrap_or(LOOK_AGAIN);
        let time = left.clamp(LOOK_AGAIN / 100, LOOK_AGAIN);
        let mut command = redis::cmd("BLPOP");
        command.arg(self.seat.key("r")).arg(time.as_secs_f64());
        let rung: RedisResult<Value> = command.query(self.seat.talk(caller)?.waiting(time));
        rung?;
        Ok(())
    }

    /// Returns the number of the last item that the server remembers of this member.
    pub(super) fn last_put(&mut self, caller: &dyn Caller) -> Result<u64, Fault> {
        let seat = &mut self.seat;
        let mut command = redis::cmd("GET");
        command.arg(seat.key(&of_member(seat)));
        let last: Option<u64> = command.query(&mut seat.talk(caller)?)?;
        Ok(last.unwrap_or(0))
    }

    /// Has the server forget the number of the last item: this member puts nothing more.
    pub(super) fn forget_puts(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        let seat = &mut self.seat;
        let mut command = redis::cmd("DEL");
        command.arg(seat.key(&of_member(seat)));
        let deleted: RedisResult<Value> = command.query(&mut seat.talk(caller)?);
        deleted?;
        Ok(())
    }

    /// Puts again what the server has lost of what this thread has put of late.
    pub(super) fn put_forgotten(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        if self.outbox.is_empty() {
            return Ok(());
        }
        let mut last = self.last_put(caller)?;
        self.outbox.confirm(last);
        loop {
            let (number, mut entries) = self.outbox.forgotten_after(last);
            entries.truncate(ITEMS_AT_ONCE);
            if entries.is_empty() {
                return Ok(());
            }
            (_, last) = send(&mut self.seat, number, true, &entries, caller)?;
        }
    }
}

fn of_member(seat: &Seat) -> String {
    format!("p:{}", seat.member)
}

/// Sends items of which the first has this number. Returns whether there was room for all, and the number of the last that is in.
fn send(
    seat: &mut Seat,
    number: u64,
    again: bool,
    entries: &[&Entry],
    caller: &dyn Caller,
) -> Result<(bool, u64), Fault> {
    let mut put = PUT.prepare_invoke();
    for part in ["c", "s", "b", &of_member(seat)] {
        put.key(seat.key(part));
    }
    put.arg(number).arg(u8::from(again));
    for entry in entries {
        put.arg(&entry.bytes[..]);
    }
    let (state, last): (i64, u64) = put.invoke(&mut seat.talk(caller)?)?;
    match state {
        // Over a new connection, it gets again what it has forgotten.
        -1 => Err(Fault::Broken("the server has lost its last second".into())),
        state => Ok((state == 0, last)),
    }
}
