//! A pool on a server as the process that submits its tasks has it, and every wait.

use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rhai::{Dynamic, NativeCallContext};

use super::super::super::pool::promise::Promise;
use super::super::super::pool::state::Stage;
use super::super::messages::{ForServer, Functions};
use super::super::remotes::Remotes;
use super::super::waiting::{Waiting, failure, in_use, noted, tell};
use super::jobs::Jobs;
use super::outcomes::{given_up, terminated};
use super::parcel::Errand;
use super::program;
use super::rules::Rules;
use super::turns::{NoTurn, Turns};
use crate::remote::caller::Caller;
use crate::remote::fault::Fault;
use crate::remote::place::Place;
use crate::remote::pool::{Submitter, Terms};
use crate::script::{Failure, Interp, raise, raise_bare, throw};
use crate::sync::Deadline;
use crate::sys;
use crate::sys::lock::locked;

/// How long the end of a pool waits for the thread that uses its connection.
const LAST_TURN: Duration = Duration::from_secs(3);

/// A pool on a server. Clones are the same pool.
#[derive(Clone)]
pub(crate) struct Pool(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub place: Place,
    pub terms: Terms,
    /// The process that submits.
    owner: i32,
    submitter: Arc<Mutex<Submitter>>,
    /// Whose turn it is with the submitter.
    pub turns: Turns,
    pub jobs: Mutex<Jobs>,
    /// The pool of an executor.
    pub is_executor: bool,
    /// When it is next looked for outcomes for which nobody waits.
    pub next_glance: Mutex<Option<Instant>>,
}

/// A thread that waits for the server in its turn. The end of the pool ends the wait too.
pub(super) struct Working<'a> {
    interp: &'a Interp,
    pool: &'a Shared,
    /// Whether it was the script that ended the wait.
    is_interrupted: Cell<bool>,
}

thread_local! {
    /// Whether this thread has its turn with a pool.
    static IN_TURN: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether this thread uses a pool at this moment: a function of the script that is called now could use none.
pub(super) fn is_in_turn() -> bool {
    IN_TURN.get()
}

/// The turn of this thread, as the thread knows it.
struct Marked(bool);

impl Marked {
    fn begin() -> Self {
        Self(IN_TURN.replace(true))
    }
}

impl Drop for Marked {
    fn drop(&mut self) {
        IN_TURN.set(self.0);
    }
}

impl Caller for Working<'_> {
    fn has_to_stop(&self) -> bool {
        if self.interp.check_interrupts() {
            self.is_interrupted.set(true);
        }
        self.is_interrupted.get() || self.pool.is_terminated()
    }

    fn tell(&self, text: &str) {
        tell(self.interp, text);
    }
}

impl Shared {
    pub(super) fn is_terminated(&self) -> bool {
        locked(&self.jobs).stage == Stage::Terminated
    }
}

/// What a turn with the submitter came to.
pub(super) enum Turned<T> {
    Done(T),
    /// The time is up.
    Late,
    /// The pool was terminated before or meanwhile.
    Terminated,
}

impl Pool {
    /// # Errors
    /// The server cannot be reached or used.
    pub(crate) fn open(
        interp: &Arc<Interp>,
        place: Place,
        terms: Terms,
        is_executor: bool,
    ) -> Result<Self, Failure> {
        let remotes = Remotes::of(interp);
        let submitter = remotes.submitter(interp, &place, &terms)?;
        let begun = noted(interp, Deadline::NOW, || {
            locked(&submitter).begin(&Waiting(interp))
        });
        if let Err(fault) = begun {
            remotes.drop_submitter(&submitter, interp);
            return Err(failure(interp, fault, "TimeoutError"));
        }
        Ok(Self(Arc::new(Shared {
            place,
            terms,
            owner: sys::process::pid(),
            submitter,
            turns: Turns::default(),
            jobs: Mutex::default(),
            is_executor,
            next_glance: Mutex::default(),
        })))
    }

