//! `Lock`, `RLock`, `Semaphore` and `BoundedSemaphore` on a server.

use std::sync::{Arc, Weak};
use std::time::Duration;

use rhai::Dynamic;
use serde::{Deserialize, Serialize};

use super::arguments::{lease, place};
use super::remotes::Remotes;
use super::waiting::{Leaving, Waiting, tell, using};
use crate::remote::endpoint::Endpoint;
use crate::remote::fault::Fault;
use crate::remote::line::{LineKind, LineSeat, LineTerms, Released};
use crate::remote::place::Place;
use crate::script::{Call, Dialect, Failure, Interp, Registry, raise};
use crate::stdlib::multiprocessing::synchronize::hold::{Hold, members, release};
use crate::sync::Deadline;
use crate::wire::{Unsendable, typed};

/// What an object on a server is for scripts.
pub(super) const LOCK: u8 = 0;
pub(super) const RLOCK: u8 = 1;
pub(super) const SEMAPHORE: u8 = 2;

/// What hosts have.
pub(crate) type RemoteLock = Line<LOCK>;
pub(crate) type RemoteSemaphore = Line<SEMAPHORE>;

/// A lock or a semaphore on a server as one process holds it.
#[derive(Debug, Clone)]
pub(crate) struct Line<const CLASS: u8> {
    place: Place,
    terms: LineTerms,
    interp: Weak<Interp>,
}

/// Why somebody who has acquired it does not have it any more.
const TAKEN_AWAY: &str = "this process was taken for dead, or the server has lost its last second";

/// Such an object in a message.
#[derive(Serialize, Deserialize)]
struct Parts {
    url: String,
    name: String,
    bounded: bool,
    /// Whether it is the lock of a Value.
    of_number: bool,
    lease_ms: u64,
}

fn class_name(class: u8, kind: LineKind) -> &'static str {
    match (class, kind) {
        (LOCK, _) => "Lock",
        (RLOCK, _) => "RLock",
        (_, LineKind::BoundedSemaphore) => "BoundedSemaphore",
        _ => "Semaphore",
    }
}

/// Returns the object that the arguments describe, whose `url` is argument `at`; `None` if it is one of this machine.
///
/// # Errors
/// Wrong arguments; the server cannot be reached or used, or the object there is another one.
pub(in crate::stdlib::multiprocessing) fn construct(
    call: &mut Call<'_>,
    class: &str,
    at: usize,
) -> Result<Option<Dynamic>, Failure> {
    let Some(place) = place(call, at)? else {
        return Ok(None);
    };
    let lease = lease(call, at + 2)?;
    let kind = match class {
        "Semaphore" => LineKind::Semaphore,
        "BoundedSemaphore" => LineKind::BoundedSemaphore,
        _ => LineKind::Lock,
    };
    let permits = match kind {
        LineKind::Lock => Some(1),
        _ => Some(
            u32::try_from(call.int_or(0, 1)?)
                .map_err(|_| raise("ValueError", "semaphore initial value must be >= 0"))?,
        ),
    };
    let terms = LineTerms {
        kind,
        reentrant: class == "RLock",
        permits,
        lease,
    };
    Ok(Some(match class {
        "Lock" => Dynamic::from(Line::<LOCK>::open(call.interp, place, terms)?),
        "RLock" => Dynamic::from(Line::<RLOCK>::open(call.interp, place, terms)?),
        _ => Dynamic::from(Line::<SEMAPHORE>::open(call.interp, place, terms)?),
    }))
}

/// Returns the lock of a Value on a server.
pub(super) fn lock_of_number(interp: &Arc<Interp>, place: &Place, lease: Duration) -> Line<RLOCK> {
    Line {
        place: place.clone(),
        terms: LineTerms {
            kind: LineKind::Number,
            reentrant: true,
            permits: Some(1),
            lease,
        },
        interp: Arc::downgrade(interp),
    }
}

pub(in crate::stdlib::multiprocessing) fn register(registry: &mut Registry) {
    register_class::<LOCK>(registry, "Lock");
    register_class::<RLOCK>(registry, "RLock");
    register_class::<SEMAPHORE>(registry, "Semaphore");
}

