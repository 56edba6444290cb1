//! `Barrier`: Python's `multiprocessing.Barrier`, which also reports processes that cannot arrive any more.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Array, Dynamic, FnPtr};

use crate::script::call::seconds_to_duration;
use crate::script::codecs::optional;
use crate::script::{
    Call, Dialect, Failure, Interp, Outcome, Registry, raise, raise_bare, session_failure,
    type_name,
};
use crate::stdlib::multiprocessing::family::Family;
use crate::sync::{self, Arrival, BarrierError, Broken, Cause};
use crate::wire::kind;

/// A barrier shared between processes and threads.
#[derive(Debug, Clone)]
pub(crate) struct Barrier {
    shared: sync::Barrier,
    /// The function that the last to arrive calls.
    action: Option<FnPtr>,
    /// The time-out of a wait that names none.
    timeout: Option<Duration>,
    dialect: Dialect,
}

/// The barrier without its action, as one of the parts that are sent.
#[derive(Debug, Clone)]
struct Bare(sync::Barrier, Dialect);

fn parts_of(barrier: &Barrier) -> Dynamic {
    let action = barrier.action.clone();
    let timeout = barrier.timeout.map(|timeout| timeout.as_secs_f64());
    let parts: Array = vec![
        Dynamic::from(Bare(barrier.shared.clone(), barrier.dialect)),
        action.map_or(Dynamic::UNIT, Dynamic::from),
        timeout.map_or(Dynamic::UNIT, Dynamic::from_float),
    ];
    parts.into()
}

fn of_parts(parts: Dynamic) -> Result<Barrier, String> {
    let parts = parts.try_cast::<Array>();
    let parts = parts.and_then(|parts| <[Dynamic; 3]>::try_from(parts).ok());
    let [bare, action, timeout] = parts.ok_or("a barrier without its parts")?;
    let Bare(shared, dialect) = bare.try_cast().ok_or("a barrier without its place")?;
    Ok(Barrier {
        shared,
        action: optional(action)?,
        timeout: optional(timeout)?.and_then(seconds_to_duration),
        dialect,
    })
}

pub(super) fn register(registry: &mut Registry) {
    registry.codecs().by_place(
        &Dialect::marks(kind::BARRIER),
        |bare: &Bare| Some((bare.1.mark(kind::BARRIER), bare.0.handle().place())),
        |session, number, place| {
            let shared = sync::Barrier::open(session, place)?;
            Ok(Dynamic::from(Bare(shared, Dialect::of(number))))
        },
    );
    registry
        .class::<Barrier>("Barrier")
        .by_parts(
            "Barrier",
            |_, barrier| Ok(parts_of(barrier)),
            |_, parts| of_parts(parts),
        )
        .method("wait", &["timeout?"], wait)
        .method("reset", &[], |call| {
            let reset = call.this::<Barrier>().shared.reset();
            reset.map_err(session_failure)?;
            Ok(Dynamic::UNIT)
        })
        .method("abort", &[], |call| {
            let aborted = call.this::<Barrier>().shared.abort();
            aborted.map_err(session_failure)?;
            Ok(Dynamic::UNIT)
        })
        .getter("parties", |call| {
            Ok((call.this::<Barrier>().shared.parties() as i64).into())
        })
        .getter("n_waiting", |call| {
            let waiting = call.this::<Barrier>().shared.waiting();
            Ok((waiting.map_err(session_failure)? as i64).into())
        })
        .getter("broken", |call| {
            let broken = call.this::<Barrier>().shared.is_broken();
            Ok(broken.map_err(session_failure)?.into())
        })
        .repr(|call| repr(&call.this()));
}

