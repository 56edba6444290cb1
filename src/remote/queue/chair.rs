//! A thread's use of a queue: what it has in hand, and what it has put of late.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::KIND;
use super::outbox::Outbox;
use crate::remote::caller::{Caller, sleep};
use crate::remote::fault::{Fault, Refusal};
use crate::remote::keeper::Keeper;
use crate::remote::place::Place;
use crate::remote::seat::{Seat, Sitter};
use crate::remote::server::Server;
use crate::remote::streams::Item;

/// How often a server writes what it has received to its disk, with a margin: its setting `everysec`.
const ON_DISK: Duration = Duration::from_millis(1100);

/// What a queue is opened with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Terms {
    /// Whether items are done by `task_done`, and not by the next `get`.
    pub joinable: bool,
    /// The bound; 0 for none, `None` for that of the queue if there is one already.
    pub maxsize: Option<u32>,
    /// How many processes an item may kill before it becomes a dead letter.
    pub deaths: Option<u32>,
    /// Whether an item is done when it is taken.
    pub ack_on_get: bool,
    /// How long a machine may be silent before its processes count as dead.
    pub lease: Duration,
}

/// The use of a queue by one thread.
pub(crate) struct Chair {
    pub(super) seat: Seat,
    pub(super) terms: Terms,
    pub(super) outbox: Outbox,
    /// Whether a put was broken off, so that nobody knows which of its items are in.
    pub(super) has_doubts: bool,
    /// The items in hand, the oldest first.
    pub(super) in_hand: VecDeque<String>,
    /// Items that have come from the server and that nobody has got yet.
    pub(super) ahead: VecDeque<Item>,
    /// Items that were in hand when this member was removed.
    pub(super) gone_back: usize,
    /// Whether items that the server has given may have been lost with a connection.
    pub(super) looks_back: bool,
    /// The bound and the number of deaths that the queue has on the server.
    settings: (u32, u32),
    server: Server,
}

impl Sitter for Chair {
    fn seat(&mut self) -> &mut Seat {
        &mut self.seat
    }

    fn arrive(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        if !self.seat.is_known {
            self.server = self.seat.inspect(caller)?;
        }
        let (maxsize, deaths) = (self.terms.maxsize, self.terms.deaths);
        self.settings = self.seat.introduce(maxsize, deaths, caller)?;
        self.looks_back = true;
        self.put_forgotten(caller)
    }

    fn begin_anew(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        self.gone_back += self.in_hand.len();
        self.in_hand.clear();
        self.ahead.clear();
        let in_before = self.last_put(caller)?;
        self.outbox.begin_anew(in_before);
        self.seat.renew();
        // So that `arrive` introduces the new member.
        self.seat.cut();
        Ok(())
    }
}

impl Chair {
    pub(crate) fn new(place: Place, terms: Terms, keeper: Arc<Keeper>) -> Self {
        Self {
            seat: Seat::new(place, KIND, terms.lease, keeper),
            terms,
            outbox: Outbox::default(),
            has_doubts: false,
            in_hand: VecDeque::new(),
            ahead: VecDeque::new(),
            gone_back: 0,
            looks_back: false,
            settings: (0, 0),
            server: Server::default(),
        }
    }

    /// Opens the queue on the server.
    ///
    /// # Errors
    /// The server cannot be reached or used, or the queue is another one.
    pub(crate) fn open(&mut self, terms: &Terms, caller: &dyn Caller) -> Result<(), Fault> {
        let (maxsize, deaths) = self.attempt(caller, |chair, _| Ok(chair.settings))?;
        let settings = [
            ("maxsize", terms.maxsize, maxsize),
            ("deaths", terms.deaths, deaths),
        ];
        for (setting, wanted, has) in settings {
            if let Some(wanted) = wanted.filter(|wanted| *wanted != has) {
                let text = format!(
                    "the queue exists with {setting} {has}, not {wanted}: leave {setting} out, or use another name"
                );
                return Err(Fault::refused(Refusal::Mismatch, text));
            }
        }
        Ok(())
    }

    /// Leaves the queue. What is in hand is `done`, or goes back; `blamed` counts that as a death.
    ///
    /// # Errors
    /// The server cannot be reached; the keeper will tell it.
    pub(crate) fn leave(
        &mut self,
        done: bool,
        blamed: bool,
        caller: &dyn Caller,
    ) -> Result<(), Fault> {
        if !self.seat.is_known {
            self.seat.leave();
            return Ok(());
        }
        self.seat.hurry();
        if done && !self.in_hand.is_empty() {
            self.remove_in_hand(caller)?;
        }
        self.linger(caller)?;
        self.attempt(caller, |chair, caller| {
            chair.seat.remove(blamed, caller)?;
            chair.forget_puts(caller)
        })?;
        self.seat.leave();
        Ok(())
    }

    /// Waits until what this thread has put of late is on the server's disk, and puts it again if the server loses it before.
    fn linger(&mut self, caller: &dyn Caller) -> Result<(), Fault> {
        if !self.server.keeps {
            return Ok(());
        }
        let confirms = self.server.confirms;
        while let Some(age) = self.outbox.age().filter(|age| *age < ON_DISK) {
            self.attempt(caller, |chair, caller| {
                chair.on_disk(confirms, ON_DISK - age, caller)
            })?;
            if confirms {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Asks whether everything is on the disk, or only whether the server is still there.
    fn on_disk(
        &mut self,
        confirms: bool,
        left: Duration,
        caller: &dyn Caller,
    ) -> Result<(), Fault> {
        let command = match confirms {
            true => redis::cmd("WAITAOF").arg(1).arg(0).arg(3000).to_owned(),
            false => redis::cmd("PING"),
        };
        let asked: redis::RedisResult<redis::Value> =
            command.query(self.seat.talk(caller)?.waiting(Duration::from_secs(3)));
        asked?;
        let pause = left.min(Duration::from_millis(50));
        match confirms || sleep(caller, pause) {
            true => Ok(()),
            false => Err(Fault::Interrupted),
        }
    }
}
