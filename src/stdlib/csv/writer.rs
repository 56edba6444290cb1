//! `csv.writer` and `csv.DictWriter`.

use std::sync::Arc;

use rhai::{Array, Dynamic, Map};

use super::dialect::{self, Dialect};
use super::writing::line;
use crate::script::{Call, Failure, Outcome, Registry, raise};
use crate::stdlib::builtins::items_of;

pub(super) const PARAMS: &[&str] = super::reader::PARAMS;

pub(super) const DICT_PARAMS: &[&str] = &[
    "f",
    "fieldnames",
    "restval?",
    "extrasaction?",
    "dialect?",
    "delimiter?",
    "quotechar?",
    "escapechar?",
    "doublequote?",
    "skipinitialspace?",
    "lineterminator?",
    "quoting?",
];

/// A `csv.writer`.
#[derive(Debug, Clone)]
struct Writer(Arc<Target>);

/// A `csv.DictWriter`.
#[derive(Debug, Clone)]
struct DictWriter(Arc<Dicts>);

#[derive(Debug)]
struct Target {
    file: Dynamic,
    dialect: Dialect,
}

#[derive(Debug)]
struct Dicts {
    target: Target,
    names: Vec<String>,
    /// The value of fields that are missing.
    missing: Dynamic,
    /// Fields without a name are an error.
    refuses_others: bool,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Writer>("csv.writer")
        .method("writerow", &["row", "/"], |call| {
            let (writer, row) = (call.this::<Writer>(), call.value(0));
            let row = items_of(call, row)?;
            writer.0.write(call, &row)
        })
        .method("writerows", &["rows"], |call| {
            let (writer, rows) = (call.this::<Writer>(), call.value(0));
            for row in items_of(call, rows)? {
                let row = items_of(call, row)?;
                let _ = writer.0.write(call, &row)?;
            }
            Ok(Dynamic::UNIT)
        })
        .repr(|_| Ok("<_csv.writer object>".into()));
    registry
        .class::<DictWriter>("csv.DictWriter")
        .method("writeheader", &[], |call| {
            let writer: DictWriter = call.this();
            let names = writer.0.names.iter().cloned().map(Dynamic::from);
            writer.0.target.write(call, &names.collect::<Array>())
        })
        .method("writerow", &["rowdict", "/"], |call| {
            let (writer, row) = (call.this::<DictWriter>(), call.value(0));
            let fields = writer.0.fields(call, row)?;
            writer.0.target.write(call, &fields)
        })
        .method("writerows", &["rowdicts"], |call| {
            let (writer, rows) = (call.this::<DictWriter>(), call.value(0));
            for row in items_of(call, rows)? {
                let fields = writer.0.fields(call, row)?;
                let _ = writer.0.target.write(call, &fields)?;
            }
            Ok(Dynamic::UNIT)
        })
        .getter("fieldnames", |call| {
            let names = call.this::<DictWriter>().0.names.clone().into_iter();
            Ok(names.map(Dynamic::from).collect::<Array>().into())
        })
        .repr(|_| Ok("<csv.DictWriter object>".into()));
}

/// `csv.writer(csvfile, dialect="excel", …)`: the file is anything with a method `write`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let file = call.value(0);
    let dialect = dialect::arguments(call, 1)?;
    Ok(Dynamic::from(Writer(Arc::new(Target { file, dialect }))))
}

/// `csv.DictWriter(f, fieldnames, restval="", extrasaction="raise", dialect="excel", …)`.
pub(super) fn construct_dict(call: &mut Call<'_>) -> Outcome {
    let (file, names) = (call.value(0), call.value(1));
    let names = items_of(call, names)?;
    let names = names.iter().map(|name| call.str(name)).collect();
    let missing = match call.has(2) {
        true => call.value(2),
        false => "".into(),
    };
    let extras = call.string_or(3, "raise")?.to_lowercase();
    if !["raise", "ignore"].contains(&extras.as_str()) {
        let text = format!("extrasaction ({extras}) must be 'raise' or 'ignore'");
        return Err(raise("ValueError", text));
    }
    let dialect = dialect::arguments(call, 4)?;
    Ok(Dynamic::from(DictWriter(Arc::new(Dicts {
        target: Target { file, dialect },
        names,
        missing,
        refuses_others: extras == "raise",
    }))))
}

impl Target {
    /// Writes a row, and returns what the file's `write` returns.
    fn write(&self, call: &Call<'_>, fields: &[Dynamic]) -> Outcome {
        let line = line(call, &self.dialect, fields)?;
        let mut file = self.file.clone();
        call.method(&mut file, "write", vec![line.into()])
    }
}

impl Dicts {
    /// Returns the values of a map in the order of the names.
    fn fields(&self, call: &Call<'_>, row: Dynamic) -> Result<Array, Failure> {
        let row = row
            .try_cast_result::<Map>()
            .map_err(|found| call.mismatch(0, "a map", &found))?;
        let is_known = |name: &str| self.names.iter().any(|known| known == name);
        let others = row.keys().filter(|name| !is_known(name.as_str()));
        let others: Vec<_> = others.map(|name| format!("'{name}'")).collect();
        if self.refuses_others && !others.is_empty() {
            let others = others.join(", ");
            let text = format!("dict contains fields not in fieldnames: {others}");
            return Err(raise("ValueError", text));
        }
        let values = self.names.iter().map(|name| row.get(name.as_str()));
        Ok(values
            .map(|value| value.cloned().unwrap_or_else(|| self.missing.clone()))
            .collect())
    }
}
