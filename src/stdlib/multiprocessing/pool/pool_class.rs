//! `Pool`: its constructor and how it begins and ends.

use rhai::{Array, Dynamic, FnPtr, Map};

use super::super::context;
use super::super::context::Context;
use super::super::remote::pool_of;
use super::calls;
use super::object::{ThreadPool, pool};
use super::state::Pool;
use super::terms::{Kind, Terms};
use crate::script::caller::Caller;
use crate::script::{Call, Class, Failure, Namespace, Outcome, Registry, raise};
use crate::sys::cpu;
use crate::text::as_int;

const TOO_FEW: &str = "Number of processes must be at least 1";

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<Pool>("Pool");
    class
        .by_address(Pool::address)
        .withhold(|_: &Pool| Some(NOT_SENT));
    members(&mut class);
    let mut class = registry.class::<ThreadPool>("ThreadPool");
    class
        .by_address(|pool: &ThreadPool| pool.0.address())
        .withhold(|_: &ThreadPool| Some(NOT_SENT));
    members(&mut class);
}

const NOT_SENT: &str = "pool objects cannot be passed between processes or pickled";

fn members(class: &mut Class<'_>) {
    class
        .method("close", &[], |call| {
            pool(call).close(call.interp)?;
            Ok(Dynamic::UNIT)
        })
        .method("terminate", &[], |call| {
            let pool = pool(call);
            pool.belongs_here()?;
            pool.terminate(call.interp);
            Ok(Dynamic::UNIT)
        })
        .method("join", &[], |call| {
            pool(call).join(call.interp)?;
            Ok(Dynamic::UNIT)
        })
        .context(enter, leave)
        .method("stats", &[], stats)
        .getter("processes", |call| {
            Ok(Dynamic::from_int(pool(call).processes() as i64))
        })
        .repr(|call| Ok(pool(call).repr().into()));
    calls::register(class);
}

/// The value of `multiprocessing.pool`.
#[derive(Debug, Clone)]
struct PoolModule;

const POOL: &[&str] = &[
    "processes?",
    "initializer?",
    "initargs?",
    "maxtasksperchild?",
    "url?",
    "name?",
    "lease?",
    "key_file?",
];

pub(crate) const THREAD_POOL: &[&str] = &["processes?", "initializer?", "initargs?"];

/// Registers the module `multiprocessing.pool`, inside `multiprocessing`, which exists.
pub(super) fn register_module(registry: &mut Registry) {
    registry
        .namespace("multiprocessing::pool", PoolModule)
        .function("Pool", POOL, construct)
        .function("ThreadPool", THREAD_POOL, construct_of_threads);
}

pub(super) fn constructors(module: &mut Namespace<'_>) {
    module
        .global("Pool", POOL, construct)
        .global("ThreadPool", THREAD_POOL, construct_of_threads)
        .constant("pool", PoolModule, |_| Ok(Dynamic::from(PoolModule)));
}

/// `Pool(processes, initializer, initargs, maxtasksperchild)`.
fn construct(call: &mut Call<'_>) -> Outcome {
    if let Some(on_a_server) = pool_of(call)? {
        return Ok(on_a_server);
    }
    let workers = workers(call, cpu::count, TOO_FEW)?;
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
    let pool = start(call, Kind::Processes, workers, batches)?;
    Ok(Dynamic::from(pool))
}

/// `ThreadPool(processes, initializer, initargs)`.
pub(crate) fn construct_of_threads(call: &mut Call<'_>) -> Outcome {
    let workers = workers(call, cpu::count, TOO_FEW)?;
    let pool = start(call, Kind::Threads, workers, None)?;
    Ok(Dynamic::from(ThreadPool(pool)))
}

/// The first parameter, a number of workers; an error says what is `wrong` with one below 1.
pub(crate) fn workers(
    call: &mut Call<'_>,
    default: impl FnOnce() -> usize,
    wrong: &str,
) -> Result<usize, Failure> {
    let Some(given) = call.given(0) else {
        return Ok(default());
    };
    match as_int(&given) {
        Some(count) if count >= 1 => Ok(usize::try_from(count).unwrap_or(usize::MAX)),
        Some(_) => Err(raise("ValueError", wrong)),
        None => Err(call.mismatch(0, "an integer", &given)),
    }
}

fn start(
    call: &mut Call<'_>,
    kind: Kind,
    workers: usize,
    batches: Option<u64>,
) -> Result<Pool, Failure> {
    let terms = Terms {
        kind,
        workers,
        initializer: initializer(call, 1)?,
        initargs: initargs(call, 2)?,
        batches,
        is_executor: false,
        role: match kind {
            Kind::Processes => "PoolWorker".into(),
            Kind::Threads => "ThreadPoolWorker-".into(),
        },
        method: context::of(call).map(Context::method),
        caller: Caller::of(call.interp, call.context)?,
    };
    let pool = Pool::new(call.interp, terms)?;
    pool.start(call.interp)?;
    Ok(pool)
}

/// The parameter `initializer`.
///
/// # Errors
/// `TypeError` for anything but a function.
pub(crate) fn initializer(call: &mut Call<'_>, index: usize) -> Result<Option<FnPtr>, Failure> {
    let Some(given) = call.given(index) else {
        return Ok(None);
    };
    let function = call.callable(&given);
    function
        .map(Some)
        .ok_or_else(|| raise("TypeError", "initializer must be a callable"))
}

/// The parameter `initargs`.
///
/// # Errors
/// `TypeError` for anything but a list.
pub(crate) fn initargs(call: &mut Call<'_>, index: usize) -> Result<Array, Failure> {
    match call.has(index) {
        true => call.array(index),
        false => Ok(Array::new()),
    }
}

/// The beginning of `with`.
fn enter(call: &mut Call<'_>) -> Outcome {
    pool(call).with(|state| state.open())??;
    Ok(call.receiver().clone())
}

/// The end of `with`, which terminates the pool as Python's does.
fn leave(call: &mut Call<'_>) -> Outcome {
    pool(call).terminate(call.interp);
    Ok(Dynamic::UNIT)
}

/// `pool.stats()`: what the workers have done, and the slowest tasks.
fn stats(call: &mut Call<'_>) -> Outcome {
    let pool = pool(call);
    pool.take_outcomes(call.interp)?;
    let seconds = |time: std::time::Duration| Dynamic::from_float(time.as_secs_f64());
    pool.with(|state| {
        let workers = state.work().into_iter().map(|work| {
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