    pub(super) fn codec<'a>(&'a self, interp: &'a Arc<Interp>) -> ForServer<'a> {
        ForServer {
            interp,
            place: &self.0.place,
            functions: match self.0.terms.key {
                Some(_) => Functions::Any,
                None => Functions::OfProgram,
            },
        }
    }

    pub(super) fn repr(&self) -> String {
        format!("<Pool {} at {}>", self.0.terms.name, self.0.place.endpoint)
    }

    /// Checks that this process may use the pool.
    ///
    /// # Errors
    /// `RuntimeError`: another one made it.
    pub(crate) fn belongs_here(&self) -> Result<(), Failure> {
        match self.0.owner == sys::process::pid() {
            true => Ok(()),
            false => Err(raise(
                "RuntimeError",
                "a pool belongs to the process that made it: make another one here",
            )),
        }
    }

    /// Does something with the submitter, when it is this thread's turn.
    ///
    /// # Errors
    /// Those of the server; the script has to stop; `RuntimeError` in a function for a signal that has interrupted another turn.
    pub(super) fn in_turn<T>(
        &self,
        interp: &Arc<Interp>,
        deadline: Deadline,
        body: impl FnOnce(&mut Submitter, &Working<'_>) -> Result<T, Fault>,
    ) -> Result<Turned<T>, Failure> {
        self.belongs_here()?;
        let Shared {
            submitter, jobs, ..
        } = &*self.0;
        let _turn = match self.0.turns.take(deadline, || interp.check_interrupts()) {
            Ok(turn) => turn,
            Err(NoTurn::Late) => return Ok(Turned::Late),
            Err(NoTurn::Interrupted) => return Err(interp.interrupted()),
            Err(NoTurn::Nested) => return Err(in_use(&self.repr())),
        };
        let _marked = Marked::begin();
        // Whoever used the server now would join it again, and nobody would leave it.
        if self.0.is_terminated() {
            return Ok(Turned::Terminated);
        }
        let caller = Working {
            interp,
            pool: &self.0,
            is_interrupted: Cell::new(false),
        };
        let mut used = locked(submitter);
        let unwanted = locked(jobs).take_unwanted();
        used.withdraw(&unwanted);
        let done = body(&mut used, &caller);
        drop(used);
        if self.0.is_terminated() {
            Remotes::of(interp).drop_submitter(submitter, interp);
        }
        match done {
            Ok(done) => Ok(Turned::Done(done)),
            Err(Fault::TimedOut) => Ok(Turned::Late),
            Err(Fault::Interrupted) if !caller.is_interrupted.get() => Ok(Turned::Terminated),
            Err(fault) => Err(failure(interp, fault, "TimeoutError")),
        }
    }

    pub(super) fn using<T>(
        &self,
        interp: &Arc<Interp>,
        body: impl FnOnce(&mut Submitter, &Working<'_>) -> Result<T, Fault>,
    ) -> Result<T, Failure> {
        let turned = noted(interp, Deadline::NOW, || {
            self.in_turn(interp, Deadline::NEVER, body)
        });
        match turned? {
            Turned::Done(done) => Ok(done),
            Turned::Terminated => Err(throw(terminated())),
            Turned::Late => Err(raise_bare("TimeoutError")),
        }
    }

    /// Checks that the pool takes tasks.
    ///
    /// # Errors
    /// `ValueError`, of an executor `RuntimeError`: it does not.
    pub(crate) fn is_open(&self) -> Result<(), Failure> {
        self.belongs_here()?;
        let stage = locked(&self.0.jobs).stage;
        stage.open(self.0.is_executor)
    }

    /// Makes the program of a call known to workers, and returns its hash.
    ///
    /// # Errors
    /// The pool takes no tasks; the program cannot be sent.
    pub(super) fn prepare(
        &self,
        interp: &Arc<Interp>,
        context: &NativeCallContext,
    ) -> Result<Arc<str>, Failure> {
        self.is_open()?;
        let program = program::written(interp, context, &self.codec(interp))?;
        self.using(interp, |submitter, caller| {
            submitter.publish(program, caller)
        })
    }

    /// Adds tasks to a call, `chunk` of them in each message. A task that has a time limit or attempts of its own travels alone.
    ///
    /// # Errors
    /// An item cannot be sent, and none is added then; a message is too long, or the pool was terminated.
    pub(super) fn add(
        &self,
        interp: &Arc<Interp>,
        (number, program): (u64, &Arc<str>),
        errand: &Errand,
        items: &[Dynamic],
        (rules, chunk): (Rules, usize),
    ) -> Result<(), Failure> {
        let codec = self.codec(interp);
        let chunk = if rules.are_none() { chunk } else { 1 };
        let written = |items: &[Dynamic]| {
            let bytes = errand.write(items, rules.limit, &codec)?;
            Ok((bytes, items.len(), errand.shown(items)))
        };
        let messages = items.chunks(chunk.max(1)).map(written);
        let messages = messages.collect::<Result<Vec<_>, Failure>>()?;
        let is_added = self.using(interp, |submitter, _| {
            for (bytes, count, shown) in messages {
                let message = submitter.add(program, bytes, rules.retries)?;
                // Noted before anybody else can take its outcome.
                if !locked(&self.0.jobs).add(number, message, count, shown) {
                    submitter.withdraw(&[message]);
                    return Ok(false);
                }
            }
            Ok(true)
        })?;
        match is_added {
            true => Ok(()),
            false => Err(throw(terminated())),
        }
    }

    /// Notes that a call gets no more tasks.
    pub(super) fn complete(&self, number: u64) {
        locked(&self.0.jobs).complete(number);
        self.show_progress();
    }

    /// Sends what there may be on the server.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn flow(&self, interp: &Arc<Interp>, deadline: Deadline) -> Result<(), Failure> {
        self.using(interp, |submitter, caller| submitter.flow(deadline, caller))
    }

    /// Returns how many tasks of a call are sent whose outcomes nobody has taken; `None` if the call has ended.
    pub(super) fn ahead(&self, number: u64) -> Option<usize> {
        locked(&self.0.jobs).job(number).map(|job| job.ahead())
    }

    /// Forgets a call.
    pub(super) fn forget(&self, number: u64) {
        if self.belongs_here().is_ok() {
            locked(&self.0.jobs).forget(number, false);
        }
    }

    /// Forgets a call whose tasks are not done, but for those that a worker has begun. The server gets to know at the next step of the script.
    pub(super) fn withdraw(&self, interp: &Arc<Interp>, number: u64) {
        if self.belongs_here().is_ok() {
            locked(&self.0.jobs).forget(number, true);
            self.expect_news(interp);
        }
    }

    /// Gives up a call whose result nobody can get any more.
    pub(crate) fn give_up(&self, promise: &Promise) {
        if self.belongs_here().is_ok() && promise.result().is_none() {
            locked(&self.0.jobs).give_up(promise.job.0, &given_up());
        }
    }

    /// Ends the use of the pool: what has no outcome fails.
    pub(crate) fn end(&self, interp: &Arc<Interp>) {
        if self.belongs_here().is_err() {
            return;
        }
        locked(&self.0.jobs).end_all(|batch| vec![Err(terminated()); batch.count]);
        self.show_progress();
        // Whoever has the turn sees the end, and leaves the server for us; this thread itself may, below a function for a signal.
        let turn = self.0.turns.take(Deadline::after(LAST_TURN), || false);
        if turn.is_ok() {
            Remotes::of(interp).drop_submitter(&self.0.submitter, interp);
        }
    }

    /// Returns how many workers there are, and how many messages of this pool wait or are with them.
    ///
    /// # Errors
    /// `ValueError`: the pool was terminated; those of the server.
    pub(crate) fn look(&self, interp: &Arc<Interp>) -> Result<(usize, usize), Failure> {
        if self.0.is_terminated() {
            return Err(raise("ValueError", "Pool not running"));
        }
        self.using(interp, |submitter, caller| {
            submitter.begin(caller)?;
            Ok((submitter.workers(), submitter.open()))
        })
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}
