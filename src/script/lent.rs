//! A list that a variable lends to a call, which reads it where it is instead of getting a copy.
//!
//! The variable holds this in place of the list as long as the call takes (`runtime/rewriting/lending.rs`). Only methods that say so get one
//! ([`Class::lends`](super::Class::lends)).

use std::sync::Arc;

use rhai::{Array, Dynamic};

/// A list that is only read. Clones are the same list.
#[derive(Debug, Clone)]
pub(crate) struct Lent(Arc<Array>);

impl Lent {
    pub(crate) fn new(list: Array) -> Self {
        Self(Arc::new(list))
    }

    pub(crate) fn items(&self) -> &[Dynamic] {
        &self.0
    }

    /// Returns the list. It is a copy if somebody still reads it.
    pub(crate) fn into_list(self) -> Array {
        Arc::try_unwrap(self.0).unwrap_or_else(|read| (*read).clone())
    }
}
