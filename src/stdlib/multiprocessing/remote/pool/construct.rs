//! `Pool(#{ url, name })`: its arguments, and how the pool begins and ends.

use std::sync::Arc;

use rhai::{Dynamic, Map};

use super::super::arguments::{lease, place};
use super::super::waiting::failure;
use super::program::hash_of_script;
use super::state::Pool;
use super::{calls, results};
use crate::permissions::{Last, Use};
use crate::remote::endpoint::Endpoint;
use crate::remote::pool::Terms;
use crate::remote::seal::{KEY_MIN, Key};
use crate::script::{Call, Failure, Interp, Registry, raise, raise_os};

/// What is said of an argument of a pool of this machine.
type Advice = (&'static str, &'static str);

/// A class of pools on a server: its name, the place of its argument `url`, and the arguments before that one.
pub(super) struct Class {
    name: &'static str,
    url: usize,
    of_this_machine: &'static [Advice],
    is_executor: bool,
}

const PROCESSES: &str = "start as many as you want by `procscript worker URL script.rhai --processes N`, on any number of machines";
const INITIALIZER: &str = "call it at the beginning of the task's function";
const TASKS: &str =
    "they stay; one whose task uses up `procscript worker --limit-memory` is replaced";
const START: &str = "`procscript worker` starts them";

pub(super) const POOL: Class = Class {
    name: "Pool",
    url: 4,
    of_this_machine: &[
        ("processes", PROCESSES),
        ("initializer", INITIALIZER),
        ("initargs", INITIALIZER),
        ("maxtasksperchild", TASKS),
    ],
    is_executor: false,
};

pub(super) const EXECUTOR: Class = Class {
    name: "ProcessPoolExecutor",
    url: 5,
    of_this_machine: &[
        ("max_workers", PROCESSES),
        ("initializer", INITIALIZER),
        ("initargs", INITIALIZER),
        ("max_tasks_per_child", TASKS),
        ("mp_context", START),
    ],
    is_executor: true,
};

/// Returns the pool that the arguments describe; `None` if it is one of this machine.
///
/// # Errors
/// Wrong arguments; the server cannot be reached or used.
pub(super) fn of_class(call: &mut Call<'_>, class: &Class) -> Result<Option<Pool>, Failure> {
    let (url, name) = (class.url, class.name);
    let Some(place) = place(call, url)? else {
        return match (url + 2..url + 4).find(|at| call.has_value(*at)) {
            None => Ok(None),
            Some(_) => Err(raise(
                "ValueError",
                format!("lease and key_file are for a {name} on a server: url is missing"),
            )),
        };
    };
    for (index, (argument, advice)) in class.of_this_machine.iter().enumerate() {
        if call.has_value(index) {
            let text = format!(
                "{argument} is for workers of this machine; those of a {name} on a server are started elsewhere: {advice}"
            );
            return Err(raise("ValueError", text));
        }
    }
    let terms = Terms {
        name: place.name().into(),
        lease: lease(call, url + 2)?,
        key: key(call, url + 3)?,
    };
    open(call.interp, &place.endpoint, terms, class.is_executor).map(Some)
}

/// Begins to use the pool with the program that runs.
///
/// # Errors
/// It has not one script; the server cannot be reached or used.
pub(crate) fn open(
    interp: &Arc<Interp>,
    endpoint: &Arc<Endpoint>,
    terms: Terms,
    is_executor: bool,
) -> Result<Pool, Failure> {
    let program = match terms.key {
        Some(_) => String::new(),
        None => hash_of_script(&interp.program)?,
    };
    let place = terms.place(endpoint, &program);
    let place = place.map_err(|fault| failure(interp, fault, "TimeoutError"))?;
    Pool::open(interp, place, terms, is_executor)
}

/// `Pool(…)` with a `url`; `None` without.
///
/// # Errors
/// Those of [`of_class`].
pub(in crate::stdlib::multiprocessing) fn construct(
    call: &mut Call<'_>,
) -> Result<Option<Dynamic>, Failure> {
    Ok(of_class(call, &POOL)?.map(Dynamic::from))
}

/// `ProcessPoolExecutor(…)` with a `url`; `None` without.
///
/// # Errors
/// Those of [`of_class`].
pub(crate) fn executor(call: &mut Call<'_>) -> Result<Option<Pool>, Failure> {
    of_class(call, &EXECUTOR)
}

fn key(call: &mut Call<'_>, at: usize) -> Result<Option<Key>, Failure> {
    if !call.has_value(at) {
        return Ok(None);
    }
    let path = call.string(at)?;
    let place = call
        .interp
        .permissions()
        .place(&path, Use::Read, Last::Followed)?;
    let read = place.and_then(|place| place.read());
    let bytes = read.map_err(|error| raise_os(&error, Some(&path)))?;
    let key = Key::new(&bytes);
    key.map(Some).ok_or_else(|| {
        let text = format!("the key in {path} is too short: it needs {KEY_MIN} bytes or more");
        raise("ValueError", text)
    })
}

pub(in crate::stdlib::multiprocessing) fn register(registry: &mut Registry) {
    results::register(registry);
    let mut class = registry.class::<Pool>("Pool");
    class
        .by_address(|pool: &Pool| std::sync::Arc::as_ptr(&pool.0).addr())
        .withhold(|_: &Pool| Some("pool objects cannot be passed between processes or pickled"))
        .method("close", &[], |call| {
            call.this::<Pool>().close()?;
            Ok(Dynamic::UNIT)
        })
        .method("terminate", &[], |call| {
            let pool: Pool = call.this();
            pool.belongs_here()?;
            pool.end(call.interp);
            Ok(Dynamic::UNIT)
        })
        .method("join", &[], |call| {
            call.this::<Pool>().join(call.interp)?;
            Ok(Dynamic::UNIT)
        })
        .context(
            |call| {
                call.this::<Pool>().is_open()?;
                Ok(call.receiver().clone())
            },
            |call| {
                let pool: Pool = call.this();
                pool.end(call.interp);
                Ok(Dynamic::UNIT)
            },
        )
        .method("stats", &[], |call| {
            let pool: Pool = call.this();
            let (workers, open) = pool.look(call.interp)?;
            let number = |count: usize| Dynamic::from_int(i64::try_from(count).unwrap_or(i64::MAX));
            let mut stats = Map::new();
            stats.insert("workers".into(), number(workers));
            stats.insert("unfinished".into(), number(open));
            Ok(stats.into())
        })
        .getter("processes", |call| {
            let pool: Pool = call.this();
            let (workers, _) = pool.look(call.interp)?;
            Ok(Dynamic::from_int(
                i64::try_from(workers).unwrap_or(i64::MAX),
            ))
        })
        .repr(|call| Ok(call.this::<Pool>().repr().into()));
    calls::register(&mut class);
}
