//! A pool on a server as the process that submits its tasks has it, and every wait.

use std::cell::Cell;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rhai::{Dynamic, NativeCallContext};

use super::super::messages::{ForServer, Functions};
use super::super::remotes::Remotes;
use super::super::waiting::{Waiting, failure, noted, tell};
use super::jobs::{Jobs, Stage};
use super::parcel::{self, Errand};
use super::program;
use super::turns::{NoTurn, Turns};
use crate::remote::caller::Caller;
use crate::remote::fault::Fault;
use crate::remote::place::Place;
use crate::remote::pool::{Outcome, Submitter, Terms};
use crate::script::{Exception, Failure, Interp, raise, raise_bare, throw};
use crate::sync::Deadline;
use crate::sys;
use crate::sys::clock::now_ns;
use crate::sys::lock::locked;

/// How long the end of a pool waits for the thread that uses its connection.
const LAST_TURN: Duration = Duration::from_secs(3);

/// A pool on a server. Clones are the same pool.
#[derive(Clone)]
pub(super) struct Pool(pub Arc<Shared>);

pub(super) struct Shared {
    pub place: Place,
    pub terms: Terms,
    /// The process that submits.
    owner: i32,
    submitter: Arc<Mutex<Submitter>>,
    /// Whose turn it is with the submitter.
    turns: Turns,
    pub jobs: Mutex<Jobs>,
}

/// A thread that waits for the server in its turn. The end of the pool ends the wait too.
struct Working<'a> {
    interp: &'a Interp,
    pool: &'a Shared,
    /// Whether it was the script that ended the wait.
    is_interrupted: Cell<bool>,
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
    fn is_terminated(&self) -> bool {
        locked(&self.jobs).stage == Stage::Terminated
    }
}

/// What a turn with the submitter came to.
enum Turned<T> {
    Done(T),
    /// The time is up.
    Late,
    /// The pool was terminated before or meanwhile.
    Terminated,
}

