//! A pool on a server as the process that submits its tasks has it, and every wait.

use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::Duration;

use rhai::{Dynamic, NativeCallContext};

use super::super::messages::{ForServer, Functions};
use super::super::remotes::Remotes;
use super::super::waiting::{Waiting, failure, noted};
use super::jobs::{Jobs, Stage};
use super::parcel::{self, Errand};
use super::program;
use crate::remote::fault::Fault;
use crate::remote::place::Place;
use crate::remote::pool::{Outcome, Submitter, Terms};
use crate::script::{Exception, Failure, Interp, raise, throw};
use crate::sync::Deadline;
use crate::sys;
use crate::sys::lock::locked;

/// How long a thread sleeps before it looks again whether another one still waits for the pool.
const TURN: Duration = Duration::from_millis(2);

/// A pool on a server. Clones are the same pool.
#[derive(Clone)]
pub(super) struct Pool(pub Arc<Shared>);

pub(super) struct Shared {
    pub place: Place,
    pub terms: Terms,
    /// The process that submits.
    owner: i32,
    submitter: Arc<Mutex<Submitter>>,
    pub jobs: Mutex<Jobs>,
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

    /// Takes the connection, when no other thread waits with it.
    fn turn(&self, interp: &Arc<Interp>) -> Result<MutexGuard<'_, Submitter>, Failure> {
        loop {
            match self.0.submitter.try_lock() {
                Ok(submitter) => return Ok(submitter),
                Err(TryLockError::Poisoned(poisoned)) => return Ok(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) if interp.check_interrupts() => {
                    return Err(interp.interrupted());
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(TURN),
            }
        }
    }

    fn using<T>(
        &self,
        interp: &Arc<Interp>,
        body: impl FnOnce(&mut Submitter, &Waiting<'_>) -> Result<T, Fault>,
    ) -> Result<T, Failure> {
        self.belongs_here()?;
        let mut submitter = self.turn(interp)?;
        let done = noted(interp, Deadline::NOW, || {
            body(&mut submitter, &Waiting(interp))
        });
        done.map_err(|fault| failure(interp, fault, "TimeoutError"))
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
    /// An item cannot be sent, or the pool was terminated. Tasks before it are there.
    pub(super) fn add(
        &self,
        interp: &Arc<Interp>,
        (number, program): (u64, &Arc<str>),
        errand: &Errand,
        items: &[Dynamic],
        chunk: usize,
    ) -> Result<(), Failure> {
        let codec = self.codec(interp);
        for items in items.chunks(chunk.max(1)) {
            let bytes = errand.write(items, &codec)?;
            let message = self.using(interp, |submitter, _| submitter.add(program, bytes))?;
            let shown = errand.shown(items);
            if !locked(&self.0.jobs).add(number, message, items.len(), shown) {
                return Err(throw(terminated()));
            }
        }
        Ok(())
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
        loop {
            if let Some(over) = is_over(&mut locked(&self.0.jobs)) {
                return Ok(Some(over));
            }
            let mut submitter = self.turn(interp)?;
            // Another thread may have taken the results meanwhile.
            if let Some(over) = is_over(&mut locked(&self.0.jobs)) {
                return Ok(Some(over));
            }
            let outcomes = noted(interp, deadline, || {
                submitter.collect(deadline, &Waiting(interp))
            });
            match outcomes {
                Ok(outcomes) => self.deliver(interp, outcomes),
                Err(Fault::TimedOut) => return Ok(None),
                Err(fault) => return Err(failure(interp, fault, "TimeoutError")),
            }
            let is_idle = submitter.open() == 0;
            drop(submitter);
            if is_idle {
                return Ok(is_over(&mut locked(&self.0.jobs)));
            }
        }
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
        if self.belongs_here().is_err() {
            return;
        }
        let numbers = locked(&self.0.jobs).forget(number, withdrawn);
        if !numbers.is_empty()
            && let Ok(mut submitter) = self.0.submitter.try_lock()
        {
            submitter.withdraw(&numbers);
        }
    }

    /// Ends the use of the pool: what has no outcome fails.
    pub(super) fn end(&self, interp: &Arc<Interp>) {
        if self.belongs_here().is_err() {
            return;
        }
        locked(&self.0.jobs).end_all(|batch| vec![Err(terminated()); batch.count]);
        Remotes::of(interp).drop_submitter(&self.0.submitter, interp);
    }

    /// Returns how many workers there are, and how many messages of this pool wait or are with them.
    ///
    /// # Errors
    /// Those of the server.
    pub(super) fn look(&self, interp: &Arc<Interp>) -> Result<(usize, usize), Failure> {
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
