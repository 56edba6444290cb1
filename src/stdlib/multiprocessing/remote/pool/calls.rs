//! The calls of a pool on a server: `apply`, `map`, `starmap`, `imap` and their kind.

use std::sync::Arc;

use rhai::{Array, Dynamic, FnPtr, NativeCallContext};

use super::parcel::Errand;
use super::results::{AsyncResult, Input, Outcomes};
use super::rules::Rules;
use super::state::Pool;
use crate::script::progress::Bar;
use crate::script::{Call, Class, Failure, Interp, Outcome};
use crate::stdlib::builtins::items_of;
use crate::stdlib::builtins::iterate::known_length;
use crate::stdlib::builtins::lazy::Lazy;
use crate::stdlib::multiprocessing::pool::options::{arguments, bar, callbacks, chunksize, spread};
use crate::stdlib::multiprocessing::pool::parameters::{APPLY, APPLY_ASYNC, IMAP, MAP, MAP_ASYNC};
use crate::stdlib::multiprocessing::pool::promise::{Callback, Promise, Shape};
use crate::sync::Deadline;
use crate::sys::lock::locked;

/// How many messages a call makes for each worker, and how many tasks are in one at most, if the script says nothing.
const MESSAGES_OF_WORKER: usize = 16;
const CHUNK_MAX: usize = 16;

pub(super) fn register(class: &mut Class<'_>) {
    class
        .method("apply", APPLY, |call| {
            let rules = Rules::of(call, 3, 4)?;
            let (pool, promise) = apply(call, rules, Vec::new())?;
            awaited(call, &pool, &promise)
        })
        .method("apply_async", APPLY_ASYNC, |call| {
            let (rules, callbacks) = (Rules::of(call, 5, 6)?, callbacks(call, 3, 4)?);
            let (pool, promise) = apply(call, rules, callbacks)?;
            under_way(call, pool, promise)
        })
        .method("map", MAP, |call| map(call, false))
        .method("starmap", MAP, |call| map(call, true))
        .method("map_async", MAP_ASYNC, |call| map_async(call, false))
        .method("starmap_async", MAP_ASYNC, |call| map_async(call, true))
        .method("imap", IMAP, |call| imap(call, true))
        .method("imap_unordered", IMAP, |call| imap(call, false));
}

/// Where a call is made.
pub(crate) type At<'a> = (&'a Arc<Interp>, &'a NativeCallContext<'a>);

/// How the tasks of a call are done.
pub(super) struct How {
    pub rules: Rules,
    pub shape: Shape,
    /// How many tasks travel together.
    pub chunk: usize,
    pub callbacks: Vec<Callback>,
    /// Shows how far the call has come.
    pub bar: Option<Arc<Bar>>,
}

impl Pool {
    /// Returns the errand of a function for workers.
    ///
    /// # Errors
    /// `TypeError`: it cannot be sent to them.
    pub(super) fn errand(
        &self,
        interp: &Arc<Interp>,
        function: &FnPtr,
        spreads: bool,
    ) -> Result<Errand, Failure> {
        Errand::new(function, spreads, &self.codec(interp))
    }

    /// Returns how many of this many tasks travel together if nothing is said.
    ///
    /// # Errors
    /// Those of the server.
    pub(super) fn fair_chunk(&self, interp: &Arc<Interp>, count: usize) -> Result<usize, Failure> {
        let (workers, _) = self.look(interp)?;
        let messages = MESSAGES_OF_WORKER * workers.max(1);
        Ok((count / messages).clamp(1, CHUNK_MAX))
    }

    /// Begins a call, and returns the promise of its result.
    ///
    /// # Errors
    /// The pool takes no tasks, or an item cannot be sent: none is done then. Those of the server.
    pub(super) fn promise(
        &self,
        (interp, context): At<'_>,
        errand: &Errand,
        items: &[Dynamic],
        how: How,
    ) -> Result<Arc<Promise>, Failure> {
        let program = self.prepare(interp, context)?;
        let promise = locked(&self.0.jobs).promise(how.shape, how.callbacks, how.bar);
        let job = (promise.job.0, &program);
        let added = self.add(interp, job, errand, items, (how.rules, how.chunk));
        added.inspect_err(|_| self.withdraw(interp, promise.job.0))?;
        self.complete(promise.job.0);
        self.expect(interp, &promise);
        Ok(promise)
    }

