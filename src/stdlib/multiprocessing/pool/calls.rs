//! The calls of a pool: `apply`, `map`, `starmap`, `imap` and their kind.

use rhai::{Array, Dynamic};

use super::async_result::AsyncResult;
use super::iterator::Outcomes;
use super::object::pool;
use super::options::{arguments, callbacks, chunksize, items, rules, spread};
use super::parcel::Errand;
use super::pool::Pool;
use super::promise::Shape;
use super::submit::How;
use crate::pool::job::Order;
use crate::script::{Call, Class, Failure, Outcome};
use crate::stdlib::builtins::lazy::Lazy;
use crate::sync::Deadline;

pub(super) fn register(class: &mut Class<'_>) {
    class
        .method(
            "apply",
            &["func", "args?", "kwds?", "timeout?", "retries?"],
            apply,
        )
        .method(
            "apply_async",
            &[
                "func",
                "args?",
                "kwds?",
                "callback?",
                "error_callback?",
                "timeout?",
                "retries?",
            ],
            apply_async,
        )
        .method(
            "map",
            &["func", "iterable", "chunksize?", "timeout?", "retries?"],
            |call| map(call, false),
        )
        .method(
            "starmap",
            &["func", "iterable", "chunksize?", "timeout?", "retries?"],
            |call| map(call, true),
        )
        .method(
            "map_async",
            &[
                "func",
                "iterable",
                "chunksize?",
                "callback?",
                "error_callback?",
                "timeout?",
                "retries?",
            ],
            |call| map_async(call, false),
        )
        .method(
            "starmap_async",
            &[
                "func",
                "iterable",
                "chunksize?",
                "callback?",
                "error_callback?",
                "timeout?",
                "retries?",
            ],
            |call| map_async(call, true),
        )
        .method(
            "imap",
            &[
                "func",
                "iterable",
                "chunksize?",
                "buffersize?",
                "timeout?",
                "retries?",
            ],
            |call| imap(call, Order::OfTasks),
        )
        .method(
            "imap_unordered",
            &[
                "func",
                "iterable",
                "chunksize?",
                "buffersize?",
                "timeout?",
                "retries?",
            ],
            |call| imap(call, Order::OfOutcomes),
        );
}

/// The errand of the function that is argument 0.
fn errand(call: &mut Call<'_>, pool: &Pool, spreads: bool) -> Result<Errand, Failure> {
    let function = call.function(0)?;
    pool.errand(call, function, spreads)
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
    };
    let errand = errand(call, &pool, true)?;
    let promise = pool.promise(call.interp, errand, vec![args.into()], how)?;
    pool.result(call.interp, &promise, Deadline::NEVER)
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
    };
    let args = arguments(call, 1, 2)?;
    let errand = errand(call, &pool, true)?;
    let promise = pool.promise(call.interp, errand, vec![args.into()], how)?;
    Ok(Dynamic::from(AsyncResult { pool, promise }))
}

fn items_to(call: &mut Call<'_>, spreads: bool) -> Result<Array, Failure> {
    let items = items(call, 1)?;
    match spreads {
        true => spread(call, items),
        false => Ok(items),
    }
}

/// `pool.map(f, xs)`: the results in the order of the items, when all tasks have ended.
fn map(call: &mut Call<'_>, spreads: bool) -> Outcome {
    let pool = pool(call);
    let how = How {
        rules: rules(call, 3, 4)?,
        shape: Shape::Many,
        chunksize: chunksize(call, 2)?,
        is_watched: true,
        callbacks: Vec::new(),
    };
    let items = items_to(call, spreads)?;
    let errand = errand(call, &pool, spreads)?;
    let promise = pool.promise(call.interp, errand, items, how)?;
    pool.result(call.interp, &promise, Deadline::NEVER)
}

/// `pool.map_async(f, xs)`: an AsyncResult of the list.
fn map_async(call: &mut Call<'_>, spreads: bool) -> Outcome {
    let pool = pool(call);
    let how = How {
        rules: rules(call, 5, 6)?,
        shape: Shape::Many,
        chunksize: chunksize(call, 2)?,
        is_watched: false,
        callbacks: callbacks(call, 3, 4)?,
    };
    let items = items_to(call, spreads)?;
    let errand = errand(call, &pool, spreads)?;
    let promise = pool.promise(call.interp, errand, items, how)?;
    Ok(Dynamic::from(AsyncResult { pool, promise }))
}

/// `pool.imap(f, xs)`: an iterator over the results, which takes from `xs` as it is read.
fn imap(call: &mut Call<'_>, order: Order) -> Outcome {
    let pool = pool(call);
    let rules = rules(call, 4, 5)?;
    let chunk = chunksize(call, 2)?.unwrap_or(1);
    let ahead = chunksize(call, 3)?;
    let ahead = ahead.unwrap_or(4 * pool.processes() + chunk).max(chunk);
    let errand = errand(call, &pool, false)?;
    let value = call.value(1);
    let input = Lazy::of(call, value)?;
    let outcomes = Outcomes::begin(
        call.interp,
        pool,
        errand,
        (input, order),
        (rules, chunk, ahead),
    )?;
    Ok(Dynamic::from(outcomes))
}
