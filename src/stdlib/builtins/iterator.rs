//! A value that gives its items one by one, each made when it is asked for: what `re.finditer` and the functions of `itertools` return.

use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError, Weak};
use std::thread::{self, ThreadId};
use std::time::Duration;

use crate::script::dropping::drop_other;
use crate::script::{Failure, Interp, Outcome, raise};
use crate::sync::wait_kind;
use crate::sys::lock::locked;

/// Makes the next item; `None` at the end.
type Next = Box<dyn FnMut() -> Option<Outcome> + Send + Sync>;

/// The time between two looks whether another thread has its item.
const INTERVAL: Duration = Duration::from_millis(1);

/// The items that have not been taken. Clones take from the same.
#[derive(Clone)]
pub(in crate::stdlib) struct Iter(Arc<Inner>);

struct Inner {
    interp: Weak<Interp>,
    name: &'static str,
    /// `None` at the end.
    next: Mutex<Option<Next>>,
    /// The thread for which an item is being made.
    user: Mutex<Option<ThreadId>>,
}

impl Iter {
    /// Returns an iterator; `name` is what `repr` shows.
    pub(in crate::stdlib) fn new(
        interp: &Arc<Interp>,
        name: &'static str,
        next: impl FnMut() -> Option<Outcome> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            interp: Arc::downgrade(interp),
            name,
            next: Mutex::new(Some(Box::new(next))),
            user: Mutex::new(None),
        }))
    }

    pub(super) fn name(&self) -> &'static str {
        self.0.name
    }

    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Waits until this thread may make an item.
    fn enter(&self) -> Result<MutexGuard<'_, Option<Next>>, Failure> {
        let attempt = || match self.0.next.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        };
        if let Some(guard) = attempt() {
            return Ok(guard);
        }
        // A function that makes the items asks for one itself.
        if *locked(&self.0.user) == Some(thread::current().id()) {
            return Err(raise("ValueError", "generator already executing"));
        }
        let interp = self.0.interp.upgrade();
        let interp = interp.ok_or_else(|| raise("RuntimeError", "the runtime has ended"))?;
        interp.wait_for(wait_kind::TIME, None, |most| {
            thread::sleep(most.min(INTERVAL));
            Ok(attempt())
        })
    }
}

/// An iterator may take its items from another one, and so on.
impl Drop for Inner {
    fn drop(&mut self) {
        drop_other(locked(&self.next).take());
    }
}

thread_local! {
    /// How many iterators are making an item for one another.
    static LEVEL: Cell<usize> = const { Cell::new(0) };
}

/// The most of these.
const LEVELS: usize = 500;

/// One of these.
struct Level;

impl Level {
    fn enter() -> Result<Self, Failure> {
        let level = LEVEL.get();
        if level >= LEVELS {
            let text = format!("more than {LEVELS} iterators are inside one another");
            return Err(raise("RecursionError", text));
        }
        LEVEL.set(level + 1);
        Ok(Self)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        LEVEL.set(LEVEL.get() - 1);
    }
}

impl Iterator for Iter {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        let entered = Level::enter().and_then(|level| Ok((level, self.enter()?)));
        let (_level, mut next) = match entered {
            Ok(both) => both,
            Err(error) => return Some(Err(error)),
        };
        let make = next.as_mut()?;
        *locked(&self.0.user) = Some(thread::current().id());
        let item = make();
        *locked(&self.0.user) = None;
        if item.is_none() {
            *next = None;
        }
        item
    }
}

impl fmt::Debug for Iter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").field("name", &self.0.name).finish()
    }
}
