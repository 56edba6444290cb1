//! A queue between threads: its items, its free slots, and the tasks that are not done yet.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use rhai::{Dynamic, NativeCallContext};

use super::order::Class;
use crate::script::{Failure, Interp, raise, raise_bare};
use crate::sync::{Deadline, Notice, Offset, WaitError, wait_kind};
use crate::sys::lock::locked;

/// A queue between threads. Clones are the same queue.
#[derive(Debug, Clone)]
pub(crate) struct Channel(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    class: Class,
    /// 0 for no limit.
    maxsize: usize,
    state: Mutex<State>,
    not_empty: Notice,
    not_full: Notice,
    all_done: Notice,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Dynamic>,
    /// Put and not yet reported done.
    unfinished: usize,
    is_shut: bool,
}

impl Channel {
    pub(super) fn new(class: Class, maxsize: usize) -> Self {
        Self(Arc::new(Inner {
            class,
            maxsize,
            state: Mutex::default(),
            not_empty: Notice::default(),
            not_full: Notice::default(),
            all_done: Notice::default(),
        }))
    }

    /// Returns the address by which it is compared with other objects of this process.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.0.state)
    }

    pub(super) fn class(&self) -> Class {
        self.0.class
    }

    pub(super) fn maxsize(&self) -> usize {
        self.0.maxsize
    }

    pub(super) fn len(&self) -> usize {
        self.state().items.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.maxsize != 0 && self.len() >= self.0.maxsize
    }

    pub(super) fn unfinished(&self) -> usize {
        self.state().unfinished
    }

    pub(super) fn is_shut(&self) -> bool {
        self.state().is_shut
    }

    /// Puts an item, waiting for room.
    ///
    /// # Errors
    /// `Full`, `ShutDown`; `TypeError` when a priority queue cannot order the item.
    pub(crate) fn put(
        &self,
        interp: &Interp,
        context: &NativeCallContext,
        item: Dynamic,
        deadline: Deadline,
    ) -> Result<(), Failure> {
        loop {
            {
                let mut state = self.state();
                if state.is_shut {
                    return Err(raise_bare("ShutDown"));
                }
                if self.0.maxsize == 0 || state.items.len() < self.0.maxsize {
                    self.0.class.insert(&mut state.items, item, context)?;
                    state.unfinished += 1;
                    break;
                }
            }
            let room = || !self.is_full() || self.is_shut();
            self.wait(interp, &self.0.not_full, deadline, "Full", room)?;
        }
        self.0.not_empty.notify(1);
        Ok(())
    }

    /// Takes the next item, waiting for one.
    ///
    /// # Errors
    /// `Empty`; `ShutDown` when the queue was shut down and nothing is left.
    pub(crate) fn get(&self, interp: &Interp, deadline: Deadline) -> Result<Dynamic, Failure> {
        let item = loop {
            {
                let mut state = self.state();
                if let Some(item) = state.items.pop_front() {
                    break item;
                }
                if state.is_shut {
                    return Err(raise_bare("ShutDown"));
                }
            }
            let some = || self.len() > 0 || self.is_shut();
            self.wait(interp, &self.0.not_empty, deadline, "Empty", some)?;
        };
        self.0.not_full.notify(1);
        Ok(item)
    }

    fn wait(
        &self,
        interp: &Interp,
        notice: &Notice,
        deadline: Deadline,
        late: &'static str,
        ready: impl Fn() -> bool,
    ) -> Result<(), Failure> {
        let session = interp.session()?;
        notice
            .wait_until(
                &session,
                (wait_kind::CHANNEL, Offset::NONE),
                deadline,
                ready,
            )
            .map_err(|error| match error {
                WaitError::TimedOut => raise_bare(late),
                _ => interp.interrupted(),
            })
    }

    /// Reports one task done.
    ///
    /// # Errors
    /// `ValueError` when there was none.
    pub(super) fn task_done(&self) -> Result<(), Failure> {
        let mut state = self.state();
        let Some(left) = state.unfinished.checked_sub(1) else {
            return Err(raise("ValueError", "task_done() called too many times"));
        };
        state.unfinished = left;
        drop(state);
        if left == 0 {
            self.0.all_done.notify(u32::MAX);
        }
        Ok(())
    }

    /// Waits until every task is done; false when the time ran out.
    pub(super) fn join(&self, interp: &Interp, deadline: Deadline) -> Result<bool, Failure> {
        let session = interp.session()?;
        let done = || self.unfinished() == 0;
        match self.0.all_done.wait_until(
            &session,
            (wait_kind::CHANNEL, Offset::NONE),
            deadline,
            done,
        ) {
            Ok(()) => Ok(true),
            Err(WaitError::TimedOut) => Ok(false),
            Err(_) => Err(interp.interrupted()),
        }
    }

    /// Forbids further puts. The remaining items may be taken; with `immediate` they are dropped, and each counts as a task done.
    pub(super) fn shut_down(&self, immediate: bool) {
        let mut state = self.state();
        state.is_shut = true;
        if immediate {
            let dropped = state.items.len();
            state.items.clear();
            state.unfinished = state.unfinished.saturating_sub(dropped);
        }
        drop(state);
        for notice in [&self.0.not_empty, &self.0.not_full, &self.0.all_done] {
            notice.notify(u32::MAX);
        }
    }
}
