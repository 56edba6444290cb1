//! Scripts that run on engines of the embedding program's own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

use rhai::{Engine, NativeCallContext};

use crate::script::exceptions::{Failure, raise};
use crate::script::interp::Interp;
use crate::sys::lock::locked;

/// What the natives know of the engines that call them.
#[derive(Debug, Default)]
pub(crate) struct Guest {
    is_guest: AtomicBool,
    /// The names under which engines have what is global in a runtime; an empty one is none.
    doors: Mutex<Vec<String>>,
    /// Those that a thread may run on.
    shared: Mutex<Vec<Weak<Engine>>>,
}

impl Guest {
    /// From now on the scripts of this process run on engines that nobody here has made, and that begin and end without a word.
    pub(crate) fn begin(&self) {
        self.is_guest.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_guest(&self) -> bool {
        self.is_guest.load(Ordering::Relaxed)
    }

    /// Some engine has everything under this name.
    pub(crate) fn add_door(&self, name: &str) {
        let mut doors = locked(&self.doors);
        if !doors.iter().any(|door| door == name) {
            doors.push(name.into());
        }
    }

    pub(crate) fn doors(&self) -> Vec<String> {
        locked(&self.doors).clone()
    }

    /// From now on threads may run on this engine.
    pub(crate) fn share(&self, engine: &Arc<Engine>) {
        let mut shared = locked(&self.shared);
        shared.retain(|other| other.strong_count() > 0);
        shared.push(Arc::downgrade(engine));
    }

    /// The engine a call is made on, for a thread to hold.
    ///
    /// # Errors
    /// `RuntimeError` when it is not shared.
    pub(crate) fn engine_of(&self, context: &NativeCallContext) -> Result<Arc<Engine>, Failure> {
        let engine: *const Engine = context.engine();
        let shared = locked(&self.shared);
        let mut alive = shared.iter().filter_map(Weak::upgrade);
        let found = alive.find(|other| std::ptr::eq(Arc::as_ptr(other), engine));
        found.ok_or_else(|| {
            let text = "the threads of this script cannot hold its engine: put the engine into an Arc and add \
                        `package.share(&engine);` before the script runs";
            raise("RuntimeError", text)
        })
    }
}

impl Interp {
    /// A call whose functions a spawned child could not compile.
    ///
    /// # Errors
    /// `RuntimeError` when the text of a script is not known.
    pub(crate) fn knows_texts(&self, context: &NativeCallContext) -> Result<(), Failure> {
        let libraries = &context.global_runtime_state().lib;
        let mut with_functions = libraries
            .iter()
            .filter(|library| library.iter_script_fn_info().next().is_some());
        let is_unknown = with_functions.any(|library| !self.program.knows(library.id()));
        if !self.guest.is_guest() || !is_unknown {
            return Ok(());
        }
        let text = "the text of this script is not known to the process that is to be started: compile the script with \
                    `package.compile(&engine, name, text)` instead of Engine::compile or Engine::eval";
        Err(raise("RuntimeError", text))
    }
}
