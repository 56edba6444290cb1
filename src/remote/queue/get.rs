//! Items that come out, and what becomes of those in hand.

use redis::Value;

use super::chair::Chair;
use crate::remote::caller::Caller;
use crate::remote::fault::Fault;
use crate::remote::scripts::TAKE;
use crate::remote::seat::Sitter;
use crate::remote::streams::{IN_HAND, Item, NEW, item, read_both, text, time_until};
use crate::sys::clock::{Deadline, now_ns};

/// The most items that one request takes.
const ITEMS_AT_ONCE: usize = 1000;

/// `task_done` was called without an item in hand.
#[derive(Debug)]
pub(crate) struct NothingInHand;

/// The answer of the script that takes items.
struct Taken {
    removed: usize,
    items: Vec<Item>,
}

impl Chair {
    /// Waits for an item, and takes up to `most`. Unless the queue is joinable, what was in hand before is done.
    ///
    /// # Errors
    /// [`Fault::TimedOut`]; those of the server.
    pub(crate) fn get(
        &mut self,
        most: usize,
        deadline: Deadline,
        caller: &dyn Caller,
    ) -> Result<Vec<Vec<u8>>, Fault> {
        let most = most.min(ITEMS_AT_ONCE);
        self.seat.until(deadline);
        self.attempt(caller, |chair, caller| {
            let items = chair.try_get(most, deadline, caller)?;
            chair
                .in_hand
                .extend(items.iter().map(|item| item.id.clone()));
            if chair.terms.ack_on_get {
                // When this is not answered, they have been taken all the same: this is what at most once means.
                let ids = chair.in_hand.drain(..).collect();
                chair.take(0, ids, caller)?;
            }
            Ok(items.into_iter().map(|item| item.bytes).collect())
        })
    }

    fn try_get(
        &mut self,
        most: usize,
        deadline: Deadline,
        caller: &dyn Caller,
    ) -> Result<Vec<Item>, Fault> {
        if self.looks_back {
            let lost = self.handed_over_unseen(caller)?;
            self.ahead.extend(lost);
            self.looks_back = false;
        }
        loop {
            let wanted = if self.ahead.is_empty() { most } else { 0 };
            let done: Vec<String> = match self.terms.joinable {
                true => Vec::new(),
                false => self.in_hand.iter().cloned().collect(),
            };
            let is_over = !done.is_empty();
            if wanted > 0 || is_over {
                let taken = self.take(wanted, done, caller)?;
                if is_over {
                    self.in_hand.clear();
                }
                self.ahead.extend(taken.items);
            }
            if !self.ahead.is_empty() {
                return Ok(self.hand_out(most));
            }
            if deadline.passed(now_ns()) {
                return Err(Fault::TimedOut);
            }
            let item = self.wait_for_items(deadline, caller)?;
            self.ahead.extend(item);
            // `get_many` takes more of what is there, unless the item came back.
            let is_new = self
                .ahead
                .front()
                .is_some_and(|item| item.id.starts_with('s'));
            if is_new && self.ahead.len() < most {
                let more = self.take(most - self.ahead.len(), Vec::new(), caller)?;
                self.ahead.extend(more.items);
            }
        }
    }

    /// Returns up to `most` items that have come; one that came back is handed out alone.
    fn hand_out(&mut self, most: usize) -> Vec<Item> {
        let new = self.ahead.iter().take(most);
        let new = new.take_while(|item| item.id.starts_with('s')).count();
        self.ahead.drain(..new.max(1)).collect()
    }

    /// Takes items that are there, and removes those that are done.
    fn take(
        &mut self,
        most: usize,
        done: Vec<String>,
        caller: &dyn Caller,
    ) -> Result<Taken, Fault> {
        let seat = &mut self.seat;
        let mut take = TAKE.prepare_invoke();
        for part in ["c", "m", "s", "b", "r", "e"] {
            take.key(seat.key(part));
        }
        take.arg(&seat.member).arg(most).arg(done);
        let mut answer: Vec<Value> = take.invoke(&mut seat.talk(caller)?)?;
        let items = answer.split_off(answer.len().min(2));
        let (is_member, removed): (bool, usize) = redis::from_redis_value(Value::Array(answer))
            .map_err(|error| Fault::Broken(error.to_string()))?;
        if !is_member {
            return Err(Fault::Removed);
        }
        let items = items.chunks(2).filter_map(|pair| match pair {
            [id, value] => item(text(id), value),
            _ => None,
        });
        let items = items.collect();
        Ok(Taken { removed, items })
    }

    /// Waits for an item. The server gives it to whoever has waited longest.
    fn wait_for_items(
        &mut self,
        deadline: Deadline,
        caller: &dyn Caller,
    ) -> Result<Vec<Item>, Fault> {
        read_both(&mut self.seat, 1, Some(time_until(deadline)), NEW, caller)
    }

    /// Returns what the server has given this thread, which has never seen it: the answer was lost with its connection.
    fn handed_over_unseen(&mut self, caller: &dyn Caller) -> Result<Vec<Item>, Fault> {
        let known = self.in_hand.len() + self.ahead.len();
        let most = known + ITEMS_AT_ONCE;
        let mut items = read_both(&mut self.seat, most, None, IN_HAND, caller)?;
        let is_known =
            |id: &String| self.in_hand.contains(id) || self.ahead.iter().any(|item| item.id == *id);
        items.retain(|item| !is_known(&item.id));
        Ok(items)
    }

    /// Notes that the oldest item in hand is done. Returns false if the item had gone back, because this process was taken for dead.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn task_done(
        &mut self,
        caller: &dyn Caller,
    ) -> Result<Result<bool, NothingInHand>, Fault> {
        if self.gone_back > 0 {
            self.gone_back -= 1;
            return Ok(Ok(false));
        }
        let Some(oldest) = self.in_hand.front().cloned() else {
            return Ok(Err(NothingInHand));
        };
        let mut attempts = 0;
        let removed = self.attempt(caller, |chair, caller| {
            attempts += 1;
            if !chair.in_hand.contains(&oldest) {
                return Ok(0);
            }
            Ok(chair.take(0, vec![oldest.clone()], caller)?.removed)
        })?;
        if self.in_hand.front() == Some(&oldest) {
            self.in_hand.pop_front();
            // Nobody else removes the items of a member that is still there: an earlier attempt did whose answer was lost.
            return Ok(Ok(removed > 0 || attempts > 1));
        }
        self.gone_back = self.gone_back.saturating_sub(1);
        Ok(Ok(false))
    }

    /// Removes everything in hand: it is done.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn remove_in_hand(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        self.attempt(caller, |chair, caller| {
            let done: Vec<String> = chair.in_hand.iter().cloned().collect();
            if !done.is_empty() {
                chair.take(0, done, caller)?;
                chair.in_hand.clear();
            }
            Ok(())
        })
    }
}
