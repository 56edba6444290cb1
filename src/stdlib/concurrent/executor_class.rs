//! The members of executors: `submit`, `map`, and how they end.

use std::time::Duration;

use rhai::{Array, Dynamic};

use super::doers::Doers;
use super::executor::{Executor, ProcessExecutor, ThreadExecutor};
use super::future::Future;
use super::results::Results;
use crate::script::call::seconds_to_duration;
use crate::script::{Call, Class, Failure, Outcome, Registry, raise, type_name};
use crate::stdlib::builtins::iterate::known_length;
use crate::stdlib::builtins::lazy::Lazy;
use crate::stdlib::multiprocessing::pool::options::bar_of;
use crate::sync::Deadline;
use crate::sys::signal::Signal;
use crate::text::{as_float, as_int};

const NOT_SENT: &str = "an executor cannot be sent to another process: each process makes its own";

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<ProcessExecutor>("ProcessPoolExecutor");
    class
        .by_address(|executor: &ProcessExecutor| executor.0.address())
        .withhold(|_: &ProcessExecutor| Some(NOT_SENT))
        .method("terminate_workers", &[], |call| {
            end_workers(call, Signal::SIGTERM)
        })
        .method("kill_workers", &[], |call| {
            end_workers(call, Signal::SIGKILL)
        });
    members(&mut class, |call| repr(call, "process.ProcessPoolExecutor"));
    let mut class = registry.class::<ThreadExecutor>("ThreadPoolExecutor");
    class
        .by_address(|executor: &ThreadExecutor| executor.0.address())
        .withhold(|_: &ThreadExecutor| Some(NOT_SENT));
    members(&mut class, |call| repr(call, "thread.ThreadPoolExecutor"));
}

fn members(class: &mut Class<'_>, repr: crate::script::Handler) {
    class
        .method("submit", &["func", "*args"], submit)
        .method("map", &["func", "*iterables"], map)
        .method("shutdown", &["wait?", "cancel_futures?"], shutdown)
        .context(|call| Ok(call.receiver().clone()), leave)
        .repr(repr);
}

fn repr(call: &mut Call<'_>, class: &str) -> Outcome {
    let address = Executor::of(call).address();
    Ok(format!("<concurrent.futures.{class} object at 0x{address:x}>").into())
}

/// `executor.submit(f, a, b)`: the future of `f(a, b)`.
fn submit(call: &mut Call<'_>) -> Outcome {
    call.keywords_only_if(&[]);
    let executor = Executor::of(call);
    executor.prepare()?;
    let doers = executor.doers();
    let function = call.function(0)?;
    let args = call.rest(1);
    let promise = doers.submit(call, function, args)?;
    Ok(Dynamic::from(Future::new(doers.clone(), promise)))
}

/// `executor.map(f, xs, ys, #{timeout, chunksize, buffersize, progress})`: an iterator over the results.
fn map(call: &mut Call<'_>) -> Outcome {
    call.keywords_only_if(&["timeout", "chunksize", "buffersize", "progress"]);
    let executor = Executor::of(call);
    let timeout = seconds(call, "timeout")?;
    let deadline = timeout.map_or(Deadline::NEVER, Deadline::after);
    let chunk = size(call, "chunksize", "chunksize must be >= 1.")?.unwrap_or(1);
    let ahead = size(call, "buffersize", "buffersize must be None or > 0")?;
    let ahead = ahead.map_or(usize::MAX, |ahead| ahead.max(chunk));
    executor.prepare()?;
    let function = call.function(0)?;
    let iterables = call.rest(1);
    if iterables.is_empty() {
        let text = "map() must have at least two arguments: a function and what to go through";
        return Err(raise("TypeError", text));
    }
    let spreads = iterables.len() > 1;
    let progress = call.keyword("progress");
    let lengths: Option<Vec<usize>> = iterables.iter().map(known_length).collect();
    let bar = bar_of(
        call,
        progress,
        lengths.and_then(|all| all.into_iter().min()),
    );
    let inputs = iterables.into_iter().map(|value| Lazy::of(call, value));
    let items = zipped(inputs.collect::<Result<_, _>>()?);
    let doers = executor.doers();
    let done = doers.map(call, (function, spreads), items, (chunk, ahead), bar)?;
    Ok(Dynamic::from(Results::new(done, deadline)))
}

/// The items of one input, or lists of one item of each, until the first of them ends.
fn zipped(mut inputs: Vec<Lazy>) -> Lazy {
    if inputs.len() == 1 {
        return inputs.remove(0);
    }
    Lazy::by(move || {
        let mut items = Array::new();
        for input in &mut inputs {
            match input.next()? {
                Ok(item) => items.push(item),
                Err(error) => return Some(Err(error)),
            }
        }
        Some(Ok(items.into()))
    })
}

fn seconds(call: &mut Call<'_>, name: &str) -> Result<Option<Duration>, Failure> {
    let Some(given) = call.keyword(name).filter(|given| !given.is_unit()) else {
        return Ok(None);
    };
    match as_float(&given).filter(|seconds| !seconds.is_nan()) {
        Some(seconds) => Ok(seconds_to_duration(seconds)),
        None => Err(mismatch(call, name, "a number of seconds or None", &given)),
    }
}

fn size(call: &mut Call<'_>, name: &str, wrong: &str) -> Result<Option<usize>, Failure> {
    let Some(given) = call.keyword(name).filter(|given| !given.is_unit()) else {
        return Ok(None);
    };
    match as_int(&given) {
        Some(size) if size >= 1 => Ok(Some(usize::try_from(size).unwrap_or(usize::MAX))),
        Some(_) => Err(raise("ValueError", wrong)),
        None => Err(mismatch(call, name, "an integer", &given)),
    }
}

fn mismatch(call: &Call<'_>, name: &str, wanted: &str, found: &Dynamic) -> Failure {
    let (function, found) = (call.name(), type_name(found));
    raise(
        "TypeError",
        format!("{function}() argument '{name}' must be {wanted}, not {found}"),
    )
}

/// `executor.shutdown(wait, cancel_futures)`.
fn shutdown(call: &mut Call<'_>) -> Outcome {
    let executor = Executor::of(call);
    let (waits, cancels) = (call.bool_or(0, true), call.bool_or(1, false));
    let doers = executor.doers();
    if cancels {
        doers.cancel_all(call.interp)?;
    }
    match waits {
        true => executor.finish()?,
        false => doers.close(call.interp)?,
    }
    Ok(Dynamic::UNIT)
}

/// The end of `with`, which waits for the tasks.
fn leave(call: &mut Call<'_>) -> Outcome {
    Executor::of(call).finish()?;
    Ok(Dynamic::UNIT)
}

/// `executor.terminate_workers()` and `executor.kill_workers()`: ends the workers now.
fn end_workers(call: &mut Call<'_>, signal: Signal) -> Outcome {
    let executor = Executor::of(call);
    let Doers::Here(pool) = executor.doers() else {
        let text = "the workers of an executor on a server are ended where `procscript worker` was started, by SIGTERM";
        return Err(raise("RuntimeError", text));
    };
    pool.with(|state| state.withdraw_all())?;
    pool.end(call.interp, signal);
    pool.run_callbacks(call.interp);
    executor.finish()?;
    Ok(Dynamic::UNIT)
}
