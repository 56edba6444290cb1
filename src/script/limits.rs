//! Limits on the resources that a script may use.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rhai::{Dynamic, Engine, EvalAltResult, Map, Position};
use serde::{Deserialize, Serialize};

/// Limits on the resources of a script. By default, only the depth of calls is limited.
///
/// Exceeding a size or the depth of calls is an error that a script can catch. A script that has used up its operations or
/// its time is ended, and cannot catch that. All limits apply to the script's threads, which share its operations, and to
/// its child processes: each may use as many operations as its parent was given, and ends with it when the time is up.
///
/// # Example
/// ```
/// use std::time::Duration;
///
/// use procscript::{Error, Limits, Runtime};
///
/// let limits = Limits::new().operations(100_000).time(Duration::from_secs(5));
/// let mut runtime = Runtime::builder().limits(limits).build().unwrap();
/// let error = runtime.eval::<()>("loop { }").unwrap_err();
/// assert!(matches!(error, Error::Limit(_)));
/// ```
///
/// Source: Rhai's `Engine::set_max_operations` and its siblings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub struct Limits {
    operations: Option<u64>,
    /// Not sent to a child: its parent ends it when the time is up.
    #[serde(skip)]
    time: Option<Duration>,
    call_levels: Option<usize>,
    string_bytes: Option<usize>,
    array_items: Option<usize>,
    map_entries: Option<usize>,
}

impl Limits {
    /// No limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits the operations of one evaluation, in all its threads together: about one for each expression and statement.
    /// Unlike in Rhai, operations count even in a function that a native calls, as `list.map(f)` does.
    pub fn operations(mut self, operations: u64) -> Self {
        self.operations = Some(operations);
        self
    }

    /// Limits the time of one evaluation, including its waits; a wait is ended too.
    pub fn time(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    /// Limits the depth of function calls; more is a `RecursionError`. The stack may limit it further (at most 1000).
    pub fn call_levels(mut self, levels: usize) -> Self {
        self.call_levels = Some(levels);
        self
    }

    /// Limits the length of strings that operators and literals create, in bytes of UTF-8.
    pub fn string_bytes(mut self, bytes: usize) -> Self {
        self.string_bytes = Some(bytes);
        self
    }

    /// Limits the items of a list, including those of lists inside it. Every change of a list then counts all of its items,
    /// which makes long lists slow.
    pub fn array_items(mut self, items: usize) -> Self {
        self.array_items = Some(items);
        self
    }

    /// Limits the entries of a dict, including those of dicts inside it; as slow as [`array_items`](Self::array_items).
    pub fn map_entries(mut self, entries: usize) -> Self {
        self.map_entries = Some(entries);
        self
    }
}

/// The limit that a script has exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exceeded {
    /// The number of operations allowed.
    Operations(u64),
    /// The time allowed.
    Time(Duration),
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operations(limit) => {
                write!(f, "the script has used up its limit of {limit} operations")
            }
            Self::Time(limit) => write!(f, "the script has used up its time limit of {limit:?}"),
        }
    }
}

/// The operations that the threads of one process have taken together.
#[derive(Debug, Default)]
pub(crate) struct Spent(AtomicU64);

impl Spent {
    /// Counts one more operation, unless `limit` operations have been counted.
    pub(crate) fn take(&self, limit: u64) -> Result<(), Exceeded> {
        if self.0.fetch_add(1, Ordering::Relaxed) < limit {
            Ok(())
        } else {
            Err(Exceeded::Operations(limit))
        }
    }

    /// Resets the count.
    pub(crate) fn begin(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl Limits {
    pub(crate) fn of_operations(&self) -> Option<u64> {
        self.operations
    }

    pub(crate) fn of_time(&self) -> Option<Duration> {
        self.time
    }

    pub(crate) fn of_call_levels(&self) -> Option<usize> {
        self.call_levels
    }

    pub(crate) fn of_string_bytes(&self) -> Option<usize> {
        self.string_bytes
    }

    pub(crate) fn of_array_items(&self) -> Option<usize> {
        self.array_items
    }

    /// Checks the size of a dict, which Rhai does not do when an entry is added by its index.
    ///
    /// # Errors
    /// Rhai's own error for too much data.
    pub(crate) fn check(&self, map: &Map) -> Result<(), Box<EvalAltResult>> {
        match self.map_entries {
            Some(limit) if entries(map) > limit => {
                let what = "Size of object map".to_string();
                Err(EvalAltResult::ErrorDataTooLarge(what, Position::NONE).into())
            }
            _ => Ok(()),
        }
    }

    /// Sets the limits that Rhai itself enforces.
    pub(crate) fn apply(&self, engine: &mut Engine) {
        if let Some(bytes) = self.string_bytes {
            engine.set_max_string_size(bytes);
        }
        if let Some(items) = self.array_items {
            engine.set_max_array_size(items);
        }
        if let Some(entries) = self.map_entries {
            engine.set_max_map_size(entries);
        }
    }
}

/// Returns the entries of a dict, those of the dicts inside it included.
fn entries(map: &Map) -> usize {
    let inside = |value: &Dynamic| value.read_lock::<Map>().map_or(0, |map| entries(&map));
    map.len() + map.values().map(inside).sum::<usize>()
}