fn register_class<const CLASS: u8>(registry: &mut Registry, name: &'static str) {
    let mut class = registry.class::<Line<CLASS>>(name);
    members::<Line<CLASS>>(&mut class);
    class
        .by_parts(
            name,
            |_, line: &Line<CLASS>| line.parts(),
            Line::<CLASS>::from_parts,
        )
        .repr(|call| Ok(call.this::<Line<CLASS>>().repr().into()));
    if CLASS == SEMAPHORE {
        class
            .method("release", &["n?"], |call| {
                if call.has(0) {
                    let text = "SemLock.release() takes no arguments (1 given)";
                    return Err(raise("TypeError", text));
                }
                release::<Line<CLASS>>(call)
            })
            .method("get_value", &[], |call| {
                let line: Line<CLASS> = call.this();
                Ok(line.look()?.0.max(0).into())
            });
        return;
    }
    class
        .method("release", &[], release::<Line<CLASS>>)
        .getter("abandoned", |call| {
            let line: Line<CLASS> = call.this();
            Ok((line.look()?.1 > 0).into())
        })
        .getter("fence", |call| {
            let fence = call.this::<Line<CLASS>>().fence()?;
            Ok(fence.map_or(Dynamic::UNIT, Dynamic::from_int))
        })
        .getter("valid", |call| {
            let line: Line<CLASS> = call.this();
            Ok(line.is_valid()?.into())
        });
}

impl<const CLASS: u8> Line<CLASS> {
    /// Opens a lock or a semaphore.
    ///
    /// # Errors
    /// The server cannot be reached or used, or the object there is another one.
    pub(crate) fn open(
        interp: &Arc<Interp>,
        place: Place,
        terms: LineTerms,
    ) -> Result<Self, Failure> {
        let line = Self {
            place,
            terms,
            interp: Arc::downgrade(interp),
        };
        let remotes = Remotes::of(interp);
        let is_first = !remotes.has_line(&line.place, &line.terms);
        let opened = line.using(Deadline::NOW, |seat, caller| {
            seat.open(line.terms.permits, caller)
        });
        if opened.is_err() && is_first {
            remotes.drop_line(interp, &line.place, &line.terms);
        }
        opened.map(|()| line)
    }

    /// Returns the number that rises with every acquisition, if the calling thread has acquired it.
    pub(crate) fn fence(&self) -> Result<Option<i64>, Failure> {
        self.using(Deadline::NOW, |seat, _| Ok(seat.fence()))
    }

    /// Asks the server whether the calling thread still has it.
    pub(crate) fn is_valid(&self) -> Result<bool, Failure> {
        self.using(Deadline::NOW, |seat, caller| seat.is_valid(caller))
    }

