//! The classes of dicts that keep their order: what their values hold.

use rhai::{Dynamic, FnPtr, Map, Variant};

use super::table::{Entry, Table};

/// A class of dicts.
pub(super) trait Keyed: Variant + Clone {
    fn table(&self) -> &Table;

    /// Returns another one with these entries.
    fn with_table(&self, table: Table) -> Self;
}

/// How often each thing occurs.
#[derive(Debug, Clone)]
pub(super) struct Counter(pub Table);

/// A dict whose order counts.
#[derive(Debug, Clone)]
pub(super) struct OrderedDict(pub Table);

/// A dict that makes what is missing when it is read.
#[derive(Debug, Clone)]
pub(super) struct DefaultDict {
    pub table: Table,
    pub factory: Option<FnPtr>,
}

impl Keyed for Counter {
    fn table(&self) -> &Table {
        &self.0
    }

    fn with_table(&self, table: Table) -> Self {
        Self(table)
    }
}

impl Keyed for OrderedDict {
    fn table(&self) -> &Table {
        &self.0
    }

    fn with_table(&self, table: Table) -> Self {
        Self(table)
    }
}

impl Keyed for DefaultDict {
    fn table(&self) -> &Table {
        &self.table
    }

    fn with_table(&self, table: Table) -> Self {
        Self {
            table,
            factory: self.factory.clone(),
        }
    }
}

/// Returns the table of a dict of one of these classes.
pub(super) fn table_of(value: &Dynamic) -> Option<Table> {
    fn of<T: Keyed>(value: &Dynamic) -> Option<Table> {
        Some(value.read_lock::<T>()?.table().clone())
    }
    of::<Counter>(value)
        .or_else(|| of::<DefaultDict>(value))
        .or_else(|| of::<OrderedDict>(value))
}

/// Returns the entries of a dict of any class.
pub(super) fn mapping(value: &Dynamic) -> Option<Vec<Entry>> {
    if let Some(map) = value.read_lock::<Map>() {
        let entry =
            |(key, value): (&rhai::Identifier, &Dynamic)| (key.to_string().into(), value.clone());
        return Some(map.iter().map(entry).collect());
    }
    table_of(value).map(|table| table.entries())
}
