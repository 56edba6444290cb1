//! Hooks of the host around a fork: it may have threads that must not exist during one.

use std::fmt;
use std::sync::{Arc, Mutex};

use crate::sys::lock::locked;

type Hook = Option<Box<dyn Fn() + Send + Sync>>;

/// Functions to call around each fork by which a child is started, as with `pthread_atfork(3)`.
///
/// A process with several threads is never forked: a host stops threads of its own in [`before`](Self::before) and starts them again in
/// [`in_parent`](Self::in_parent). A forked child has copies of all descriptors: [`in_child`](Self::in_child) may close those that only
/// the host should have. No hook is called when a child is spawned, or in a child for its own children.
///
/// # Example
/// ```
/// use procscript::{ForkHooks, Runtime, StartMethod};
///
/// let hooks = ForkHooks::new()
///     .before(|| println!("stopping the logger"))
///     .in_parent(|| println!("starting the logger"));
/// let runtime = Runtime::builder().start_method(StartMethod::Fork).around_fork(hooks).build()?;
/// # drop(runtime);
/// # Ok::<(), procscript::Error>(())
/// ```
#[derive(Default)]
#[must_use]
pub struct ForkHooks {
    before: Hook,
    in_parent: Hook,
    in_child: Hook,
}

impl ForkHooks {
    /// No hooks yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls `hook` in the parent before the fork, before the parent counts its threads.
    pub fn before(mut self, hook: impl Fn() + Send + Sync + 'static) -> Self {
        self.before = Some(Box::new(hook));
        self
    }

    /// Calls `hook` in the parent after the fork, also when the fork failed.
    pub fn in_parent(mut self, hook: impl Fn() + Send + Sync + 'static) -> Self {
        self.in_parent = Some(Box::new(hook));
        self
    }

    /// Calls `hook` in the child after the fork, before the child does anything else.
    pub fn in_child(mut self, hook: impl Fn() + Send + Sync + 'static) -> Self {
        self.in_child = Some(Box::new(hook));
        self
    }
}

fn call(hook: &Hook) {
    if let Some(hook) = hook {
        hook();
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

    /// Calls the hook for a child, and forgets the hooks: the child's own children do not concern the host.
    pub(crate) fn begin_child(&self) {
        if let Some(hooks) = locked(&self.0).take() {
            call(&hooks.in_child);
        }
    }

    /// Runs the hook that must run before a fork.
    ///
    /// Until the result is dropped nothing may print, or wait for anybody: the stopped threads may be those that
    /// carry what is printed.
    pub(crate) fn prepare(&self) -> Prepared {
        let hooks = locked(&self.0).clone();
        if let Some(hooks) = &hooks {
            call(&hooks.before);
        }
        Prepared(hooks)
    }
}

/// The time between the hooks; dropping it calls the parent's.
#[must_use]
#[derive(Debug)]
pub(crate) struct Prepared(Option<Arc<ForkHooks>>);

impl Prepared {
    /// Skips the parent's hook, in a child that calls [`AroundFork::begin_child`] instead.
    pub(crate) fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        if let Some(hooks) = &self.0 {
            call(&hooks.in_parent);
        }
    }
}
