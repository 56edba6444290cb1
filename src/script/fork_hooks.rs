//! What the embedding program wants done around a fork: it may have threads that have to be laid down for it.

use crate::sys::lock::locked;
use std::fmt;
use std::sync::{Arc, Mutex};

type Hook = Box<dyn Fn() + Send + Sync>;

/// What is called before a fork, and after it in the parent and in the child.
pub(crate) struct ForkHooks {
    before: Hook,
    in_parent: Hook,
    in_child: Hook,
}

impl ForkHooks {
    pub(crate) fn new(
        before: impl Fn() + Send + Sync + 'static,
        in_parent: impl Fn() + Send + Sync + 'static,
        in_child: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self {
            before: Box::new(before),
            in_parent: Box::new(in_parent),
            in_child: Box::new(in_child),
        }
    }
}

impl fmt::Debug for ForkHooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForkHooks").finish_non_exhaustive()
    }
}

/// The hooks of one process: a child has none.
#[derive(Debug, Default)]
pub(crate) struct AroundFork(Mutex<Option<Arc<ForkHooks>>>);

impl AroundFork {
    pub(crate) fn set(&self, hooks: Option<ForkHooks>) {
        *locked(&self.0) = hooks.map(Arc::new);
    }

    /// This is a child now: its own children are none of the embedding program's business.
    pub(crate) fn begin_child(&self) {
        if let Some(hooks) = locked(&self.0).take() {
            (hooks.in_child)();
        }
    }

    /// A fork may follow: what has to be done before it is done.
    ///
    /// Until the result is dropped nothing may print, or wait for anybody: the threads that are laid down may be those that
    /// carry what is printed.
    pub(crate) fn prepare(&self) -> Prepared {
        let hooks = locked(&self.0).clone();
        if let Some(hooks) = &hooks {
            (hooks.before)();
        }
        Prepared(hooks)
    }
}

/// Between the hooks; the drop calls that of the parent.
#[must_use]
#[derive(Debug)]
pub(crate) struct Prepared(Option<Arc<ForkHooks>>);

impl Prepared {
    /// This is the child, which has [begun](AroundFork::begin_child) or will.
    pub(crate) fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        if let Some(hooks) = &self.0 {
            (hooks.in_parent)();
        }
    }
}
