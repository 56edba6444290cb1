//! `csv.reader` and `csv.DictReader`.

use std::any::TypeId;
use std::sync::{Arc, Mutex};

use rhai::{Array, Dynamic, Map};

use super::dialect;
use super::lines::Lines;
use super::reading::Rows;
use crate::script::{Call, Failure, Outcome, Registry};
use crate::stdlib::builtins::items_of;
use crate::sys::lock::locked;
use crate::text::str_of;

pub(super) const PARAMS: &[&str] = &[
    "csvfile",
    "dialect?",
    "delimiter?",
    "quotechar?",
    "escapechar?",
    "doublequote?",
    "skipinitialspace?",
    "lineterminator?",
    "quoting?",
];

pub(super) const DICT_PARAMS: &[&str] = &[
    "f",
    "fieldnames?",
    "restkey?",
    "restval?",
    "dialect?",
    "delimiter?",
    "quotechar?",
    "escapechar?",
    "doublequote?",
    "skipinitialspace?",
    "lineterminator?",
    "quoting?",
];

/// A `csv.reader`: rows are lists.
#[derive(Debug, Clone)]
struct ListReader(Arc<Mutex<Rows>>);

/// A `csv.DictReader`: rows are maps.
#[derive(Debug, Clone)]
struct DictReader(Arc<Mutex<Dicts>>);

#[derive(Debug)]
struct Dicts {
    rows: Rows,
    /// The names of the fields; those of the first row if the script has given none.
    names: Option<Vec<String>>,
    /// The name of the fields that have none, and the value of those that are missing.
    rest: (Option<String>, Dynamic),
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<ListReader>("csv.reader")
        .getter("line_num", |call| {
            Ok(locked(&call.this::<ListReader>().0).count.into())
        })
        .repr(|_| Ok("<_csv.reader object>".into()));
    registry.iterates(TypeId::of::<ListReader>(), |_, value| {
        let reader = value.cast::<ListReader>();
        Box::new(std::iter::from_fn(move || {
            let row = locked(&reader.0).next().transpose()?;
            Some(row.map(|fields| list(fields).into()))
        }))
    });
    registry
        .class::<DictReader>("csv.DictReader")
        .getter("line_num", |call| {
            Ok(locked(&call.this::<DictReader>().0).rows.count.into())
        })
        .getter("fieldnames", |call| {
            let reader: DictReader = call.this();
            let mut dicts = locked(&reader.0);
            dicts.read_names()?;
            let names = dicts.names.clone();
            Ok(names.map_or(Dynamic::UNIT, |names| list(names).into()))
        })
        .repr(|_| Ok("<csv.DictReader object>".into()));
    registry.iterates(TypeId::of::<DictReader>(), |_, value| {
        let reader = value.cast::<DictReader>();
        Box::new(std::iter::from_fn(move || {
            let row = locked(&reader.0).next().transpose()?;
            Some(row.map(Dynamic::from))
        }))
    });
}

fn list(fields: Vec<String>) -> Array {
    fields.into_iter().map(Dynamic::from).collect()
}

/// `csv.reader(csvfile, dialect="excel", …)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let source = call.value(0);
    let dialect = dialect::arguments(call, 1)?;
    let rows = Rows::new(Lines::of(call, source)?, &dialect);
    Ok(Dynamic::from(ListReader(Arc::new(Mutex::new(rows)))))
}

/// `csv.DictReader(f, fieldnames=None, restkey=None, restval=None, dialect="excel", …)`.
pub(super) fn construct_dict(call: &mut Call<'_>) -> Outcome {
    let source = call.value(0);
    let names = match call.given(1) {
        None => None,
        Some(names) => {
            let names = items_of(call, names)?;
            Some(names.iter().map(|name| call.str(name)).collect())
        }
    };
    let rest = (call.given(2).map(|name| call.str(&name)), call.value(3));
    let dialect = dialect::arguments(call, 4)?;
    let rows = Rows::new(Lines::of(call, source)?, &dialect);
    let dicts = Dicts { rows, names, rest };
    Ok(Dynamic::from(DictReader(Arc::new(Mutex::new(dicts)))))
}

impl Dicts {
    /// Reads the names of the fields, if they are those of the first row.
    fn read_names(&mut self) -> Result<(), Failure> {
        if self.names.is_none() {
            self.names = self.rows.next()?;
        }
        Ok(())
    }

    /// Returns the next row that is not empty.
    fn next(&mut self) -> Result<Option<Map>, Failure> {
        self.read_names()?;
        let Some(names) = &self.names else {
            return Ok(None);
        };
        let fields = loop {
            match self.rows.next()? {
                None => return Ok(None),
                Some(fields) if fields.is_empty() => (),
                Some(fields) => break fields,
            }
        };
        let (rest_name, missing) = &self.rest;
        let mut fields = fields.into_iter();
        let mut row = Map::new();
        for name in names {
            let value = fields.next().map_or_else(|| missing.clone(), Dynamic::from);
            row.insert(name.as_str().into(), value);
        }
        let rest: Vec<String> = fields.collect();
        if !rest.is_empty() {
            // In Python the name of the rest is `None`, which is no key here.
            let none = || str_of(&Dynamic::UNIT, &|_| None);
            let name = rest_name.clone().unwrap_or_else(none);
            row.insert(name.into(), list(rest).into());
        }
        Ok(Some(row))
    }
}
