//! Engines that the host has created itself and on which its scripts run.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use rhai::{Engine, NativeCallContext};

use crate::script::exceptions::{Failure, raise};
use crate::script::host_settings::{self, HostSettings};
use crate::sys::lock::locked;

/// The host's engines, as the natives that they call know them.
#[derive(Debug, Default)]
pub(crate) struct HostEngines {
    in_use: AtomicBool,
    /// The names under which engines have the functions that are global in a runtime; an empty name if they are global there too.
    mounts: Mutex<Vec<String>>,
    /// An engine does not ask the package at each step or each variable, which limits need.
    has_unchecked: AtomicBool,
    /// The engines that a thread may run on.
    shared: Mutex<Vec<Weak<Engine>>>,
    /// What is known about the engines on which processes were started, by their addresses.
    known: Mutex<HashMap<usize, Known>>,
    /// The operators and words of syntax that engines of children have.
    keywords: OnceLock<BTreeSet<String>>,
}

/// What is known about an engine.
#[derive(Debug, Clone)]
struct Known {
    settings: HostSettings,
    keywords: BTreeSet<String>,
}

impl HostEngines {
    /// Notes that the scripts of this process run on the host's engines, which may appear and end at any time.
    pub(crate) fn begin(&self) {
        self.in_use.store(true, Ordering::Relaxed);
    }

    /// Returns whether the scripts of this process run on the host's engines.
    pub(crate) fn in_use(&self) -> bool {
        self.in_use.load(Ordering::Relaxed)
    }

    /// Notes an engine on which some limits do not hold.
    pub(crate) fn note_unchecked(&self) {
        self.has_unchecked.store(true, Ordering::Relaxed);
    }

    /// Returns whether there is an engine on which some limits do not hold.
    pub(crate) fn has_unchecked(&self) -> bool {
        self.has_unchecked.load(Ordering::Relaxed)
    }

    /// Adds a name under which an engine has everything.
    pub(crate) fn add_mount(&self, name: &str) {
        let mut mounts = locked(&self.mounts);
        if !mounts.iter().any(|mount| mount == name) {
            mounts.push(name.into());
        }
    }

    pub(crate) fn mounts(&self) -> Vec<String> {
        locked(&self.mounts).clone()
    }

    /// Allows threads to run on this engine.
    pub(crate) fn share(&self, engine: &Arc<Engine>) {
        let mut shared = locked(&self.shared);
        shared.retain(|other| other.strong_count() > 0);
        shared.push(Arc::downgrade(engine));
    }

    /// Notes the operators and words of syntax that engines of children have.
    pub(crate) fn set_keywords(&self, of_children: &Engine) {
        let _ = self.keywords.set(host_settings::keywords(of_children));
    }

    /// Returns an operator, or a word of syntax, that the engine has and those of children have not.
    pub(crate) fn missing(&self, engine: &Engine) -> Option<String> {
        let of_children = self.keywords.get()?;
        let known = self.known(engine);
        known.keywords.difference(of_children).next().cloned()
    }

    /// Forgets what is known about engines, one of which has ended.
    pub(crate) fn forget_known(&self) {
        locked(&self.known).clear();
    }

    /// Returns the settings of an engine that its children get.
    pub(crate) fn settings(&self, engine: &Engine) -> HostSettings {
        self.known(engine).settings
    }

    fn known(&self, engine: &Engine) -> Known {
        let address = std::ptr::from_ref(engine).addr();
        let mut known = locked(&self.known);
        let new = || Known {
            settings: HostSettings::of(engine),
            keywords: host_settings::keywords(engine),
        };
        known.entry(address).or_insert_with(new).clone()
    }

    /// Returns the engine of a call, for a thread to hold.
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
