//! Values that the host has given its scripts under a name.

use std::sync::{PoisonError, RwLock};

use rhai::{Dynamic, Map};

/// Constants of the host's: visible everywhere, in functions and in children too.
#[derive(Debug, Default)]
pub(crate) struct Given(RwLock<Map>);

impl Given {
    pub(crate) fn set(&self, name: &str, value: Dynamic) {
        let mut values = self.0.write().unwrap_or_else(PoisonError::into_inner);
        values.insert(name.into(), value.into_read_only());
    }

    pub(crate) fn get(&self, name: &str) -> Option<Dynamic> {
        let values = self.0.read().unwrap_or_else(PoisonError::into_inner);
        values.get(name).cloned()
    }

    pub(crate) fn all(&self) -> Map {
        let values = self.0.read().unwrap_or_else(PoisonError::into_inner);
        values.clone()
    }

    /// Takes the values of the parent, in a spawned child.
    pub(crate) fn adopt(&self, values: Map) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = values;
    }

    /// Forgets all values.
    pub(crate) fn forget(&self) {
        self.adopt(Map::new());
    }
}
