//! `Object`: attributes and methods of a script, shared by reference within a process.

use std::sync::{Arc, Mutex};

use rhai::{Array, Dynamic, FnPtr, Map};

use crate::script::caller::Caller;
use crate::sys::lock::locked;

/// The name under which objects are shown.
pub(super) const OBJECT: &str = "Object";

/// The name of those that `argparse` makes.
pub(in crate::stdlib) const NAMESPACE: &str = "Namespace";

/// The name of those that are the modules of files.
pub(super) const MODULE: &str = "module";

/// An object of a script.
#[derive(Debug, Clone)]
pub(in crate::stdlib) struct Object(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// The name under which it is shown.
    class: &'static str,
    attributes: Mutex<Map>,
    /// The surroundings in which `__iter__` was set: a loop has none of its own.
    iterates_in: Mutex<Option<Caller>>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Object").finish_non_exhaustive()
    }
}

impl Object {
    pub(super) fn new(attributes: Map) -> Self {
        Self::named(OBJECT, attributes)
    }

    /// Returns an object that is shown under the name of a class of Python's.
    pub(in crate::stdlib) fn named(class: &'static str, attributes: Map) -> Self {
        let mut inner = Inner::default();
        inner.class = class;
        *locked(&inner.attributes) = attributes;
        Self(Arc::new(inner))
    }

    /// Reads or changes the attributes. Nothing of a script runs meanwhile.
    pub(in crate::stdlib) fn with<T>(&self, look: impl FnOnce(&mut Map) -> T) -> T {
        look(&mut locked(&self.0.attributes))
    }

    /// Returns the name under which it is shown.
    pub(in crate::stdlib) fn class(&self) -> &'static str {
        self.0.class
    }

    pub(super) fn get(&self, name: &str) -> Option<Dynamic> {
        self.with(|attributes| attributes.get(name).cloned())
    }

    /// Returns a method of the script.
    pub(in crate::stdlib) fn function(&self, name: &str) -> Option<FnPtr> {
        self.get(name)?.try_cast::<FnPtr>()
    }

    pub(in crate::stdlib) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Notes the surroundings in which `__iter__` was set.
    pub(super) fn iterate_in(&self, caller: Caller) {
        *locked(&self.0.iterates_in) = Some(caller);
    }

    /// Returns the surroundings in which `__iter__` was set.
    pub(super) fn iterates_in(&self) -> Option<Caller> {
        locked(&self.0.iterates_in).clone()
    }
}

/// Objects may form a chain of any length, so what is inside is dropped one after another.
impl Drop for Inner {
    fn drop(&mut self) {
        let attributes = std::mem::take(&mut *locked(&self.attributes));
        let mut pending: Vec<Dynamic> = attributes.into_values().collect();
        while let Some(value) = pending.pop() {
            if value.is_shared() {
                continue;
            }
            if let Some(object) = value.read_lock::<Object>().map(|object| object.clone()) {
                drop(value);
                if let Some(inner) = Arc::into_inner(object.0) {
                    pending.extend(std::mem::take(&mut *locked(&inner.attributes)).into_values());
                }
            } else if value.is_array() {
                pending.extend(value.try_cast::<Array>().into_iter().flatten());
            } else if value.is_map() {
                let map = value.try_cast::<Map>().unwrap_or_default();
                pending.extend(map.into_values());
            }
        }
    }
}
