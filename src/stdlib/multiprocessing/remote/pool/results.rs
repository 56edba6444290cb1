//! What calls of a pool on a server return: an AsyncResult, or an iterator that takes from its input as it is read.

use std::sync::{Arc, Mutex, OnceLock, TryLockError};

use rhai::{Array, Dynamic};

use super::super::super::pool::parcel::Ended;
use super::parcel::Errand;
use super::state::{Pool, terminated};
use crate::script::{
    Call, Exception, Failure, Interp, Outcome, Registry, Stop, raise, raise_bare, throw,
};
use crate::stdlib::builtins::lazy::Lazy;
use crate::stdlib::multiprocessing::pool::iterator::Taken;
use crate::sync::Deadline;

/// What the outcomes of a call make together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The outcome of its only task.
    One,
    /// A list; the first error in the order of the tasks, if there is one.
    Many,
}

/// The result of a call that goes on. Clones are the same result.
#[derive(Clone)]
pub(super) struct AsyncResult(Arc<Pending>);

struct Pending {
    pool: Pool,
    job: u64,
    shape: Shape,
    result: OnceLock<Ended>,
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.result.get().is_none() {
            self.pool.forget(self.job, false);
        }
    }
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<AsyncResult>("AsyncResult")
        .by_address(|result: &AsyncResult| Arc::as_ptr(&result.0).addr())
        .withhold(|_: &AsyncResult| Some("the result belongs to the pool of this process"))
        .method("get", &["timeout?"], |call| {
            let (this, deadline) = waiting(call)?;
            this.get(call.interp, deadline)
        })
        .method("wait", &["timeout?"], |call| {
            let (this, deadline) = waiting(call)?;
            this.settled(call.interp, deadline)?;
            Ok(Dynamic::UNIT)
        })
        .method("ready", &[], |call| {
            let this: AsyncResult = call.this();
            Ok(this.settled(call.interp, Deadline::NOW)?.is_some().into())
        })
        .method("successful", &[], |call| {
            let this: AsyncResult = call.this();
            match this.settled(call.interp, Deadline::NOW)? {
                Some(result) => Ok(result.is_ok().into()),
                None => {
                    let text = "the result is not ready: call wait() or get() first";
                    Err(raise("ValueError", text))
                }
            }
        })
        .repr(|call| {
            let this: AsyncResult = call.this();
            let state = match this.0.result.get() {
                None => "pending",
                Some(Ok(_)) => "ready",
                Some(Err(_)) => "failed",
            };
            Ok(format!("<multiprocessing.pool.AsyncResult {state}>").into())
        });
    registry
        .class::<Outcomes>("IMapIterator")
        .by_address(|outcomes: &Outcomes| Arc::as_ptr(&outcomes.reader).addr())
        .withhold(|_: &Outcomes| Some("the iterator belongs to the pool of this process"))
        .method("next", &["timeout?"], |call| {
            let outcomes: Outcomes = call.this();
            let deadline = deadline(call)?;
            outcomes.advance(deadline)?.next()
        })
        .repr(|_| Ok("<multiprocessing.pool.IMapIterator>".into()));
    registry
        .members()
        .set_iterator_result::<Outcomes, Dynamic>();
}

fn deadline(call: &mut Call<'_>) -> Result<Deadline, Failure> {
    let timeout = call.timeout(0)?;
    Ok(timeout.map_or(Deadline::NEVER, Deadline::after))
}

fn waiting(call: &mut Call<'_>) -> Result<(AsyncResult, Deadline), Failure> {
    Ok((call.this(), deadline(call)?))
}

impl AsyncResult {
    pub(super) fn new(pool: Pool, job: u64, shape: Shape) -> Self {
        let result = OnceLock::new();
        Self(Arc::new(Pending {
            pool,
            job,
            shape,
            result,
        }))
    }

    pub(super) fn flow(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        self.0.pool.flow(interp)
    }

    /// Waits for the result. Returns it if it has come.
    fn settled(&self, interp: &Arc<Interp>, deadline: Deadline) -> Result<Option<&Ended>, Failure> {
        let Pending {
            pool,
            job,
            shape,
            result,
        } = &*self.0;
        if let Some(result) = result.get() {
            return Ok(Some(result));
        }
        let over = pool.wait(interp, deadline, |jobs| {
            // Taken and noted in one step: several threads may ask.
            if result.get().is_some() {
                return Some(());
            }
            let ended = match jobs.job(*job) {
                Some(job) if !job.is_done() => return None,
                Some(job) => shape.together(job.take_all()),
                None => Err(given_up()),
            };
            let _ = result.set(ended);
            Some(())
        })?;
        if over.is_some() {
            pool.forget(*job, true);
        }
        Ok(result.get())
    }