    /// Begins a call whose outcomes are read one by one; `chunk` tasks travel together, and at most `ahead` are sent that nobody has read.
    ///
    /// # Errors
    /// The pool takes no tasks; those of the server.
    pub(super) fn outcomes(
        &self,
        (interp, context): At<'_>,
        errand: Errand,
        (items, in_order): (Lazy, bool),
        (rules, chunk, ahead): (Rules, usize, usize),
        bar: Option<Arc<Bar>>,
    ) -> Result<Outcomes, Failure> {
        let program = self.prepare(interp, context)?;
        let job = locked(&self.0.jobs).begin(bar);
        let input = Input::new(items, (errand, program), (rules, chunk, ahead));
        let outcomes = Outcomes::new(interp, self.clone(), job, in_order, input);
        outcomes.send(Deadline::NEVER)?;
        Ok(outcomes)
    }
}

/// Waits for the result of a call that nobody can ask again.
fn awaited(call: &Call<'_>, pool: &Pool, promise: &Promise) -> Outcome {
    let result = pool.result(call.interp, promise, Deadline::NEVER);
    pool.give_up(promise);
    result
}

/// Sends the tasks of a call, whose result is asked for later.
fn under_way(call: &Call<'_>, pool: Pool, promise: Arc<Promise>) -> Outcome {
    let result = AsyncResult::new(pool.clone(), promise);
    pool.flow(call.interp, Deadline::NEVER)?;
    Ok(Dynamic::from(result))
}

fn apply(
    call: &mut Call<'_>,
    rules: Rules,
    callbacks: Vec<Callback>,
) -> Result<(Pool, Arc<Promise>), Failure> {
    let pool: Pool = call.this();
    let function = call.function(0)?;
    let errand = pool.errand(call.interp, &function, true)?;
    let args = arguments(call, 1, 2)?;
    let how = How {
        rules,
        shape: Shape::One,
        chunk: 1,
        callbacks,
        bar: None,
    };
    let promise = pool.promise((call.interp, call.context), &errand, &[args.into()], how)?;
    Ok((pool, promise))
}

fn items_to(call: &mut Call<'_>, spreads: bool) -> Result<Array, Failure> {
    let items = call.value(1);
    let items = items_of(call, items)?;
    match spreads {
        true => spread(call, items),
        false => Ok(items),
    }
}

/// Begins a call with many tasks, by these rules and callbacks; the last number is the place of its parameter `progress`.
fn many(
    call: &mut Call<'_>,
    spreads: bool,
    (rules, callbacks, progress): (Rules, Vec<Callback>, usize),
) -> Result<(Pool, Arc<Promise>), Failure> {
    let items = items_to(call, spreads)?;
    let pool: Pool = call.this();
    let function = call.function(0)?;
    let errand = pool.errand(call.interp, &function, spreads)?;
    let chunk = match chunksize(call, 2)? {
        Some(chunk) => chunk,
        None => pool.fair_chunk(call.interp, items.len())?,
    };
    let how = How {
        rules,
        shape: Shape::Many,
        chunk,
        callbacks,
        bar: bar(call, progress, Some(items.len())),
    };
    let promise = pool.promise((call.interp, call.context), &errand, &items, how)?;
    Ok((pool, promise))
}

/// `pool.map(f, xs)`: the results in the order of the items, when all tasks have ended.
fn map(call: &mut Call<'_>, spreads: bool) -> Outcome {
    let rules = Rules::of(call, 3, 4)?;
    let (pool, promise) = many(call, spreads, (rules, Vec::new(), 5))?;
    awaited(call, &pool, &promise)
}

/// `pool.map_async(f, xs)`: an AsyncResult of the list.
fn map_async(call: &mut Call<'_>, spreads: bool) -> Outcome {
    let (rules, callbacks) = (Rules::of(call, 5, 6)?, callbacks(call, 3, 4)?);
    let (pool, promise) = many(call, spreads, (rules, callbacks, 7))?;
    under_way(call, pool, promise)
}

/// `pool.imap(f, xs)`: an iterator over the results, which takes from `xs` as it is read.
fn imap(call: &mut Call<'_>, in_order: bool) -> Outcome {
    let rules = Rules::of(call, 4, 5)?;
    let chunk = chunksize(call, 2)?.unwrap_or(1);
    let ahead = chunksize(call, 3)?;
    let pool: Pool = call.this();
    let function = call.function(0)?;
    let errand = pool.errand(call.interp, &function, false)?;
    let (workers, _) = pool.look(call.interp)?;
    let ahead = ahead
        .unwrap_or(chunk.saturating_mul(4 * workers.max(4)))
        .max(chunk);
    let value = call.value(1);
    let bar = bar(call, 6, known_length(&value));
    let items = (Lazy::of(call, value)?, in_order);
    let outcomes = pool.outcomes(
        (call.interp, call.context),
        errand,
        items,
        (rules, chunk, ahead),
        bar,
    )?;
    Ok(Dynamic::from(outcomes))
}
