//! The constructors of executors.

use rhai::Dynamic;

use super::executor::{Executor, ProcessExecutor, ThreadExecutor};
use crate::script::caller::Caller;
use crate::script::{Call, Failure, Namespace, Outcome, raise};
use crate::stdlib::multiprocessing::Multiprocessing;
use crate::stdlib::multiprocessing::pool::OpenPools;
use crate::stdlib::multiprocessing::pool::pool_class::{initargs, initializer, processors};
use crate::stdlib::multiprocessing::pool::state::Pool;
use crate::stdlib::multiprocessing::pool::terms::{Kind, Terms};
use crate::stdlib::multiprocessing::start_method::StartMethod;
use crate::text::as_int;

/// The most threads of an executor that was not given a number.
const MOST_THREADS: usize = 32;

pub(super) fn constructors(module: &mut Namespace<'_>) {
    module
        .global(
            "ProcessPoolExecutor",
            &[
                "max_workers?",
                "initializer?",
                "initargs?",
                "max_tasks_per_child?",
                "mp_context?",
            ],
            of_processes,
        )
        .global(
            "ThreadPoolExecutor",
            &[
                "max_workers?",
                "thread_name_prefix?",
                "initializer?",
                "initargs?",
            ],
            of_threads,
        );
}

/// `ProcessPoolExecutor(max_workers, initializer, initargs, max_tasks_per_child, mp_context)`.
fn of_processes(call: &mut Call<'_>) -> Outcome {
    let workers = max_workers(call, processors())?;
    let terms = Terms {
        kind: Kind::Processes,
        workers,
        initializer: initializer(call, 1)?,
        initargs: initargs(call, 2)?,
        batches: max_tasks_per_child(call, 3)?,
        is_executor: true,
        role: "Process".into(),
        method: start_method(call, 4)?,
        caller: Caller::of(call.interp, call.context)?,
    };
    let pool = Pool::new(call.interp, terms)?;
    Ok(Dynamic::from(ProcessExecutor(Executor::new(
        call.interp,
        pool,
    ))))
}

/// `ThreadPoolExecutor(max_workers, thread_name_prefix, initializer, initargs)`.
fn of_threads(call: &mut Call<'_>) -> Outcome {
    let workers = max_workers(call, MOST_THREADS.min(processors() + 4))?;
    let prefix = call
        .given(1)
        .map(|prefix| call.str(&prefix))
        .filter(|prefix| !prefix.is_empty());
    let prefix = prefix.unwrap_or_else(|| {
        let number = OpenPools::of(call.interp).number();
        format!("ThreadPoolExecutor-{number}")
    });
    let terms = Terms {
        kind: Kind::Threads,
        workers,
        initializer: initializer(call, 2)?,
        initargs: initargs(call, 3)?,
        batches: None,
        is_executor: true,
        role: format!("{prefix}_"),
        method: None,
        caller: Caller::of(call.interp, call.context)?,
    };
    let pool = Pool::new(call.interp, terms)?;
    Ok(Dynamic::from(ThreadExecutor(Executor::new(
        call.interp,
        pool,
    ))))
}

fn max_workers(call: &mut Call<'_>, default: usize) -> Result<usize, Failure> {
    let Some(given) = call.given(0) else {
        return Ok(default);
    };
    match as_int(&given) {
        Some(count) if count >= 1 => Ok(usize::try_from(count).unwrap_or(usize::MAX)),
        Some(_) => {
            let text = "max_workers must be greater than 0";
            Err(raise("ValueError", text))
        }
        None => Err(call.mismatch(0, "an integer", &given)),
    }
}

/// The start method of the parameter `mp_context`.
fn start_method(call: &mut Call<'_>, index: usize) -> Result<Option<StartMethod>, Failure> {
    let Some(given) = call.given(index) else {
        return Ok(None);
    };
    match given.read_lock::<Multiprocessing>() {
        Some(module) => Ok(module.start_method()),
        None => Err(call.mismatch(index, "a context (see get_context)", &given)),
    }
}

fn max_tasks_per_child(call: &mut Call<'_>, index: usize) -> Result<Option<u64>, Failure> {
    let Some(given) = call.given(index) else {
        return Ok(None);
    };
    match as_int(&given) {
        Some(count) if count >= 1 => Ok(Some(count.unsigned_abs())),
        Some(_) => {
            let text = "max_tasks_per_child must be >= 1";
            Err(raise("ValueError", text))
        }
        None => {
            let text = "max_tasks_per_child must be an integer";
            Err(raise("TypeError", text))
        }
    }
}