    /// Waits for the result, and gives it or throws it. If the script has to stop meanwhile, nobody will ask for it; after another error
    /// somebody may.
    fn get(&self, interp: &Arc<Interp>, deadline: Deadline) -> Outcome {
        let settled = self.settled(interp, deadline).inspect_err(|error| {
            if Stop::of(error).is_some() {
                self.0.pool.forget(self.0.job, true);
            }
        })?;
        match settled {
            Some(Ok(value)) => Ok(value.clone()),
            Some(Err(exception)) => Err(throw(exception.clone())),
            None => Err(raise_bare("TimeoutError")),
        }
    }

    /// Waits for the result of a call that nobody can ask again.
    pub(super) fn get_once(self, interp: &Arc<Interp>) -> Outcome {
        let outcome = self.get(interp, Deadline::NEVER);
        self.0.pool.forget(self.0.job, true);
        outcome
    }
}

impl Shape {
    fn together(self, outcomes: Vec<Ended>) -> Ended {
        match self {
            Self::One => outcomes.into_iter().next().unwrap_or(Err(terminated())),
            Self::Many => outcomes
                .into_iter()
                .collect::<Result<Array, Exception>>()
                .map(Dynamic::from),
        }
    }
}

fn given_up() -> Exception {
    let text = "the call was given up when the wait for its result was stopped";
    Exception::new("RuntimeError", vec![text.into()])
}

/// The input of a call that has not been sent.
pub(super) struct Input {
    items: Lazy,
    errand: Errand,
    program: Arc<str>,
    chunk: usize,
    /// How many tasks may be ahead of the reader.
    ahead: usize,
    is_over: bool,
    /// What the input threw, in the place of the item after the last.
    threw: Option<Exception>,
}

impl Input {
    pub(super) fn new(
        items: Lazy,
        errand: Errand,
        program: Arc<str>,
        chunk: usize,
        ahead: usize,
    ) -> Self {
        Self {
            items,
            errand,
            program,
            chunk,
            ahead,
            is_over: false,
            threw: None,
        }
    }

    fn take(&mut self) -> Result<Vec<Dynamic>, Failure> {
        let mut items = Vec::new();
        while items.len() < self.chunk && !self.is_over {
            match self.items.next() {
                Some(Ok(item)) => items.push(item),
                Some(Err(error)) if Stop::of(&error).is_some() => return Err(error),
                Some(Err(error)) => {
                    self.threw = Some(Exception::from_error(&error));
                    self.is_over = true;
                }
                None => self.is_over = true,
            }
        }
        Ok(items)
    }
}

/// The results of a call, in the order of its tasks or as they come. Clones are the same iterator.
#[derive(Clone)]
pub(super) struct Outcomes {
    interp: Arc<Interp>,
    reader: Arc<Reader>,
}

struct Reader {
    pool: Pool,
    job: u64,
    in_order: bool,
    input: Mutex<Input>,
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.pool.forget(self.job, true);
    }
}

impl Iterator for Outcomes {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        Taken::item(self.advance(Deadline::NEVER))
    }
}

impl Outcomes {
    pub(super) fn new(
        interp: &Arc<Interp>,
        pool: Pool,
        job: u64,
        in_order: bool,
        input: Input,
    ) -> Self {
        Self {
            interp: interp.clone(),
            reader: Arc::new(Reader {
                pool,
                job,
                in_order,
                input: Mutex::new(input),
            }),
        }
    }

    /// Sends items as long as there may be more ahead of the reader.
    pub(super) fn send(&self) -> Result<(), Failure> {
        let Reader { pool, job, .. } = &*self.reader;
        let mut input = match self.reader.input.try_lock() {
            Ok(input) => input,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // The input itself asks for the next result, or another thread is sending.
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        let mut has_sent = false;
        while !input.is_over {
            let ahead = pool.ahead(*job);
            if ahead.is_none_or(|ahead| ahead.saturating_add(input.chunk) > input.ahead) {
                break;
            }
            let items = input.take()?;
            if !items.is_empty() {
                has_sent = true;
                let program = input.program.clone();
                pool.add(
                    &self.interp,
                    (*job, &program),
                    &input.errand,
                    &items,
                    items.len(),
                )?;
            }
        }
        match has_sent {
            true => pool.flow(&self.interp),
            false => Ok(()),
        }
    }

    /// Takes the next outcome.
    fn advance(&self, deadline: Deadline) -> Result<Taken, Failure> {
        self.send()?;
        let Reader {
            pool,
            job,
            in_order,
            input,
        } = &*self.reader;
        let taken = pool.wait(&self.interp, deadline, |jobs| {
            let Some(job) = jobs.job(*job) else {
                return Some(Taken::End);
            };
            match job.take(*in_order) {
                Some(outcome) => Some(Taken::Outcome(outcome)),
                None => job.is_done().then_some(Taken::End),
            }
        })?;
        if !matches!(taken, Some(Taken::End)) {
            return Ok(taken.unwrap_or(Taken::TimedOut));
        }
        let threw = input.try_lock().ok().and_then(|mut it| it.threw.take());
        Ok(threw.map_or(Taken::End, |why| Taken::Outcome(Err(why))))
    }
}