    fn using<T>(
        &self,
        deadline: Deadline,
        body: impl FnOnce(&mut LineSeat, &Waiting<'_>) -> Result<T, Fault>,
    ) -> Result<T, Failure> {
        let interp = self.interp()?;
        let seat = Remotes::of(&interp).line(&interp, &self.place, &self.terms)?;
        using(
            &interp,
            &seat,
            || self.repr(),
            (deadline, "TimeoutError"),
            body,
        )
    }

    /// Returns who the calling thread is for the object; nothing if it has not used it.
    pub(super) fn member(&self) -> Result<String, Failure> {
        let interp = self.interp()?;
        match Remotes::of(&interp).has_line(&self.place, &self.terms) {
            true => self.using(Deadline::NOW, |seat, _| Ok(seat.member().to_string())),
            false => Ok(String::new()),
        }
    }

    fn interp(&self) -> Result<Arc<Interp>, Failure> {
        let interp = self.interp.upgrade();
        interp.ok_or_else(|| raise("RuntimeError", "the runtime has ended"))
    }

    /// Returns how many permits are free, and how many holders have died.
    pub(crate) fn look(&self) -> Result<(i64, i64), Failure> {
        self.using(Deadline::NOW, |seat, caller| seat.look(caller))
    }

    pub(crate) fn repr(&self) -> String {
        let class = class_name(CLASS, self.terms.kind);
        format!("<{class} {} at {}>", self.place.name(), self.place.endpoint)
    }

    fn parts(&self) -> Result<Dynamic, Unsendable> {
        let parts = Parts {
            url: self.place.endpoint.url().into(),
            name: self.place.name().into(),
            bounded: self.terms.kind == LineKind::BoundedSemaphore,
            of_number: self.terms.kind == LineKind::Number,
            lease_ms: u64::try_from(self.terms.lease.as_millis()).unwrap_or(u64::MAX),
        };
        let packed = typed::pack(&parts).map_err(|misfit| Unsendable::Here(misfit.to_string()))?;
        Ok(Dynamic::from_blob(packed))
    }

    fn from_parts(interp: &Arc<Interp>, plain: Dynamic) -> Result<Self, String> {
        let bytes = plain.into_blob().map_err(|_| "its parts are missing")?;
        let parts: Parts = typed::read(&bytes).map_err(|misfit| misfit.to_string())?;
        let endpoint =
            Endpoint::read(&parts.url).map_err(|_| "its URL is not the URL of a server")?;
        let place = Place::new(Arc::new(endpoint), &parts.name)
            .map_err(|_| "its name is not the name of an object")?;
        let kind = match (CLASS, parts.bounded) {
            (LOCK | RLOCK, _) if parts.of_number => LineKind::Number,
            (LOCK | RLOCK, _) => LineKind::Lock,
            (_, false) => LineKind::Semaphore,
            (_, true) => LineKind::BoundedSemaphore,
        };
        let terms = LineTerms {
            kind,
            reentrant: CLASS == RLOCK,
            permits: None,
            lease: Duration::from_millis(parts.lease_ms),
        };
        let interp = Arc::downgrade(interp);
        Ok(Self {
            place,
            terms,
            interp,
        })
    }
}

impl<const CLASS: u8> Line<CLASS> {
    /// Acquires it, in turn. Returns false when the time ran out.
    pub(crate) fn acquire(&self, interp: &Interp, deadline: Deadline) -> Result<bool, Failure> {
        self.using(deadline, |seat, caller| {
            let taken = seat.acquire(deadline, caller);
            if taken == Err(Fault::Interrupted) {
                // Nobody waits any more: the permit must not come to this thread later.
                let _ = seat.give_up(&Leaving(interp));
            }
            taken
        })
    }

    /// Releases it.
    ///
    /// # Errors
    /// The calling thread does not have it, or does not have it any more.
    pub(crate) fn release(&self) -> Result<(), Failure> {
        let interp = self.interp()?;
        let released = self.using(Deadline::NOW, |seat, caller| seat.release(caller))?;
        match released {
            Released::Done => Ok(()),
            Released::NotHeld if CLASS == SEMAPHORE => Err(raise(
                "ValueError",
                "semaphore or lock released too many times",
            )),
            Released::NotHeld => Err(raise(
                "ValueError",
                format!(
                    "{} is released by a thread that does not hold it",
                    self.repr()
                ),
            )),
            Released::Lost if CLASS == SEMAPHORE => {
                tell(
                    &interp,
                    &format!(
                        "a permit of {} was taken away before its release: {TAKEN_AWAY}",
                        self.repr()
                    ),
                );
                Ok(())
            }
            Released::Lost => Err(raise(
                "LeaseLost",
                format!(
                    "{} was taken away before its release: {TAKEN_AWAY}",
                    self.repr()
                ),
            )),
        }
    }
}

impl<const CLASS: u8> Hold for Line<CLASS> {
    const ENDLESS_IS_MINUS_ONE: bool = false;

    fn dialect(&self) -> Dialect {
        Dialect::Multiprocessing
    }

    fn take(&self, interp: &Interp, deadline: Deadline) -> Result<bool, Failure> {
        self.acquire(interp, deadline)
    }

    fn give(&self) -> Result<(), Failure> {
        self.release()
    }

    fn is_held(&self) -> Result<bool, Failure> {
        Ok(self.look()?.0 <= 0)
    }

    fn is_mine(&self) -> bool {
        true
    }
}