/// `Barrier(parties, action, timeout)`, which follows the rules of a module or a manager.
pub(crate) fn create(call: &mut Call<'_>, dialect: Dialect) -> Outcome {
    let parties = match u64::try_from(call.int(0)?) {
        Ok(parties) if parties > 0 => parties,
        _ => return Err(raise("ValueError", "parties must be > 0")),
    };
    let action = match call.given(1) {
        None => None,
        Some(action) => {
            let found = type_name(&action);
            let text = format!("Barrier() action must be a function, not {found}");
            let action = call.callable(&action);
            Some(action.ok_or_else(|| raise("TypeError", text))?)
        }
    };
    let timeout = call.timeout(2)?;
    let session = call.interp.session()?;
    let shared = sync::Barrier::create(&session, parties).map_err(session_failure)?;
    Ok(Dynamic::from(Barrier {
        shared,
        action,
        timeout,
        dialect,
    }))
}

/// `barrier.wait(timeout)` returns the order, from 0, in which the caller arrived.
fn wait(call: &mut Call<'_>) -> Outcome {
    let barrier: Barrier = call.this();
    let timeout = call.timeout(0)?.or(barrier.timeout);
    let interp = call.interp;
    // A child that died before it reached the barrier is noticed when it is reaped.
    let reap = || drop(Family::of(interp).active_children(interp));
    let arrival = barrier
        .shared
        .arrive(timeout, barrier.action.is_some(), &reap)
        .map_err(|error| failure(interp, error))?;
    let index = match (arrival, &barrier.action) {
        (Arrival::Passed(index), _) => index,
        (Arrival::Last(acting), Some(action)) => {
            let _ = call.call(action, vec![])?;
            acting.complete().map_err(|error| failure(interp, error))?
        }
        (Arrival::Last(acting), None) => {
            acting.complete().map_err(|error| failure(interp, error))?
        }
    };
    Ok((index as i64).into())
}

fn failure(interp: &Arc<Interp>, error: BarrierError) -> Failure {
    match error {
        BarrierError::Broken(broken) => match explain(&broken) {
            None => raise_bare("BrokenBarrierError"),
            Some(text) => raise("BrokenBarrierError", text),
        },
        BarrierError::InAction => raise(
            "RuntimeError",
            "the action of a Barrier cannot wait at the same Barrier",
        ),
        BarrierError::Interrupted => interp.interrupted(),
        BarrierError::Session(error) => session_failure(error),
    }
}

/// Returns why the barrier broke, if that is known.
fn explain(broken: &Broken) -> Option<String> {
    let (came, parties) = (broken.came, broken.parties);
    let who = names(broken);
    let those = who.as_deref().unwrap_or("a process");
    Some(match broken.cause {
        Cause::Quiet => return None,
        Cause::TimedOut => {
            let missing = who.map_or(String::new(), |who| format!("; missing: {who}"));
            format!("timed out when {came} of {parties} parties had arrived{missing}")
        }
        Cause::Interrupted => format!("{those} was interrupted while it waited"),
        Cause::Died => format!("{those} ended while waiting at the barrier"),
        Cause::DiedActing => format!("{those} ended while running the action of the barrier"),
        Cause::TooFew => {
            format!("{those} ended, and too few parties are left: {came} of {parties} had arrived")
        }
    })
}

/// Returns the processes concerned: `worker-1 (pid 7), worker-2 (pid 8) and 3 more`.
fn names(broken: &Broken) -> Option<String> {
    let known: Vec<String> = broken
        .names
        .iter()
        .map(|(pid, name)| match pid {
            // It was killed before the session saw it.
            0 => name.clone(),
            _ => format!("{name} (pid {pid})"),
        })
        .collect();
    let more = broken.count - known.len() as u64;
    match (known.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(known.join(", ")),
        (false, more) => Some(format!("{} and {more} more", known.join(", "))),
    }
}

fn repr(barrier: &Barrier) -> Outcome {
    let shared = &barrier.shared;
    let state = if shared.is_broken().map_err(session_failure)? {
        "broken".to_string()
    } else {
        let waiting = shared.waiting().map_err(session_failure)?;
        format!("waiters={waiting}/{}", shared.parties())
    };
    let place = shared.handle().offset();
    let module = match barrier.dialect {
        Dialect::Multiprocessing => "multiprocessing.synchronize",
        Dialect::Threading => "threading",
    };
    Ok(format!("<{module}.Barrier at {place}: {state}>").into())
}
