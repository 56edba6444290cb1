//! `Pool`: its constructor and how it begins and ends.

use rhai::{Array, Dynamic, FnPtr, Map};

use super::calls;
use super::crew::Terms;
use super::pool::Pool;
use crate::script::caller::Caller;
use crate::script::{Call, Failure, Namespace, Outcome, Registry, raise};
use crate::text::as_int;

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<Pool>("Pool");
    class
        .by_address(Pool::address)
        .withhold(|_: &Pool| Some("pool objects cannot be passed between processes or pickled"))
        .method("close", &[], |call| {
            call.this::<Pool>().close(call.interp)?;
            Ok(Dynamic::UNIT)
        })
        .method("terminate", &[], |call| {
            let pool: Pool = call.this();
            pool.belongs_here()?;
            pool.terminate(call.interp);
            Ok(Dynamic::UNIT)
        })
        .method("join", &[], |call| {
            call.this::<Pool>().join(call.interp)?;
            Ok(Dynamic::UNIT)
        })
        .method("with", &["function"], with)
        .method("stats", &[], stats)
        .getter("processes", |call| {
            Ok(Dynamic::from_int(call.this::<Pool>().processes() as i64))
        })
        .repr(|call| Ok(call.this::<Pool>().repr().into()));
    calls::register(&mut class);
}

pub(super) fn constructors(module: &mut Namespace<'_>) {
    module.global(
        "Pool",
        &[
            "processes?",
            "initializer?",
            "initargs?",
            "maxtasksperchild?",
        ],
        construct,
    );
}

/// `Pool(processes, initializer, initargs, maxtasksperchild)`.
fn construct(call: &mut Call<'_>) -> Outcome {
    let workers = match call.given(0) {
        None => processors(),
        Some(given) => match as_int(&given) {
            Some(count) if count >= 1 => usize::try_from(count).unwrap_or(usize::MAX),
            Some(_) => {
                let text = "Number of processes must be at least 1";
                return Err(raise("ValueError", text));
            }
            None => return Err(call.mismatch(0, "an integer", &given)),
        },
    };
    let batches = match call.given(3) {
        None => None,
        Some(given) => match as_int(&given) {
            Some(count) if count >= 1 && !given.is_float() => Some(count.unsigned_abs()),
            _ => {
                let text = "maxtasksperchild must be a positive int or None";
                return Err(raise("ValueError", text));
            }
        },
    };
    let terms = Terms {
        workers,
        initializer: initializer(call, 1)?,
        initargs: initargs(call, 2)?,
        batches,
        daemon: true,
        role: "PoolWorker",
        caller: Caller::of(call.interp, call.context)?,
    };
    let pool = Pool::new(call.interp, terms)?;
    pool.start(call.interp)?;
    Ok(Dynamic::from(pool))
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, |count| count.get())
}

/// The parameter `initializer`.
///
/// # Errors
/// `TypeError` for anything but a function.
pub(super) fn initializer(call: &mut Call<'_>, index: usize) -> Result<Option<FnPtr>, Failure> {
    let Some(given) = call.given(index) else {
        return Ok(None);
    };
    let function = given.try_cast::<FnPtr>();
    function
        .map(Some)
        .ok_or_else(|| raise("TypeError", "initializer must be a callable"))
}

/// The parameter `initargs`.
///
/// # Errors
/// `TypeError` for anything but a list.
pub(super) fn initargs(call: &mut Call<'_>, index: usize) -> Result<Array, Failure> {
    match call.has(index) {
        true => call.array(index),
        false => Ok(Array::new()),
    }
}

/// `pool.with(|pool| …)`: terminates the pool when the function has ended, as Python's `with` does.
fn with(call: &mut Call<'_>) -> Outcome {
    let pool: Pool = call.this();
    pool.with(|state| state.open())??;
    let function = call.function(0)?;
    let result = call.call(&function, vec![Dynamic::from(pool.clone())]);
    pool.terminate(call.interp);
    result
}

/// `pool.stats()`: what the workers have done, and the slowest tasks.
fn stats(call: &mut Call<'_>) -> Outcome {
    let pool: Pool = call.this();
    pool.take_outcomes(call.interp)?;
    let seconds = |time: std::time::Duration| Dynamic::from_float(time.as_secs_f64());
    pool.with(|state| {
        let workers = state.crew.work().into_iter().map(|work| {
            let mut row = Map::new();
            let tasks = i64::try_from(work.tasks).unwrap_or(i64::MAX);
            row.insert("tasks".into(), Dynamic::from_int(tasks));
            row.insert("starting".into(), seconds(work.starting));
            row.insert("waiting".into(), seconds(work.waiting));
            row.insert("working".into(), seconds(work.working));
            Dynamic::from(row)
        });
        let mut stats = Map::new();
        stats.insert("workers".into(), workers.collect::<Array>().into());
        let slowest = state.slowest.tasks().iter().map(|(time, task)| {
            let mut row = Map::new();
            row.insert("task".into(), task.clone().into());
            row.insert("seconds".into(), seconds(*time));
            Dynamic::from(row)
        });
        stats.insert("slowest".into(), slowest.collect::<Array>().into());
        Dynamic::from(stats)
    })
}
