//! `Queue` and `JoinableQueue` on a server.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Array, Dynamic, Map};

use super::arguments::{LEASES, lease};
use super::messages::{decode, encode};
use super::parts::Parts;
use super::remotes::Remotes;
use super::waiting::{Waiting, tell, using};
use crate::remote::endpoint::Endpoint;
use crate::remote::fault::Fault;
use crate::remote::place::Place;
use crate::remote::queue::{Chair, Look, Terms};
use crate::script::{Call, Failure, Interp, Outcome, raise};
use crate::sync::Deadline;
use crate::wire::Unsendable;

/// A queue on a server as one process holds it.
#[derive(Debug, Clone)]
pub(crate) struct RemoteQueue {
    place: Place,
    terms: Terms,
}

impl RemoteQueue {
    /// Opens the queue that the arguments describe, from `url` at index 1 on; `None` if it is one of this machine.
    ///
    /// # Errors
    /// Wrong arguments; the server cannot be reached or used, or the queue there is another one.
    pub(crate) fn construct(call: &mut Call<'_>, joinable: bool) -> Result<Option<Self>, Failure> {
        let Some(place) = super::arguments::place(call, 1)? else {
            return match (3..6).find(|at| call.has_value(*at)) {
                None => Ok(None),
                Some(_) => Err(raise(
                    "ValueError",
                    "lease, deaths and ack are for queues on a server: url is missing",
                )),
            };
        };
        let maxsize = match call.has_value(0) {
            true => Some(u32::try_from(call.int(0)?.max(0)).unwrap_or(u32::MAX)),
            false => None,
        };
        let terms = Terms {
            joinable,
            maxsize,
            lease: lease(call, 3)?,
            deaths: deaths(call, 4)?,
            ack_on_get: ack_on_get(call, 5)?,
        };
        Self::open(call.interp, place, terms).map(Some)
    }

    /// Opens a queue.
    ///
    /// # Errors
    /// The server cannot be reached or used, or the queue there is another one.
    pub(crate) fn open(interp: &Arc<Interp>, place: Place, terms: Terms) -> Result<Self, Failure> {
        let queue = Self { place, terms };
        let is_first = !Remotes::of(interp).has_chair(&queue.place, &queue.terms);
        let opened = queue.using(interp, Deadline::NOW, "TimeoutError", |chair, caller| {
            chair.open(&queue.terms, caller)
        });
        if let Err(failure) = opened {
            if is_first {
                queue.close(interp);
            }
            return Err(failure);
        }
        Ok(queue)
    }

