//! The constructors of executors.

use rhai::Dynamic;

use super::doers::Doers;
use super::executor::{Executor, ProcessExecutor, ThreadExecutor};
use crate::script::caller::Caller;
use crate::script::{Call, Failure, Namespace, Outcome, raise};
use crate::stdlib::multiprocessing::Multiprocessing;
use crate::stdlib::multiprocessing::pool::OpenPools;
use crate::stdlib::multiprocessing::pool::pool_class::{initargs, initializer, workers};
use crate::stdlib::multiprocessing::pool::state::Pool;
use crate::stdlib::multiprocessing::pool::terms::{Kind, Terms};
use crate::stdlib::multiprocessing::remote::executor_of;
use crate::stdlib::multiprocessing::start_method::StartMethod;
use crate::sys::cpu;
use crate::text::as_int;

/// The most threads of an executor that was not given a number.
const MOST_THREADS: usize = 32;

const TOO_FEW: &str = "max_workers must be greater than 0";

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
                "url?",
                "name?",
                "lease?",
                "key_file?",
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

/// `ProcessPoolExecutor(max_workers, initializer, initargs, max_tasks_per_child, mp_context)`, or one on a server.
fn of_processes(call: &mut Call<'_>) -> Outcome {
    if let Some(pool) = executor_of(call)? {
        let executor = Executor::new(call.interp, Doers::Server(pool));
        return Ok(Dynamic::from(ProcessExecutor(executor)));
    }
    let workers = workers(call, cpu::count, TOO_FEW)?;
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
        Doers::Here(pool),
    ))))
}

/// `ThreadPoolExecutor(max_workers, thread_name_prefix, initializer, initargs)`.
fn of_threads(call: &mut Call<'_>) -> Outcome {
    let workers = workers(call, || MOST_THREADS.min(cpu::count() + 4), TOO_FEW)?;
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
        Doers::Here(pool),
    ))))
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
