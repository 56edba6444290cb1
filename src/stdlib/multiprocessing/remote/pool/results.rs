//! What calls of a pool on a server return: an AsyncResult, or an iterator that takes from its input as it is read.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, TryLockError};

use rhai::Dynamic;

use super::super::super::pool::promise::Promise;
use super::parcel::Errand;
use super::rules::Rules;
use super::state::Pool;
use crate::script::{Call, Exception, Failure, Interp, Outcome, Registry, Stop, raise};
use crate::stdlib::builtins::lazy::Lazy;
use crate::stdlib::multiprocessing::pool::iterator::Taken;
use crate::sync::Deadline;

/// The result of a call that goes on. Clones are the same result.
#[derive(Clone)]
pub(super) struct AsyncResult(Arc<Pending>);

struct Pending {
    pool: Pool,
    promise: Arc<Promise>,
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.promise.result().is_none() {
            self.pool.forget(self.promise.job.0);
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
            this.0
                .pool
                .settled(call.interp, &this.0.promise, deadline)?;
            Ok(Dynamic::UNIT)
        })
        .method("ready", &[], |call| {
            let this: AsyncResult = call.this();
            let Pending { pool, promise } = &*this.0;
            Ok(pool.settled(call.interp, promise, Deadline::NOW)?.into())
        })
        .method("successful", &[], |call| {
            let this: AsyncResult = call.this();
            let Pending { pool, promise } = &*this.0;
            pool.settled(call.interp, promise, Deadline::NOW)?;
            match promise.result() {
                Some(result) => Ok(result.is_ok().into()),
                None => {
                    let text = "the result is not ready: call wait() or get() first";
                    Err(raise("ValueError", text))
                }
            }
        })
        .repr(|call| {
            let this: AsyncResult = call.this();
            let state = match this.0.promise.result() {
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
    pub(super) fn new(pool: Pool, promise: Arc<Promise>) -> Self {
        Self(Arc::new(Pending { pool, promise }))
    }

    /// Waits for the result, and gives it or throws it. If the script has to stop meanwhile, nobody will ask for it; after another error
    /// somebody may.
    fn get(&self, interp: &Arc<Interp>, deadline: Deadline) -> Outcome {
        let Pending { pool, promise } = &*self.0;
        let result = pool.result(interp, promise, deadline);
        result.inspect_err(|error| {
            if Stop::of(error).is_some() {
                pool.give_up(promise);
            }
        })
    }
}

/// The input of a call that has not been sent.
pub(super) struct Input {
    items: Lazy,
    errand: Errand,
    program: Arc<str>,
    rules: Rules,
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
        (errand, program): (Errand, Arc<str>),
        (rules, chunk, ahead): (Rules, usize, usize),
    ) -> Self {
        Self {
            items,
            errand,
            program,
            rules,
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
pub(crate) struct Outcomes {
    reader: Arc<Reader>,
}

struct Reader {
    interp: Arc<Interp>,
    pool: Pool,
    job: u64,
    in_order: bool,
    input: Mutex<Input>,
    /// Somebody has asked for a result.
    is_read: AtomicBool,
}

impl Drop for Reader {
    /// Nobody reads the other results. Of an executor that nobody has begun to read, the tasks are done all the same.
    fn drop(&mut self) {
        let is_read = *self.is_read.get_mut();
        match is_read || !self.pool.0.is_executor {
            true => self.pool.withdraw(&self.interp, self.job),
            false => self.pool.forget(self.job),
        }
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
            reader: Arc::new(Reader {
                interp: interp.clone(),
                pool,
                job,
                in_order,
                input: Mutex::new(input),
                is_read: AtomicBool::default(),
            }),
        }
    }

    /// Cancels the tasks that no worker has begun; nobody reads the other results.
    pub(crate) fn give_up(&self) {
        let Reader {
            interp, pool, job, ..
        } = &*self.reader;
        pool.withdraw(interp, *job);
    }

    /// Returns an address by which it is compared with others.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.reader).addr()
    }

    /// Sends items as long as there may be more ahead of the reader.
    pub(super) fn send(&self, deadline: Deadline) -> Result<(), Failure> {
        let Reader {
            interp, pool, job, ..
        } = &*self.reader;
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
                    interp,
                    (*job, &program),
                    &input.errand,
                    &items,
                    (input.rules, items.len()),
                )?;
            }
            if input.is_over {
                pool.complete(*job);
            }
        }
        match has_sent {
            true => pool.flow(interp, deadline),
            false => Ok(()),
        }
    }

    /// Takes the next outcome.
    ///
    /// # Errors
    /// Those of the server; the wait was interrupted.
    pub(crate) fn advance(&self, deadline: Deadline) -> Result<Taken, Failure> {
        self.reader.is_read.store(true, Ordering::Relaxed);
        self.send(deadline)?;
        let Reader {
            interp,
            pool,
            job,
            in_order,
            input,
            ..
        } = &*self.reader;
        let taken = pool.wait(interp, deadline, |jobs| {
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

impl fmt::Debug for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Outcomes").field(&self.address()).finish()
    }
}
