//! Objects on a server, in a program that was built without them: every one is refused.

#[path = "remote_off_pool.rs"]
mod pool;

use std::sync::Arc;

use rhai::{Array, Dynamic};

use super::managers::span::Span;
use crate::script::{Call, Failure, Interp, Outcome, Registry, State, raise};
use crate::sync::{Deadline, Splice};
use crate::wire::Unsendable;

pub(crate) use pool::{Rules as ServerRules, ServerOutcomes, ServerPool, executor_of};

/// What a process uses on servers: nothing.
#[derive(Debug, Default)]
pub(crate) struct Remotes;

impl State for Remotes {}

impl Remotes {
    pub(crate) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    pub(crate) fn end_pools(&self, _interp: &Interp) {}

    pub(crate) fn end_thread(&self, _interp: &Interp, _failed: bool) {}

    pub(crate) fn leave(&self, _interp: &Interp, _code: i32, _told_to_end: bool) {}
}

const MISSING: &str = "objects on a server need the feature `redis` of procscript, without which this program was built: build it with `--features redis`";

/// A queue on a server: there is none.
#[derive(Debug, Clone)]
pub(crate) enum RemoteQueue {}

/// What such a queue holds.
pub(crate) struct Look {
    pub waiting: i64,
    pub maxsize: i64,
}

/// Refuses `url`.
///
/// # Errors
/// `ImportError` if there is one.
pub(super) fn refuse(call: &mut Call<'_>, _class: &str, at: usize) -> Result<(), Failure> {
    let url = call.value(at);
    if url.is_unit() || url.into_string().is_ok_and(|url| url == "local:") {
        return Ok(());
    }
    Err(raise("ImportError", MISSING))
}

/// Refuses `url` for a lock or a semaphore.
///
/// # Errors
/// As [`refuse`].
pub(super) fn line(
    call: &mut Call<'_>,
    class: &str,
    at: usize,
) -> Result<Option<Dynamic>, Failure> {
    refuse(call, class, at).map(|()| None)
}

/// Refuses `url` for an event.
///
/// # Errors
/// As [`refuse`].
pub(super) fn event(call: &mut Call<'_>, at: usize) -> Result<Option<Dynamic>, Failure> {
    refuse(call, "Event", at).map(|()| None)
}

/// Refuses `url` for a Value.
///
/// # Errors
/// As [`refuse`].
pub(super) fn number(call: &mut Call<'_>) -> Result<Option<Dynamic>, Failure> {
    refuse(call, "Value", 3).map(|()| None)
}

/// Refuses `url` for a manager.
///
/// # Errors
/// As [`refuse`].
pub(super) fn manager(call: &mut Call<'_>) -> Result<Option<Dynamic>, Failure> {
    refuse(call, "Manager", 0).map(|()| None)
}
/// Refuses `url` for a pool.
///
/// # Errors
/// As [`refuse`].
pub(super) fn pool_of(call: &mut Call<'_>) -> Result<Option<Dynamic>, Failure> {
    refuse(call, "Pool", 4).map(|()| None)
}

/// There is no class for pools on a server.
pub(super) fn register_pool(_registry: &mut Registry) {}

/// There are no classes for objects on a server.
pub(super) fn register_lines(_registry: &mut Registry) {}

pub(super) fn register_event(_registry: &mut Registry) {}

pub(super) fn register_number(_registry: &mut Registry) {}

pub(super) fn register_manager(_registry: &mut Registry) {}

/// A container on a server: there is none.
#[derive(Debug, Clone)]
pub(crate) enum RemoteContainer {}

/// An entry of one.
type Entry = (Vec<u8>, Vec<u8>);

impl RemoteContainer {
    pub(crate) fn label(&self) -> u64 {
        match *self {}
    }

    pub(crate) fn place(&self) -> String {
        match *self {}
    }

    pub(crate) fn encode(&self, _: &Arc<Interp>, _: &Dynamic) -> Result<Vec<u8>, Failure> {
        match *self {}
    }

    pub(crate) fn decode(&self, _: &[u8]) -> Outcome {
        match *self {}
    }

