//! The iterators of `imap` and `imap_unordered`: they take from their input as they are read, so that neither an endless input nor a
//! slow reader fills the memory.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, TryLockError};

use rhai::{Array, Dynamic};

use super::ending::terminated;
use super::feed::Feed;
use super::parcel::{Ended, Errand};
use super::state::{Pool, Stage, State};
use crate::pool::chunks::Chunks;
use crate::pool::job::Order;
use crate::pool::{JobId, Rules};
use crate::script::progress::Bar;
use crate::script::{Call, Exception, Failure, Interp, Outcome, Registry, raise_bare, throw};
use crate::stdlib::builtins::lazy::Lazy;
use crate::sync::{Deadline, MadeAt};

/// The results of a call, in the order of its tasks or as they come. Clones are the same iterator.
#[derive(Debug, Clone)]
pub(crate) struct Outcomes {
    interp: Arc<Interp>,
    reader: Arc<Reader>,
}

#[derive(Debug)]
struct Reader {
    pool: Pool,
    job: JobId,
    input: Mutex<Input>,
    made_at: MadeAt,
    /// Somebody has asked for a result.
    is_read: AtomicBool,
}

/// The input of a call that has not been sent.
#[derive(Debug)]
struct Input {
    items: Lazy,
    feed: Feed,
    chunk: usize,
    /// How many tasks may be ahead of the reader.
    ahead: usize,
    is_over: bool,
    /// What the input threw, in the place of the item after the last.
    threw: Option<Exception>,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Outcomes>("IMapIterator")
        .by_address(|outcomes: &Outcomes| Arc::as_ptr(&outcomes.reader).addr())
        .method("next", &["timeout?"], next)
        .repr(|_| Ok("<multiprocessing.pool.IMapIterator>".into()));
    registry
        .members()
        .set_iterator_result::<Outcomes, Dynamic>();
}

/// `it.next(timeout)`.
fn next(call: &mut Call<'_>) -> Outcome {
    let outcomes: Outcomes = call.this();
    let timeout = call.timeout(0)?;
    let deadline = timeout.map_or(Deadline::NEVER, Deadline::after);
    outcomes.advance(deadline)?.next()
}

/// What an iterator gives next.
pub(crate) enum Taken {
    Outcome(Ended),
    End,
    TimedOut,
}

impl Taken {
    /// Returns what `it.next(timeout)` gives.
    ///
    /// # Errors
    /// That of the task; `StopIteration`, `TimeoutError`.
    pub(crate) fn next(self) -> Outcome {
        match self {
            Self::Outcome(outcome) => outcome.map_err(throw),
            Self::End => Err(raise_bare("StopIteration")),
            Self::TimedOut => Err(raise_bare("TimeoutError")),
        }
    }

    /// Returns what a loop gets.
    pub(crate) fn item(taken: Result<Self, Failure>) -> Option<Outcome> {
        match taken {
            Ok(Self::Outcome(outcome)) => Some(outcome.map_err(throw)),
            Ok(Self::End | Self::TimedOut) => None,
            Err(failure) => Some(Err(failure)),
        }
    }
}

impl Iterator for Outcomes {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        let made_at = &self.reader.made_at;
        Taken::item(made_at.unless_called(|| self.advance(Deadline::NEVER)))
    }
}

impl Outcomes {
    /// Begins to send the items of `input`: `chunk` of them travel together, and at most `ahead` are sent that have not been read.
    ///
    /// # Errors
    /// The pool takes no more tasks.
    pub(crate) fn begin(
        interp: &Arc<Interp>,
        pool: Pool,
        errand: Errand,
        (items, order): (Lazy, Order),
        (rules, chunk, ahead): (Rules, usize, usize),
    ) -> Result<Self, Failure> {
        let job = pool.with(|state| {
            state.open()?;
            Ok::<_, Failure>(state.table.begin(rules, order))
        })??;
        let feed = Feed {
            job,
            errand: Arc::new(errand),
            items: Array::new().into(),
            chunks: Chunks::new(Some(chunk), pool.processes()),
            is_watched: true,
        };
        let input = Mutex::new(Input {
            items,
            feed,
            chunk,
            ahead,
            is_over: false,
            threw: None,
        });
        let outcomes = Self {
            interp: interp.clone(),
            reader: Arc::new(Reader {
                pool,
                job,
                input,
                made_at: MadeAt::now(),
                is_read: AtomicBool::default(),
            }),
        };
        outcomes.send()?;
        Ok(outcomes)
    }

