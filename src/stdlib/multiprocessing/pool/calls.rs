//! The calls of a pool: `apply`, `map`, `starmap`, `imap` and their kind.

use std::sync::Arc;

use rhai::Dynamic;

use super::async_result::AsyncResult;
use super::items::Items;
use super::iterator::Outcomes;
use super::object::pool;
use super::options::{arguments, bar, callbacks, chunksize, rules, spread};
use super::parameters::{APPLY, APPLY_ASYNC, IMAP, MAP, MAP_ASYNC};
use super::parcel::Errand;
use super::promise::{Promise, Shape};
use super::state::Pool;
use super::submit::How;
use crate::pool::chunks::MOST;
use crate::pool::job::Order;
use crate::script::lent::Lent;
use crate::script::{Call, Class, Failure, Outcome, Stop};
use crate::stdlib::builtins::items_of;
use crate::stdlib::builtins::iterate::known_length;
use crate::stdlib::builtins::lazy::Lazy;
use crate::sync::Deadline;

pub(super) fn register(class: &mut Class<'_>) {
    class
        .method("apply", APPLY, apply)
        .method("apply_async", APPLY_ASYNC, apply_async)
        .method("map", MAP, |call| map(call, false))
        .method("starmap", MAP, |call| map(call, true))
        .method("map_async", MAP_ASYNC, |call| map_async(call, false))
        .method("starmap_async", MAP_ASYNC, |call| map_async(call, true))
        .lends("map", 1)
        .lends("map_async", 1)
        .method("imap", IMAP, |call| imap(call, Order::OfTasks))
        .method("imap_unordered", IMAP, |call| imap(call, Order::OfOutcomes));
}

/// The errand of the function that is argument 0.
fn errand(call: &mut Call<'_>, pool: &Pool, spreads: bool) -> Result<Errand, Failure> {
    let function = call.function(0)?;
    pool.errand(call, function, spreads)
}

/// Waits for the result of a call. If the wait is interrupted, nobody will ask for it.
fn awaited(call: &Call<'_>, pool: &Pool, promise: Arc<Promise>) -> Outcome {
    if let Err(why) = pool.settled(call.interp, &promise, Deadline::NEVER) {
        if promise.result().is_none() {
            let is_stop = Stop::of(&why).is_some();
            let _ = pool.with(|state| state.abandon(&promise, is_stop));
        }
        return Err(why);
    }
    // Not a copy of a long list, if nobody else can ask for it.
    match Arc::try_unwrap(promise) {
        Ok(promise) => promise.into_outcome(),
        Err(promise) => promise.outcome(),
    }
}

/// `pool.apply(f, args)`: the result.
fn apply(call: &mut Call<'_>) -> Outcome {
    let pool = pool(call);
    let rules = rules(call, 3, 4)?;
    let args = arguments(call, 1, 2)?;
    let how = How {
        rules,
        shape: Shape::One,
        chunksize: Some(1),
        is_watched: true,
        callbacks: Vec::new(),
        bar: None,
    };
    let errand = errand(call, &pool, true)?;
    let promise = pool.promise(call.interp, errand, vec![args.into()], how)?;
    awaited(call, &pool, promise)
}

/// `pool.apply_async(f, args)`: an AsyncResult.
fn apply_async(call: &mut Call<'_>) -> Outcome {
    let pool = pool(call);
    let how = How {
        rules: rules(call, 5, 6)?,
        shape: Shape::One,
        chunksize: Some(1),
        is_watched: false,
        callbacks: callbacks(call, 3, 4)?,
        bar: None,
    };
    let args = arguments(call, 1, 2)?;
    let errand = errand(call, &pool, true)?;
    let promise = pool.promise(call.interp, errand, vec![args.into()], how)?;
    Ok(Dynamic::from(AsyncResult { pool, promise }))
}

fn items_to(call: &mut Call<'_>, spreads: bool) -> Result<Items, Failure> {
    let given = call.value(1);
    let mut items = match given.try_cast_result::<Lent>() {
        Ok(lent) => Items::from(lent),
        Err(given) => items_of(call, given)?.into(),
    };
    match spreads {
        true => Ok(spread(call, items.take_all())?.into()),
        false => Ok(items),
    }
}

/// `pool.map(f, xs)`: the results in the order of the items, when all tasks have ended.
fn map(call: &mut Call<'_>, spreads: bool) -> Outcome {
    let pool = pool(call);
    let items = items_to(call, spreads)?;
    let how = How {
        rules: rules(call, 3, 4)?,
        shape: Shape::Many,
        chunksize: chunksize(call, 2)?,
        is_watched: true,
        callbacks: Vec::new(),
        bar: bar(call, 5, Some(items.len())),
    };
    let errand = errand(call, &pool, spreads)?;
    let promise = pool.promise(call.interp, errand, items, how)?;
    awaited(call, &pool, promise)
}

/// `pool.map_async(f, xs)`: an AsyncResult of the list.
fn map_async(call: &mut Call<'_>, spreads: bool) -> Outcome {
    let pool = pool(call);
    let items = items_to(call, spreads)?;
    let how = How {
        rules: rules(call, 5, 6)?,
        shape: Shape::Many,
        chunksize: chunksize(call, 2)?,
        is_watched: false,
        callbacks: callbacks(call, 3, 4)?,
        bar: bar(call, 7, Some(items.len())),
    };
    let errand = errand(call, &pool, spreads)?;
    let promise = pool.promise(call.interp, errand, items, how)?;
    Ok(Dynamic::from(AsyncResult { pool, promise }))
}

/// `pool.imap(f, xs)`: an iterator over the results, which takes from `xs` as it is read.
fn imap(call: &mut Call<'_>, order: Order) -> Outcome {
    let pool = pool(call);
    let rules = rules(call, 4, 5)?;
    let chunk = chunksize(call, 2)?.unwrap_or(1).min(MOST);
    let ahead = chunksize(call, 3)?;
    let ahead = ahead.unwrap_or(4 * pool.processes() + chunk).max(chunk);
    let errand = errand(call, &pool, false)?;
    let value = call.value(1);
    let bar = bar(call, 6, known_length(&value));
    let input = Lazy::of(call, value)?;
    let outcomes = Outcomes::begin(
        call.interp,
        pool,
        errand,
        (input, order),
        (rules, chunk, ahead),
    )?;
    outcomes.show(bar)?;
    Ok(Dynamic::from(outcomes))
}