    pub(crate) fn parts(&self) -> Result<Dynamic, Unsendable> {
        match *self {}
    }

    pub(crate) fn from_parts(_: &Arc<Interp>, _: Dynamic) -> Result<Self, String> {
        Err(MISSING.into())
    }

    pub(crate) fn changes(&self) -> u64 {
        match *self {}
    }

    pub(crate) fn len(&self) -> Result<usize, Failure> {
        match *self {}
    }

    pub(crate) fn clear(&self) -> Result<(), Failure> {
        match *self {}
    }

    pub(crate) fn has(&self, _: &[u8]) -> Result<bool, Failure> {
        match *self {}
    }

    pub(crate) fn get(&self, _: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        match *self {}
    }

    pub(crate) fn set(&self, _: &[(&[u8], &[u8])]) -> Result<(), Failure> {
        match *self {}
    }

    pub(crate) fn set_default(&self, _: &[u8], _: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        match *self {}
    }

    pub(crate) fn remove(&self, _: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        match *self {}
    }

    pub(crate) fn remove_last(&self) -> Result<Option<Entry>, Failure> {
        match *self {}
    }

    pub(crate) fn exchange(&self, _: &[u8], _: Option<&[u8]>, _: &[u8]) -> Result<bool, Failure> {
        match *self {}
    }

    pub(crate) fn read(&self, _: Span) -> Result<Option<(u64, Vec<Entry>)>, Failure> {
        match *self {}
    }

    pub(crate) fn splice(
        &self,
        _: Span,
        _: Option<u64>,
        _: &[&[u8]],
    ) -> Result<Splice<Vec<Vec<u8>>>, Failure> {
        match *self {}
    }

    pub(crate) fn exchange_at(&self, _: Span, _: &[u8], _: &[u8]) -> Result<bool, Failure> {
        match *self {}
    }

    pub(crate) fn reorder(&self, _: u64, _: &[usize]) -> Result<bool, Failure> {
        match *self {}
    }
}

impl RemoteQueue {
    pub(crate) fn construct(call: &mut Call<'_>, _joinable: bool) -> Result<Option<Self>, Failure> {
        refuse(call, "Queue", 1).map(|()| None)
    }

    pub(crate) fn put(&self, _: &Arc<Interp>, _: &Dynamic, _: Deadline) -> Result<(), Failure> {
        match *self {}
    }

    pub(crate) fn put_many(
        &self,
        _: &Arc<Interp>,
        _: &[Dynamic],
        _: Deadline,
    ) -> Result<(), Failure> {
        match *self {}
    }

    pub(crate) fn get(&self, _: &Arc<Interp>, _: Deadline) -> Outcome {
        match *self {}
    }

    pub(crate) fn get_many(
        &self,
        _: &Arc<Interp>,
        _: usize,
        _: Deadline,
    ) -> Result<Array, Failure> {
        match *self {}
    }

    pub(crate) fn task_done(&self, _: &Arc<Interp>) -> Outcome {
        match *self {}
    }

    pub(crate) fn join(&self, _: &Arc<Interp>, _: Deadline) -> Result<bool, Failure> {
        match *self {}
    }

    pub(crate) fn look(&self, _: &Arc<Interp>) -> Result<Look, Failure> {
        match *self {}
    }

    pub(crate) fn stats(&self, _: &Arc<Interp>) -> Outcome {
        match *self {}
    }

    pub(crate) fn dead_letters(&self, _: &Arc<Interp>) -> Outcome {
        match *self {}
    }

    pub(crate) fn close(&self, _: &Arc<Interp>) {
        match *self {}
    }

    pub(crate) fn repr(&self, _: &str) -> String {
        match *self {}
    }

    pub(crate) fn is_joinable(&self) -> bool {
        match *self {}
    }

    pub(crate) fn parts(&self) -> Result<Dynamic, Unsendable> {
        match *self {}
    }

    pub(crate) fn from_parts(_: Dynamic) -> Result<Self, String> {
        Err(MISSING.into())
    }
}