    /// Does something with the calling thread's use of the queue; `late` is raised after the deadline.
    fn using<T>(
        &self,
        interp: &Arc<Interp>,
        deadline: Deadline,
        late: &'static str,
        body: impl FnOnce(&mut Chair, &Waiting<'_>) -> Result<T, Fault>,
    ) -> Result<T, Failure> {
        let chair = Remotes::of(interp).chair(interp, &self.place, &self.terms)?;
        using(
            interp,
            &chair,
            || self.repr("Queue"),
            (deadline, late),
            body,
        )
    }

    pub(crate) fn put(
        &self,
        interp: &Arc<Interp>,
        item: &Dynamic,
        deadline: Deadline,
    ) -> Result<(), Failure> {
        let bytes = encode(interp, &self.place, item, "item")?;
        self.using(interp, deadline, "Full", |chair, caller| {
            chair.put(vec![bytes], deadline, caller)
        })
    }

    /// All items are checked before the first is put.
    pub(crate) fn put_many(
        &self,
        interp: &Arc<Interp>,
        items: &[Dynamic],
        deadline: Deadline,
    ) -> Result<(), Failure> {
        let items = items.iter().enumerate();
        let encode = |(index, item): (usize, &Dynamic)| {
            encode(interp, &self.place, item, &format!("items[{index}]"))
        };
        let items = items.map(encode).collect::<Result<Vec<_>, _>>()?;
        self.using(interp, deadline, "Full", |chair, caller| {
            chair.put(items, deadline, caller)
        })
    }

    pub(crate) fn get(&self, interp: &Arc<Interp>, deadline: Deadline) -> Outcome {
        let mut items = self.get_many(interp, 1, deadline)?;
        Ok(items.pop().unwrap_or_default())
    }

    pub(crate) fn get_many(
        &self,
        interp: &Arc<Interp>,
        most: usize,
        deadline: Deadline,
    ) -> Result<Array, Failure> {
        let items = self.using(interp, deadline, "Empty", |chair, caller| {
            chair.get(most, deadline, caller)
        })?;
        let decode = |bytes: &Vec<u8>| decode(interp, &self.place, bytes);
        items.iter().map(decode).collect()
    }

    /// Returns false, with a warning, if the item had gone back meanwhile.
    pub(crate) fn task_done(&self, interp: &Arc<Interp>) -> Outcome {
        let done = self.using(interp, Deadline::NOW, "TimeoutError", |chair, caller| {
            chair.task_done(caller)
        })?;
        let Ok(done) = done else {
            let text =
                "task_done() called too many times: this thread has no item of the queue in hand";
            return Err(raise("ValueError", text));
        };
        if !done {
            let queue = self.repr("JoinableQueue");
            tell(
                interp,
                &format!(
                    "an item of {queue} went back before its task_done(), because this process was taken for dead"
                ),
            );
        }
        Ok(done.into())
    }

    /// Returns whether all tasks were done before the deadline.
    pub(crate) fn join(&self, interp: &Arc<Interp>, deadline: Deadline) -> Result<bool, Failure> {
        self.using(
            interp,
            deadline,
            "TimeoutError",
            |chair, caller| match chair.join(deadline, caller) {
                Ok(()) => Ok(true),
                Err(Fault::TimedOut) => Ok(false),
                Err(other) => Err(other),
            },
        )
    }

    pub(crate) fn look(&self, interp: &Arc<Interp>) -> Result<Look, Failure> {
        self.using(interp, Deadline::NOW, "TimeoutError", |chair, caller| {
            chair.look(caller)
        })
    }

    /// `stats()`: how many items wait, are in hand, …
    pub(crate) fn stats(&self, interp: &Arc<Interp>) -> Outcome {
        let look = self.look(interp)?;
        let numbers = [
            ("waiting", look.waiting),
            ("in_hand", look.in_hand),
            ("unfinished", look.unfinished),
            ("dead", look.dead),
            ("members", look.members),
            ("maxsize", look.maxsize),
        ];
        let entries = numbers.map(|(name, number)| (name.into(), number.into()));
        Ok(Map::from_iter(entries).into())
    }

    /// `dead_letters()`: the items that have killed too many processes.
    pub(crate) fn dead_letters(&self, interp: &Arc<Interp>) -> Outcome {
        let letters = self.using(interp, Deadline::NOW, "TimeoutError", |chair, caller| {
            chair.dead_letters(caller)
        })?;
        let value = |bytes: &Vec<u8>| decode(interp, &self.place, bytes);
        let values: Result<Array, _> = letters.iter().map(value).collect();
        values.map(Dynamic::from)
    }

    /// Ends this process's use of the queue.
    pub(crate) fn close(&self, interp: &Arc<Interp>) {
        Remotes::of(interp).close(interp, &self.place, &self.terms);
    }

    pub(crate) fn repr(&self, class: &str) -> String {
        format!("<{class} {} at {}>", self.place.name(), self.place.endpoint)
    }

    pub(crate) fn is_joinable(&self) -> bool {
        self.terms.joinable
    }

    /// Returns the queue as it is sent inside the family.
    ///
    /// # Errors
    /// Its parts are too long.
    pub(crate) fn parts(&self) -> Result<Dynamic, Unsendable> {
        let parts = Parts {
            url: self.place.endpoint.url().into(),
            name: self.place.name().into(),
            joinable: self.terms.joinable,
            ack_on_get: self.terms.ack_on_get,
            lease_ms: u64::try_from(self.terms.lease.as_millis()).unwrap_or(u64::MAX),
        };
        parts.pack()
    }

    /// Returns the queue from its parts.
    ///
    /// # Errors
    /// They are none.
    pub(crate) fn from_parts(plain: Dynamic) -> Result<Self, String> {
        let parts = Parts::unpack(plain)?;
        let endpoint =
            Arc::new(Endpoint::read(&parts.url).map_err(|_| "its URL is not the URL of a server")?);
        let seconds = Duration::from_millis(parts.lease_ms).as_secs_f64();
        let lease = seconds.clamp(*LEASES.start(), *LEASES.end());
        let place = Place::new(endpoint, &parts.name)
            .map_err(|_| "its name is not the name of an object")?;
        let terms = Terms {
            joinable: parts.joinable,
            maxsize: None,
            deaths: None,
            ack_on_get: parts.ack_on_get,
            lease: Duration::from_secs_f64(lease),
        };
        Ok(Self { place, terms })
    }
}

fn deaths(call: &mut Call<'_>, at: usize) -> Result<Option<u32>, Failure> {
    if !call.has_value(at) {
        return Ok(None);
    }
    match call.int(at)? {
        deaths @ 1..=1_000_000 => Ok(u32::try_from(deaths).ok()),
        deaths => Err(raise(
            "ValueError",
            format!("deaths must be at least 1, not {deaths}"),
        )),
    }
}

fn ack_on_get(call: &mut Call<'_>, at: usize) -> Result<bool, Failure> {
    match call.string_or(at, "done")?.as_str() {
        "done" => Ok(false),
        "get" => Ok(true),
        other => Err(raise(
            "ValueError",
            format!("ack must be \"done\" or \"get\", not {other:?}"),
        )),
    }
}
