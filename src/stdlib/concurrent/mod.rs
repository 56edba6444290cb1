//! `concurrent.futures`: executors, which do calls in other processes or threads, and the futures of their results.
//!
//! - [`executor`]: the objects; [`construct`]: their constructors; [`executor_class`]: their members; [`results`]: the results of `map`.
//! - [`doers`]: the pools that do the work; [`future`]: `Future`; [`waiting`]: `wait` and `as_completed`.
//!
//! The pools of `multiprocessing` do the work.

mod construct;
mod doers;
mod executor;
mod executor_class;
mod future;
mod results;
mod waiting;

use rhai::Dynamic;

use crate::script::{Namespace, Registry, exception_class};

/// The value of the global constant `concurrent`.
#[derive(Debug, Clone)]
struct Concurrent;

/// The value of `concurrent.futures`.
#[derive(Debug, Clone)]
struct Futures;

/// The value of `concurrent.futures.process`.
#[derive(Debug, Clone)]
struct ProcessModule;

/// The value of `concurrent.futures.thread`.
#[derive(Debug, Clone)]
struct ThreadModule;

/// The exceptions that the module has as members too.
const EXCEPTIONS: [&str; 6] = [
    "BrokenExecutor",
    "BrokenProcessPool",
    "BrokenThreadPool",
    "CancelledError",
    "InvalidStateError",
    "TimeoutError",
];

pub(super) fn register(registry: &mut Registry) {
    executor_class::register(registry);
    future::register(registry);
    results::register(registry);
    let mut concurrent = registry.namespace("concurrent", Concurrent);
    concurrent.constant("futures", Futures, |_| Ok(Dynamic::from(Futures)));
    let mut futures = registry.namespace("concurrent::futures", Futures);
    construct::constructors(&mut futures);
    conditions(&mut futures);
    waiting::register(&mut futures);
    for class in EXCEPTIONS {
        futures.function(class, exception_class::PARAMS, exception_class::construct);
    }
    futures
        .constant("process", ProcessModule, |_| {
            Ok(Dynamic::from(ProcessModule))
        })
        .constant("thread", ThreadModule, |_| Ok(Dynamic::from(ThreadModule)));
    let (params, construct) = (exception_class::PARAMS, exception_class::construct);
    // Their exceptions alone: the executors are in `concurrent.futures`.
    registry
        .class::<ProcessModule>("concurrent.futures.process")
        .unlisted("BrokenProcessPool", params, construct);
    registry
        .class::<ThreadModule>("concurrent.futures.thread")
        .unlisted("BrokenThreadPool", params, construct);
    for condition in waiting::CONDITIONS {
        registry.constant(condition, rhai::ImmutableString::from(condition));
    }
    waiting::register_types(registry);
}

/// Adds what `wait` may wait for.
fn conditions(futures: &mut Namespace<'_>) {
    futures
        .constant(
            "FIRST_COMPLETED",
            rhai::ImmutableString::from("FIRST_COMPLETED"),
            |_| Ok("FIRST_COMPLETED".into()),
        )
        .constant(
            "FIRST_EXCEPTION",
            rhai::ImmutableString::from("FIRST_EXCEPTION"),
            |_| Ok("FIRST_EXCEPTION".into()),
        )
        .constant(
            "ALL_COMPLETED",
            rhai::ImmutableString::from("ALL_COMPLETED"),
            |_| Ok("ALL_COMPLETED".into()),
        );
}
