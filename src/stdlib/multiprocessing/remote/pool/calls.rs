//! The calls of a pool on a server: `apply`, `map`, `starmap`, `imap` and their kind.

use rhai::{Array, Dynamic};

use super::parcel::Errand;
use super::results::{AsyncResult, Input, Outcomes, Shape};
use super::state::Pool;
use crate::script::{Call, Class, Failure, Outcome, raise};
use crate::stdlib::builtins::items_of;
use crate::stdlib::builtins::lazy::Lazy;
use crate::stdlib::multiprocessing::pool::options::chunksize;
use crate::stdlib::multiprocessing::pool::parameters::{APPLY, APPLY_ASYNC, IMAP, MAP, MAP_ASYNC};

/// How many messages a call makes for each worker, and how many tasks are in one at most, if the script says nothing.
const MESSAGES_OF_WORKER: usize = 16;
const CHUNK_MAX: usize = 16;

pub(super) fn register(class: &mut Class<'_>) {
    class
        .method("apply", APPLY, |call| {
            refuse(call, &APPLY[3..], 3)?;
            apply_async(call)?.get_once(call.interp)
        })
        .method("apply_async", APPLY_ASYNC, |call| {
            refuse(call, &APPLY_ASYNC[3..], 3)?;
            let result = apply_async(call)?;
            result.flow(call.interp)?;
            Ok(Dynamic::from(result))
        })
        .method("map", MAP, |call| map(call, false))
        .method("starmap", MAP, |call| map(call, true))
        .method("map_async", MAP_ASYNC, |call| map_async(call, false))
        .method("starmap_async", MAP_ASYNC, |call| map_async(call, true))
        .method("imap", IMAP, |call| imap(call, true))
        .method("imap_unordered", IMAP, |call| imap(call, false));
}

/// Refuses the arguments from `first` on, which are called `names`.
///
/// # Errors
/// `NotImplementedError` if there is one.
fn refuse(call: &mut Call<'_>, names: &[&str], first: usize) -> Result<(), Failure> {
    for (index, name) in (first..).zip(names) {
        if call.has_value(index) {
            let name = name.trim_end_matches('?');
            let text = format!("a Pool on a server does not have {name} yet: leave it out");
            return Err(raise("NotImplementedError", text));
        }
    }
    Ok(())
}

/// Returns the pool, and the function of the call for its workers.
fn errand(call: &mut Call<'_>, spreads: bool) -> Result<(Pool, Errand), Failure> {
    let pool: Pool = call.this();
    let function = call.function(0)?;
    let errand = Errand::new(&function, spreads, &pool.codec(call.interp))?;
    Ok((pool, errand))
}

fn begun(
    call: &mut Call<'_>,
    (pool, errand): (Pool, Errand),
    items: &[Dynamic],
    shape: Shape,
    chunk: usize,
) -> Result<AsyncResult, Failure> {
    let (job, program) = pool.begin(call.interp, call.context)?;
    let added = pool.add(call.interp, (job, &program), &errand, items, chunk);
    // Nobody gets the result, so no task of the call is done.
    added.inspect_err(|_| pool.forget(job, true))?;
    Ok(AsyncResult::new(pool, job, shape))
}

fn apply_async(call: &mut Call<'_>) -> Result<AsyncResult, Failure> {
    let errand = errand(call, true)?;
    let mut args = match call.given(1) {
        None => Array::new(),
        Some(given) if given.is_array() => given.into_array().unwrap_or_default(),
        Some(given) => return Err(call.mismatch(1, "a list (write args: [x])", &given)),
    };
    args.extend(call.given(2));
    begun(call, errand, &[args.into()], Shape::One, 1)
}

fn many(call: &mut Call<'_>, spreads: bool) -> Result<AsyncResult, Failure> {
    let value = call.value(1);
    let mut items = items_of(call, value)?;
    if spreads {
        let one = |item: Dynamic| items_of(call, item).map(Dynamic::from);
        items = items.into_iter().map(one).collect::<Result<_, _>>()?;
    }
    let errand = errand(call, spreads)?;
    let chunk = match chunksize(call, 2)? {
        Some(chunk) => chunk,
        None => {
            let (workers, _) = errand.0.look(call.interp)?;
            let messages = MESSAGES_OF_WORKER * workers.max(1);
            (items.len() / messages).clamp(1, CHUNK_MAX)
        }
    };
    begun(call, errand, &items, Shape::Many, chunk)
}

/// `pool.map(f, xs)`: the results in the order of the items, when all tasks have ended.
fn map(call: &mut Call<'_>, spreads: bool) -> Outcome {
    refuse(call, &MAP[3..], 3)?;
    many(call, spreads)?.get_once(call.interp)
}

/// `pool.map_async(f, xs)`: an AsyncResult of the list.
fn map_async(call: &mut Call<'_>, spreads: bool) -> Outcome {
    refuse(call, &MAP_ASYNC[3..], 3)?;
    let result = many(call, spreads)?;
    result.flow(call.interp)?;
    Ok(Dynamic::from(result))
}

/// `pool.imap(f, xs)`: an iterator over the results, which takes from `xs` as it is read.
fn imap(call: &mut Call<'_>, in_order: bool) -> Outcome {
    refuse(call, &IMAP[4..], 4)?;
    let chunk = chunksize(call, 2)?.unwrap_or(1);
    let ahead = chunksize(call, 3)?;
    let (pool, errand) = errand(call, false)?;
    let (workers, _) = pool.look(call.interp)?;
    let ahead = ahead
        .unwrap_or(chunk.saturating_mul(4 * workers.max(4)))
        .max(chunk);
    let value = call.value(1);
    let items = Lazy::of(call, value)?;
    let (job, program) = pool.begin(call.interp, call.context)?;
    let input = Input::new(items, errand, program, chunk, ahead);
    let outcomes = Outcomes::new(call.interp, pool, job, in_order, input);
    outcomes.send()?;
    Ok(Dynamic::from(outcomes))
}
