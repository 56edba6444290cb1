//! `Pool(#{ url, name })`: its arguments, and how the pool begins and ends.

use rhai::{Dynamic, Map};

use super::super::arguments::{lease, place};
use super::super::waiting::failure;
use super::jobs::Stage;
use super::program::hash_of_script;
use super::state::Pool;
use super::{calls, results};
use crate::permissions::{Last, Use};
use crate::remote::pool::Terms;
use crate::remote::seal::{KEY_MIN, Key};
use crate::script::{Call, Failure, Outcome, Registry, raise, raise_os};
use crate::sync::Deadline;
use crate::sys::lock::locked;

/// The arguments of a pool of this machine.
const OF_THIS_MACHINE: [&str; 4] = ["processes", "initializer", "initargs", "maxtasksperchild"];

/// Returns the pool that the arguments describe, whose `url` is argument 4; `None` if it is one of this machine.
///
/// # Errors
/// Wrong arguments; the server cannot be reached or used.
pub(in crate::stdlib::multiprocessing) fn construct(
    call: &mut Call<'_>,
) -> Result<Option<Dynamic>, Failure> {
    let Some(place) = place(call, 4)? else {
        return match (6..8).find(|at| call.has_value(*at)) {
            None => Ok(None),
            Some(_) => Err(raise(
                "ValueError",
                "lease and key_file are for a Pool on a server: url is missing",
            )),
        };
    };
    for (index, name) in OF_THIS_MACHINE.iter().enumerate() {
        if call.has_value(index) {
            let text = format!(
                "{name} is for workers of this machine: those of a Pool on a server are started by `procscript worker`"
            );
            return Err(raise("ValueError", text));
        }
    }
    let terms = Terms {
        name: place.name().into(),
        lease: lease(call, 6)?,
        key: key(call, 7)?,
    };
    let program = match terms.key {
        Some(_) => String::new(),
        None => hash_of_script(&call.interp.program)?,
    };
    let place = terms.place(&place.endpoint, &program);
    let place = place.map_err(|fault| failure(call.interp, fault, "TimeoutError"))?;
    let pool = Pool::open(call.interp, place, terms)?;
    Ok(Some(Dynamic::from(pool)))
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
            let pool: Pool = call.this();
            pool.belongs_here()?;
            let mut jobs = locked(&pool.0.jobs);
            if jobs.stage == Stage::Running {
                jobs.stage = Stage::Closed;
            }
            Ok(Dynamic::UNIT)
        })
        .method("terminate", &[], |call| {
            let pool: Pool = call.this();
            pool.belongs_here()?;
            pool.end(call.interp);
            Ok(Dynamic::UNIT)
        })
        .method("join", &[], join)
        .context(
            |call| {
                let pool: Pool = call.this();
                match locked(&pool.0.jobs).stage {
                    Stage::Running => Ok(call.receiver().clone()),
                    _ => Err(raise("ValueError", "Pool not running")),
                }
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

/// Waits until the tasks of a closed pool have ended, and ends its use.
fn join(call: &mut Call<'_>) -> Outcome {
    let pool: Pool = call.this();
    pool.belongs_here()?;
    match locked(&pool.0.jobs).stage {
        Stage::Running => return Err(raise("ValueError", "Pool is still running")),
        Stage::Terminated => return Ok(Dynamic::UNIT),
        Stage::Closed => (),
    }
    pool.wait(call.interp, Deadline::NEVER, |jobs| {
        jobs.is_idle().then_some(())
    })?;
    pool.end(call.interp);
    Ok(Dynamic::UNIT)
}
