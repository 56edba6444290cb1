//! `wait` and `as_completed`: for several futures, of any executors.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use rhai::{Array, Dynamic, Map};

use super::doers::Doers;
use super::future::Future;
use crate::script::{Call, Failure, Interp, Namespace, Outcome, Registry, raise, type_name};
use crate::stdlib::builtins::items_of;
use crate::sync::Deadline;
use crate::sys::lock::locked;

/// What `wait` may wait for.
pub(super) const CONDITIONS: [&str; 3] = ["FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"];

pub(super) fn register(futures: &mut Namespace<'_>) {
    futures
        .function("wait", &["fs", "timeout?", "return_when?"], wait)
        .global("as_completed", &["fs", "timeout?"], as_completed);
}

pub(super) fn register_types(registry: &mut Registry) {
    registry
        .class::<Completed>("as_completed")
        .by_address(|completed: &Completed| Arc::as_ptr(&completed.state).addr())
        .repr(|_| Ok("<concurrent.futures.as_completed iterator>".into()));
    registry
        .members()
        .set_iterator_result::<Completed, Dynamic>();
}

/// The futures of parameter 0, each once.
fn futures(call: &mut Call<'_>) -> Result<Vec<Future>, Failure> {
    let list = call.value(0);
    let mut found: Vec<Future> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for (index, item) in items_of(call, list)?.into_iter().enumerate() {
        let class = type_name(&item);
        let future = item.try_cast::<Future>().ok_or_else(|| {
            let name = call.name();
            let text = format!("{name}() argument 'fs' must be a list of futures; item {index} of it is of type {class}");
            raise("TypeError", text)
        })?;
        if known.insert(future.address()) {
            found.push(future);
        }
    }
    Ok(found)
}

/// The pools of futures, each once.
fn pools(futures: &[Future]) -> Vec<Doers> {
    let mut found: Vec<Doers> = Vec::new();
    for future in futures {
        let pool = future.pool();
        if !found.iter().any(|other| other.address() == pool.address()) {
            found.push(pool.clone());
        }
    }
    found
}

/// `wait(fs, timeout, return_when)`: a map of the futures that are `done` and of those that are `not_done`.
fn wait(call: &mut Call<'_>) -> Outcome {
    let futures = futures(call)?;
    let deadline = call.timeout(1)?.map_or(Deadline::NEVER, Deadline::after);
    let condition = call.string_or(2, "ALL_COMPLETED")?;
    let is_enough: fn(&[Future]) -> bool = match condition.as_str() {
        "ALL_COMPLETED" => |all| all.iter().all(Future::is_done),
        "FIRST_COMPLETED" => |all| all.iter().any(Future::is_done),
        "FIRST_EXCEPTION" => |all| all.iter().any(Future::threw) || all.iter().all(Future::is_done),
        other => {
            let text = format!("Invalid return condition: '{other}'");
            return Err(raise("ValueError", text));
        }
    };
    if !futures.is_empty() {
        let ready = || is_enough(&futures).then_some(());
        Doers::wait_for_any(&pools(&futures), call.interp, deadline, ready)?;
    }
    let (done, not_done): (Vec<_>, Vec<_>) = futures.into_iter().partition(Future::is_done);
    let list = |futures: Vec<Future>| -> Dynamic {
        futures
            .into_iter()
            .map(Dynamic::from)
            .collect::<Array>()
            .into()
    };
    let mut result = Map::new();
    result.insert("done".into(), list(done));
    result.insert("not_done".into(), list(not_done));
    Ok(result.into())
}

/// `as_completed(fs, timeout)`: an iterator over the futures, in the order in which they are done.
fn as_completed(call: &mut Call<'_>) -> Outcome {
    let pending = futures(call)?;
    let deadline = call.timeout(1)?.map_or(Deadline::NEVER, Deadline::after);
    Ok(Dynamic::from(Completed {
        interp: call.interp.clone(),
        deadline,
        count: pending.len(),
        state: Arc::new(Mutex::new(State {
            done: VecDeque::new(),
            pending,
        })),
    }))
}

/// Futures in the order in which they are done. Clones are the same iterator.
#[derive(Debug, Clone)]
struct Completed {
    interp: Arc<Interp>,
    deadline: Deadline,
    count: usize,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// Those that are done and have not been given, in their order.
    done: VecDeque<Future>,
    pending: Vec<Future>,
}

impl Completed {
    /// Takes the next future that is done; `None` at the end.
    fn advance(&self) -> Result<Option<Future>, Failure> {
        loop {
            let pending = {
                let mut state = locked(&self.state);
                state.sort();
                if let Some(next) = state.done.pop_front() {
                    return Ok(Some(next));
                }
                state.pending.clone()
            };
            if pending.is_empty() {
                return Ok(None);
            }
            let ready = || pending.iter().any(Future::is_done).then_some(());
            let ready = Doers::wait_for_any(&pools(&pending), &self.interp, self.deadline, ready)?;
            if ready.is_none() {
                // A loop without a body goes on after an error.
                locked(&self.state).pending.clear();
                let (left, count) = (pending.len(), self.count);
                let text = format!("{left} (of {count}) futures unfinished");
                return Err(raise("TimeoutError", text));
            }
        }
    }
}

impl State {
    /// Moves the futures that are done.
    fn sort(&mut self) {
        if !self.done.is_empty() {
            return;
        }
        let mut done: Vec<_> = self
            .pending
            .extract_if(.., |future| future.is_done())
            .collect();
        done.sort_by_key(Future::place);
        self.done = done.into();
    }
}

impl Iterator for Completed {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        let next = self.advance().transpose();
        next.map(|future| future.map(Dynamic::from))
    }
}