    /// Shows how far the call has come.
    ///
    /// # Errors
    /// This process may not use the pool.
    pub(crate) fn show(&self, bar: Option<Arc<Bar>>) -> Result<(), Failure> {
        let bar = bar.map(|bar| (self.reader.job, bar));
        self.reader.pool.with(|state| state.bars.extend(bar))
    }

    /// Sends items as long as there may be more ahead of the reader.
    fn send(&self) -> Result<(), Failure> {
        let pool = &self.reader.pool;
        let mut input = match self.reader.input.try_lock() {
            Ok(input) => input,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // The input itself asks for the next result, or another thread is sending.
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        let input = &mut *input;
        let mut is_begun = false;
        while !input.is_over {
            let ahead =
                pool.with(|state| state.table.job(self.reader.job).map(|job| job.ahead()))?;
            let Some(room) = ahead.and_then(|ahead| input.ahead.checked_sub(ahead)) else {
                break;
            };
            // Workers that sleep are woken for several tasks at once.
            let least = if is_begun {
                input.chunk
            } else {
                input.chunk.max(input.ahead / 2)
            };
            if room < least {
                break;
            }
            is_begun = true;
            let mut items = Vec::new();
            while items.len() < input.chunk && !input.is_over {
                match input.items.next() {
                    Some(Ok(item)) => items.push(item),
                    Some(Err(error)) => {
                        if crate::script::Stop::of(&error).is_some() {
                            return Err(error);
                        }
                        input.threw = Some(Exception::from_error(&error));
                        input.is_over = true;
                    }
                    None => input.is_over = true,
                }
            }
            let (is_over, threw) = (input.is_over, input.threw.take());
            pool.with(|state| self.send_chunk(state, &input.feed, items, (is_over, threw)))??;
        }
        Ok(())
    }

    fn send_chunk(
        &self,
        state: &mut State,
        feed: &Feed,
        items: Vec<Dynamic>,
        (is_over, threw): (bool, Option<Exception>),
    ) -> Result<(), Failure> {
        let pool = &self.reader.pool;
        if !items.is_empty() {
            if state.broken.is_none() && state.stage != Stage::Terminated {
                let tasks = state.table.under_way() + state.table.waiting() + items.len();
                let wanted = state.wanted_for(&self.interp, pool.processes(), tasks);
                state.crew.hire(&self.interp, wanted)?;
                state.send_items(&self.interp, feed, items.into());
            } else {
                let why = state.broken.clone().unwrap_or_else(terminated);
                state
                    .table
                    .refuse(feed.job, items.len(), || Err(why.clone()));
            }
        }
        if let Some(why) = threw {
            state.table.refuse(feed.job, 1, || Err(why.clone()));
        }
        if is_over {
            state.table.complete(feed.job);
        }
        Ok(())
    }

    /// Cancels the tasks that no worker has begun; nobody reads the other results.
    pub(crate) fn give_up(&self) {
        let job = self.reader.job;
        let _ = self.reader.pool.with(|state| state.withdraw_job(job));
    }

    /// Takes the next outcome, waiting for it until `deadline`.
    ///
    /// # Errors
    /// The error of an interrupted wait, or of a worker that cannot be started.
    pub(crate) fn advance(&self, deadline: Deadline) -> Result<Taken, Failure> {
        self.reader.is_read.store(true, Ordering::Relaxed);
        let job = self.reader.job;
        self.send()?;
        let ready = |state: &mut State| {
            let Some(job) = state.table.job_mut(job) else {
                return Some(Taken::End);
            };
            match job.take_next() {
                Some(outcome) => Some(Taken::Outcome(outcome)),
                None => job.is_exhausted().then_some(Taken::End),
            }
        };
        let taken = self.reader.pool.wait(&self.interp, deadline, ready)?;
        if matches!(taken, Some(Taken::Outcome(_))) {
            // The workers are to find the next tasks while the reader does something with this outcome.
            self.send()?;
        }
        Ok(taken.unwrap_or(Taken::TimedOut))
    }
}

impl Drop for Reader {
    /// Nobody reads the other results. Of an executor that nobody has begun to read, the tasks are done all the same.
    fn drop(&mut self) {
        let is_read = *self.is_read.get_mut();
        let _ = self
            .pool
            .with(|state| match state.crew.terms().is_executor {
                true if is_read => state.withdraw_job(self.job),
                true => state.table.disown(self.job),
                false => state.table.forget(self.job),
            });
    }
}
