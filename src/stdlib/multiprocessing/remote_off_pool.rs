//! Executors on a server, in a program that was built without them: every one is refused.

use std::sync::Arc;

use rhai::{Array, FnPtr, NativeCallContext};

use super::super::pool::iterator::Taken;
use super::super::pool::open::Outlasting;
use super::super::pool::parcel::Ended;
use super::super::pool::promise::{Callback, Promise};
use super::refuse;
use crate::script::progress::Bar;
use crate::script::{Call, Failure, Interp, Outcome};
use crate::stdlib::builtins::lazy::Lazy;
use crate::sync::Deadline;

/// Refuses `url` for an executor.
///
/// # Errors
/// As [`refuse`].
pub(crate) fn executor_of(call: &mut Call<'_>) -> Result<Option<ServerPool>, Failure> {
    refuse(call, "ProcessPoolExecutor", 5).map(|()| None)
}

/// A pool on a server: there is none.
#[derive(Debug, Clone)]
pub(crate) enum ServerPool {}

/// What holds for a task of it.
#[derive(Debug, Default)]
pub(crate) struct Rules(());

/// What it does with many items.
#[derive(Debug, Clone)]
pub(crate) enum ServerOutcomes {}

impl ServerOutcomes {
    pub(crate) fn advance(&self, _: Deadline) -> Result<Taken, Failure> {
        match *self {}
    }

    pub(crate) fn give_up(&self) {
        match *self {}
    }
}

impl Outlasting for ServerPool {
    fn address(&self) -> usize {
        match *self {}
    }

    fn is_over(&self, _: &Arc<Interp>) -> bool {
        match *self {}
    }

    fn finish(&self, _: &Arc<Interp>) -> Result<(), Failure> {
        match *self {}
    }
}

impl ServerPool {
    pub(crate) fn outlasting(&self) -> Arc<dyn Outlasting> {
        match *self {}
    }

    pub(crate) fn address(&self) -> usize {
        match *self {}
    }

    pub(crate) fn is_open(&self) -> Result<(), Failure> {
        match *self {}
    }

    pub(crate) fn submit(
        &self,
        _: (&Arc<Interp>, &NativeCallContext),
        _: &FnPtr,
        _: Array,
        _: Rules,
    ) -> Result<Arc<Promise>, Failure> {
        match *self {}
    }

    pub(crate) fn map_lazily(
        &self,
        _: (&Arc<Interp>, &NativeCallContext),
        _: (&FnPtr, bool),
        _: Lazy,
        _: (usize, usize),
        _: Option<Arc<Bar>>,
    ) -> Result<ServerOutcomes, Failure> {
        match *self {}
    }

    pub(crate) fn settled(
        &self,
        _: &Arc<Interp>,
        _: &Promise,
        _: Deadline,
    ) -> Result<bool, Failure> {
        match *self {}
    }

    pub(crate) fn result(&self, _: &Arc<Interp>, _: &Promise, _: Deadline) -> Outcome {
        match *self {}
    }

    pub(crate) fn wait_until<T>(
        &self,
        _: &Arc<Interp>,
        _: Deadline,
        _: impl FnMut() -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        match *self {}
    }

    pub(crate) fn call_back(
        &self,
        _: &Arc<Interp>,
        _: &Promise,
        _: Callback,
    ) -> Result<(), Failure> {
        match *self {}
    }

    pub(crate) fn run_callbacks(&self, _: &Arc<Interp>) {
        match *self {}
    }

    pub(crate) fn cancel(&self, _: &Arc<Interp>, _: &Promise) -> Result<bool, Failure> {
        match *self {}
    }

    pub(crate) fn cancel_all(&self, _: &Arc<Interp>) -> Result<(), Failure> {
        match *self {}
    }

    pub(crate) fn is_running(&self, _: &Arc<Interp>, _: &Promise) -> Result<bool, Failure> {
        match *self {}
    }

    pub(crate) fn settle(&self, _: &Promise, _: Ended) {
        match *self {}
    }

    pub(crate) fn close(&self) -> Result<(), Failure> {
        match *self {}
    }
}
