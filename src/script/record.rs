//! A tuple whose items have names: what a class of `collections.namedtuple` makes. Its values never change.

use std::sync::Arc;

use rhai::{Array, Dynamic, ImmutableString};

use crate::script::dropping::drop_flat;

/// A class of such tuples.
#[derive(Debug)]
pub(crate) struct RecordClass {
    pub name: ImmutableString,
    pub fields: Vec<ImmutableString>,
    /// The values of the last fields, for calls without them.
    pub defaults: Array,
}

/// A tuple. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Record(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    class: Arc<RecordClass>,
    values: Array,
}

impl Drop for Inner {
    fn drop(&mut self) {
        drop_flat(std::mem::take(&mut self.values));
    }
}

impl RecordClass {
    pub(crate) fn place_of(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|name| name == field)
    }

    /// Returns the default of the field at this place.
    pub(crate) fn default_of(&self, place: usize) -> Option<&Dynamic> {
        let first = self.fields.len() - self.defaults.len();
        self.defaults.get(place.checked_sub(first)?)
    }
}

impl Record {
    /// Returns a tuple of this class: `values` are as many as it has fields.
    pub(crate) fn new(class: Arc<RecordClass>, values: Array) -> Self {
        Self(Arc::new(Inner { class, values }))
    }

    pub(crate) fn class(&self) -> &Arc<RecordClass> {
        &self.0.class
    }

    pub(crate) fn values(&self) -> &Array {
        &self.0.values
    }

    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(crate) fn field(&self, name: &str) -> Option<Dynamic> {
        let place = self.class().place_of(name)?;
        self.values().get(place).cloned()
    }
}
