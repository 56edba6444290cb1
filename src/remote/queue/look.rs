//! What is in a queue, and the wait until all its tasks are done.

use redis::RedisResult;

use super::chair::Chair;
use crate::remote::caller::Caller;
use crate::remote::fault::Fault;
use crate::remote::scripts::LOOK;
use crate::remote::seat::Sitter;
use crate::remote::streams::sleep_on_word;
use crate::sys::clock::{Deadline, now_ns};

/// What a queue holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Look {
    /// Items that wait to be taken.
    pub waiting: i64,
    /// Items that somebody has taken and not finished.
    pub in_hand: i64,
    /// Both of them, as the queue has counted them.
    pub unfinished: i64,
    /// The bound; 0 for none.
    pub maxsize: i64,
    /// Items that have killed too many processes.
    pub dead: i64,
    /// Threads of processes that use it.
    pub members: i64,
    word: String,
}

impl Chair {
    /// Returns what the queue holds at this moment.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn look(&mut self, caller: &dyn Caller) -> Result<Look, Fault> {
        self.attempt(caller, Self::try_look)
    }

    fn try_look(&mut self, caller: &dyn Caller) -> Result<Look, Fault> {
        let seat = &mut self.seat;
        let mut look = LOOK.prepare_invoke();
        for part in ["c", "m", "s", "b", "d", "e"] {
            look.key(seat.key(part));
        }
        let (waiting, in_hand, unfinished, maxsize, dead, members, word) =
            look.invoke(&mut seat.talk(caller)?)?;
        Ok(Look {
            waiting,
            in_hand,
            unfinished,
            maxsize,
            dead,
            members,
            word,
        })
    }

    /// Waits until every item that was put is done or a dead letter.
    ///
    /// # Errors
    /// [`Fault::TimedOut`]; those of the server.
    pub(crate) fn join(&mut self, deadline: Deadline, caller: &dyn Caller) -> Result<(), Fault> {
        self.seat.until(deadline);
        self.attempt(caller, |chair, caller| {
            loop {
                let seen = chair.try_look(caller)?;
                if seen.unfinished <= 0 {
                    return Ok(());
                }
                if deadline.passed(now_ns()) {
                    return Err(Fault::TimedOut);
                }
                let key = chair.seat.key("e");
                sleep_on_word(&mut chair.seat.talk(caller)?, key, &seen.word, deadline)?;
                // Somebody watches over the members as long as anybody waits for them.
                chair.seat.stay_watched()?;
            }
        })
    }

    /// Returns the items that have killed too many processes, the oldest first.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn dead_letters(&mut self, caller: &dyn Caller) -> Result<Vec<Vec<u8>>, Fault> {
        self.attempt(caller, |chair, caller| {
            let mut command = redis::cmd("XRANGE");
            command.arg(chair.seat.key("d")).arg("-").arg("+");
            // Of the fields and their values, the item is the second.
            type Entry = (String, Vec<Vec<u8>>);
            let letters: RedisResult<Vec<Entry>> = command.query(&mut chair.seat.talk(caller)?);
            let item = |(_, fields): Entry| fields.into_iter().nth(1);
            Ok(letters?.into_iter().filter_map(item).collect())
        })
    }
}