impl Pool {
    /// # Errors
    /// The server cannot be reached or used.
    pub(super) fn open(interp: &Arc<Interp>, place: Place, terms: Terms) -> Result<Self, Failure> {
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
    pub(super) fn belongs_here(&self) -> Result<(), Failure> {
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
    fn in_turn<T>(
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
            Err(NoTurn::Nested) => {
                let text = format!(
                    "{} is in use by this thread at this moment: a function for a signal cannot use it",
                    self.repr()
                );
                return Err(raise("RuntimeError", text));
            }
        };
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

    fn using<T>(
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

    /// Begins a call, which has no tasks yet. Returns its number, and the hash of its program.
    ///
    /// # Errors
    /// The pool takes no tasks; the program cannot be sent.
    pub(super) fn begin(
        &self,
        interp: &Arc<Interp>,
        context: &NativeCallContext,
    ) -> Result<(u64, Arc<str>), Failure> {
        self.belongs_here()?;
        if locked(&self.0.jobs).stage != Stage::Running {
            return Err(raise("ValueError", "Pool not running"));
        }
        let program = program::written(interp, context, &self.codec(interp))?;
        let hash = self.using(interp, |submitter, caller| {
            submitter.publish(program, caller)
        })?;
        Ok((locked(&self.0.jobs).begin(), hash))
    }

    /// Adds tasks to a call, `chunk` of them in each message.
    ///
    /// # Errors
    /// An item cannot be sent, and none is added then; a message is too long, or the pool was terminated.
    pub(super) fn add(
        &self,
        interp: &Arc<Interp>,
        (number, program): (u64, &Arc<str>),
        errand: &Errand,
        items: &[Dynamic],
        chunk: usize,
    ) -> Result<(), Failure> {
        let codec = self.codec(interp);
        let written = |items: &[Dynamic]| {
            let bytes = errand.write(items, &codec)?;
            Ok((bytes, items.len(), errand.shown(items)))
        };
        let messages = items.chunks(chunk.max(1)).map(written);
        let messages = messages.collect::<Result<Vec<_>, Failure>>()?;
        let is_added = self.using(interp, |submitter, _| {
            for (bytes, count, shown) in messages {
                let message = submitter.add(program, bytes)?;
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

    /// Sends what there may be on the server.
    ///
    /// # Errors
    /// Those of the server.
    pub(super) fn flow(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        self.using(interp, |submitter, caller| submitter.flow(caller))
    }

    /// Takes results until `is_over` gives something, or the time is up, which is `None`.
    ///
    /// # Errors
    /// Those of the server; the wait was interrupted.
    pub(super) fn wait<T>(
        &self,
        interp: &Arc<Interp>,
        deadline: Deadline,
        mut is_over: impl FnMut(&mut Jobs) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        self.belongs_here()?;
        let Shared { jobs, turns, .. } = &*self.0;
        if let Some(over) = is_over(&mut locked(jobs)) {
            return Ok(Some(over));
        }
        noted(interp, deadline, || {
            loop {
                // A turn lasts for a moment only, so that the others get theirs.
                let turned = self.in_turn(interp, deadline, |submitter, caller| {
                    // Another thread may have taken the results meanwhile.
                    if let Some(over) = is_over(&mut locked(jobs)) {
                        return Ok(Some(Some(over)));
                    }
                    let left = deadline.left().unwrap_or(Duration::MAX);
                    let outcomes = submitter.collect(left.min(turns.patience()), caller)?;
                    self.deliver(interp, outcomes);
                    let over = is_over(&mut locked(jobs));
                    let ends = over.is_some() || submitter.open() == 0;
                    Ok(ends.then_some(over))
                })?;
                match turned {
                    Turned::Done(Some(over)) => return Ok(over),
                    Turned::Done(None) if deadline.passed(now_ns()) => return Ok(None),
                    Turned::Done(None) => (),
                    Turned::Late => return Ok(None),
                    Turned::Terminated => {
                        let over = is_over(&mut locked(jobs));
                        return over.map(Some).ok_or_else(|| throw(terminated()));
                    }
                }
            }
        })
    }

    fn deliver(&self, interp: &Arc<Interp>, outcomes: Vec<(u64, Outcome)>) {
        let codec = self.codec(interp);
        let mut jobs = locked(&self.0.jobs);
        for (number, outcome) in outcomes {
            jobs.end(number, |batch| match outcome {
                Outcome::Done(bytes) => parcel::outcomes(&bytes, batch.count, &codec),
                Outcome::Dead(deaths) => vec![Err(lost(deaths, &batch.shown)); batch.count],
                Outcome::Unsealed => vec![Err(unsealed(&batch.shown)); batch.count],
            });
        }
    }

    /// Returns how many tasks of a call are sent whose outcomes nobody has taken; `None` if the call has ended.
    pub(super) fn ahead(&self, number: u64) -> Option<usize> {
        locked(&self.0.jobs).job(number).map(|job| job.ahead())
    }

    /// Forgets a call. Tasks that no worker has begun are not done if they are `withdrawn`.
    pub(super) fn forget(&self, number: u64, withdrawn: bool) {
        if self.belongs_here().is_ok() {
            locked(&self.0.jobs).forget(number, withdrawn);
        }
    }

    /// Ends the use of the pool: what has no outcome fails.
    pub(super) fn end(&self, interp: &Arc<Interp>) {
        if self.belongs_here().is_err() {
            return;
        }
        locked(&self.0.jobs).end_all(|batch| vec![Err(terminated()); batch.count]);
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
    pub(super) fn look(&self, interp: &Arc<Interp>) -> Result<(usize, usize), Failure> {
        if self.0.is_terminated() {
            return Err(raise("ValueError", "Pool not running"));
        }
        self.using(interp, |submitter, caller| {
            submitter.begin(caller)?;
            Ok((submitter.workers(), submitter.open()))
        })
    }
}

pub(super) fn terminated() -> Exception {
    Exception::new("RuntimeError", vec!["the pool was terminated".into()])
}

fn lost(deaths: u32, task: &str) -> Exception {
    let text = format!("{deaths} workers have died while they ran {task}");
    let (pid, exitcode) = (Dynamic::UNIT, Dynamic::UNIT);
    Exception::new(
        "WorkerLost",
        vec![text.into(), pid, exitcode, task.to_string().into()],
    )
}

fn unsealed(task: &str) -> Exception {
    let text = format!("the result of {task} is not of a worker that knows the key");
    Exception::new("AuthenticationError", vec![text.into()])
}
