//! Engines that the embedding program has made itself and on which its scripts run.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

use rhai::{Engine, NativeCallContext};

use crate::script::exceptions::{Failure, raise};
use crate::sys::lock::locked;

/// What natives know about the host's engines that call them.
#[derive(Debug, Default)]
pub(crate) struct HostEngines {
    in_use: AtomicBool,
    /// The names under which engines have what is global in a runtime. An empty name means that it is global there too.
    mounts: Mutex<Vec<String>>,
    /// The engines that a thread may run on.
    shared: Mutex<Vec<Weak<Engine>>>,
}

impl HostEngines {
    /// The scripts of this process run on the host's engines, which begin and end without notice.
    pub(crate) fn begin(&self) {
        self.in_use.store(true, Ordering::Relaxed);
    }

    /// Whether the scripts of this process run on the host's engines.
    pub(crate) fn in_use(&self) -> bool {
        self.in_use.load(Ordering::Relaxed)
    }

    /// An engine has everything under this name.
    pub(crate) fn add_mount(&self, name: &str) {
        let mut mounts = locked(&self.mounts);
        if !mounts.iter().any(|mount| mount == name) {
            mounts.push(name.into());
        }
    }

    pub(crate) fn mounts(&self) -> Vec<String> {
        locked(&self.mounts).clone()
    }

    /// Threads may run on this engine.
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
