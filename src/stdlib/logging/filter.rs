//! Filters: which records pass.
//!
//! A filter is a function of the script, an object with a method `filter`, or a `logging.Filter`, which passes the records of a logger and of
//! those below it.

use rhai::Dynamic;

use super::record::LogRecord;
use super::site::Site;
use crate::script::{Call, Failure, Outcome, Registry, raise, truth, type_name};

/// `logging.Filter(name)`.
#[derive(Debug, Clone)]
struct Filter(String);

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Filter>("logging.Filter")
        .by_parts(
            "Filter",
            |_, filter: &Filter| Ok(filter.0.clone().into()),
            |_, name| Ok(Filter(name.to_string())),
        )
        .method("filter", &["record"], |call| {
            let (filter, record) = (call.this::<Filter>(), call.value(0));
            let record = record.read_lock::<LogRecord>();
            Ok(record.is_none_or(|record| filter.passes(&record)).into())
        })
        .getter("name", |call| Ok(call.this::<Filter>().0.into()))
        .repr(|_| Ok("<logging.Filter object>".into()));
}

/// `logging.Filter(name="")`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let name = call.string_or(0, "")?;
    Ok(Dynamic::from(Filter(name.into())))
}

impl Filter {
    fn passes(&self, record: &LogRecord) -> bool {
        let name = record.value("name").to_string();
        let rest = name.strip_prefix(&self.0);
        self.0.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// Returns whether a record passes all of these filters.
///
/// # Errors
/// Those of a filter.
pub(super) fn pass(
    site: &Site<'_>,
    filters: &[Dynamic],
    record: &LogRecord,
) -> Result<bool, Failure> {
    for filter in filters {
        let passes = match filter.read_lock::<Filter>() {
            Some(filter) => filter.passes(record),
            None => {
                let args = vec![Dynamic::from(record.clone())];
                let answer = site.call(filter, "filter", args);
                truth(&answer.unwrap_or(Ok(true.into()))?)
            }
        };
        if !passes {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Parameter 0 as a filter.
pub(super) fn argument(call: &mut Call<'_>) -> Result<Dynamic, Failure> {
    let filter = call.value(0);
    if filter.is::<Filter>() || Site::of(call).is_callable(&filter, "filter") {
        return Ok(filter);
    }
    let found = type_name(&filter);
    let text = format!("a filter must be a function, not {found}");
    Err(raise("TypeError", text))
}

/// Removes a filter from a list.
pub(super) fn remove(call: &Call<'_>, filters: &mut Vec<Dynamic>, filter: &Dynamic) {
    let shown = call.repr(filter);
    filters.retain(|other| call.repr(other) != shown);
}
