//! Calling a script's function when the native that was given it has returned: in a new thread, or for a signal.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, Weak};

use rhai::{Dynamic, Engine, FnPtr, NativeCallContext};

use crate::script::Outcome;
use crate::script::exceptions::{Failure, raise};
use crate::script::interp::Interp;

/// The context of a function: engine, functions, constants and imports of the place where the function was passed.
#[derive(Clone)]
#[allow(deprecated)]
pub(crate) struct Caller {
    engine: Arc<Engine>,
    store: Arc<rhai::NativeCallContextStore>,
    /// The interpreter of a program that grows: its functions may be redefined before the call.
    growing: Option<Weak<Interp>>,
}

impl Caller {
    /// Returns the surroundings of a native's call.
    ///
    /// # Errors
    /// `RuntimeError` when the engine is not one of this crate's runtimes.
    #[allow(deprecated)]
    pub(crate) fn of(interp: &Arc<Interp>, context: &NativeCallContext) -> Result<Self, Failure> {
        let engine = match interp.host_engines.in_use() {
            true => interp.host_engines.engine_of(context)?,
            false => interp
                .engine()
                .ok_or_else(|| raise("RuntimeError", "the engine of this script has ended"))?,
        };
        let mut store = context.store_data();
        // The new thread has its own stack, so the count of recursion starts at 0.
        store.global.level = 0;
        // The constants are copied: they are behind a lock that all threads would queue for.
        if let Some(constants) = &store.global.constants {
            let own = constants
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            store.global.constants = Some(Arc::new(RwLock::new(own)));
        }
        let store = Arc::new(store);
        let growing = interp.program.grows().then(|| Arc::downgrade(interp));
        Ok(Self {
            engine,
            store,
            growing,
        })
    }

    /// Calls a function, with `this` if given.
    pub(crate) fn call(
        &self,
        function: &FnPtr,
        this: Option<&mut Dynamic>,
        args: Vec<Dynamic>,
    ) -> Outcome {
        self.with_context(|context| function.call_raw(context, this, args))
    }

    /// Calls `body` with the surroundings.
    #[allow(deprecated)]
    pub(crate) fn with_context<R>(&self, body: impl FnOnce(&NativeCallContext) -> R) -> R {
        let Some(interp) = self.growing.as_ref().and_then(Weak::upgrade) else {
            return body(&self.store.create_context(&self.engine));
        };
        let mut store = (*self.store).clone();
        store.global.lib = interp.program.libraries_now(&store.global.lib).into();
        body(&store.create_context(&self.engine))
    }
}

/// Returns how many arguments a script's function takes, besides what it has captured; `None` for a native, and for a name
/// with several definitions that differ in it.
pub(crate) fn parameters(interp: &Interp, function: &FnPtr) -> Option<usize> {
    let arity = interp.program.arity(function.fn_name())?;
    Some(arity.saturating_sub(function.curry().len()))
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").finish_non_exhaustive()
    }
}
