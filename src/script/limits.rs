//! Limits on the resources that a script may use.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rhai::{Array, Blob, Dynamic, Engine, FuncRegistration, ImmutableString, Map, Module};
use serde::{Deserialize, Serialize};

use crate::script::exceptions::{Failure, raise};

/// Limits on the resources of a script. By default, only the depth of calls is limited.
///
/// Exceeding a size or the depth of calls is an error that a script can catch. A script that has used up its operations or
/// its time is ended, and cannot catch that. All limits apply to the script's threads, which share its operations, and to
/// its child processes: each may use as many operations and as much memory as its parent was given, and ends with it when the time is up.
///
/// The sizes are those of one string, list or dict, without what is inside its items. They are checked before a method makes a larger one, and
/// where the script reads a variable. So an operator, as in `s + s`, may make a larger one, but a variable that holds it cannot be
/// used. What everything takes together is limited by [`memory`](Self::memory).
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
    memory: Option<usize>,
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

    /// Limits the length of a string, in bytes of UTF-8.
    pub fn string_bytes(mut self, bytes: usize) -> Self {
        self.string_bytes = Some(bytes);
        self
    }

    /// Limits the items of a list, and the length of bytes.
    pub fn array_items(mut self, items: usize) -> Self {
        self.array_items = Some(items);
        self
    }

    /// Limits the entries of a dict.
    pub fn map_entries(mut self, entries: usize) -> Self {
        self.map_entries = Some(entries);
        self
    }

    /// Limits the memory that the script holds, in bytes. The program's global allocator has to be
    /// [`Counting`](crate::alloc::Counting).
    ///
    /// Memory that is allocated while the script or one of its threads runs counts until it is freed: values, memory that functions of
    /// the host allocate, output in a [`Capture`](crate::Capture), results that the host keeps. The engine, the source, the stack and the
    /// session's shared memory do not count.
    ///
    /// A script that holds more gets a `MemoryError` when it next uses a variable. It can catch the error and drop values. A script that
    /// holds twice the limit is ended. The limit is checked before a native allocates a large value, and after each step
    /// of the script. A single step of another kind may take more for a moment: as much as the values that it copies or joins.
    ///
    /// Each child has its own count, with the same limit.
    pub fn memory(mut self, bytes: usize) -> Self {
        self.memory = Some(bytes);
        self
    }
}

/// The limit that a script has exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Exceeded {
    /// The number of operations allowed.
    Operations(u64),
    /// The time allowed.
    Time(Duration),
    /// The bytes allowed.
    Memory(usize),
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operations(limit) => {
                write!(f, "the script has used up its limit of {limit} operations")
            }
            Self::Time(limit) => write!(f, "the script has used up its time limit of {limit:?}"),
            Self::Memory(limit) => write!(
                f,
                "the script has used up its memory limit of {limit} bytes"
            ),
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

    pub(crate) fn of_memory(&self) -> Option<usize> {
        self.memory
    }

    /// Checks the size of a value that the script reads.
    ///
    /// # Errors
    /// `RuntimeError` when it is too large.
    #[inline]
    pub(crate) fn check(&self, value: &Dynamic) -> Result<(), Failure> {
        match self.have_sizes() {
            true => self.check_size(value),
            false => Ok(()),
        }
    }

    fn check_size(&self, value: &Dynamic) -> Result<(), Failure> {
        if value.is_string() {
            let string = value.read_lock::<ImmutableString>();
            within(
                self.string_bytes,
                string.map_or(0, |string| string.len()),
                STRING,
            )
        } else if value.is_array() {
            let items = value.read_lock::<Array>();
            within(self.array_items, items.map_or(0, |items| items.len()), LIST)
        } else if value.is_blob() {
            let bytes = value.read_lock::<Blob>();
            within(self.array_items, bytes.map_or(0, |bytes| bytes.len()), LIST)
        } else if value.is_map() {
            let entries = value.read_lock::<Map>();
            within(
                self.map_entries,
                entries.map_or(0, |entries| entries.len()),
                MAP,
            )
        } else {
            Ok(())
        }
    }

    /// Makes Rhai's own functions that grow a list check its limit. Rhai's own limits would count all items at each change of a list.
    pub(crate) fn apply(&self, engine: &mut Engine) {
        if let Some(limit) = self.array_items {
            engine.register_fn("push", push_within(limit));
        }
    }

    /// As [`apply`](Self::apply), for an engine whose host may have a `push` of its own, which stays.
    pub(crate) fn apply_to_host(&self, engine: &mut Engine) {
        if let Some(limit) = self.array_items {
            let mut module = Module::new();
            FuncRegistration::new("push")
                .in_global_namespace()
                .set_into_module(&mut module, push_within(limit));
            engine.register_global_module(module.into());
        }
    }

    /// Returns whether there are limits on sizes.
    #[inline]
    pub(crate) fn have_sizes(&self) -> bool {
        self.string_bytes.is_some() || self.array_items.is_some() || self.map_entries.is_some()
    }
}

/// Rhai's `push`, with a limit.
fn push_within(limit: usize) -> impl Fn(&mut Array, Dynamic) -> Result<(), Failure> {
    move |list, item| {
        within(Some(limit), list.len() + 1, LIST)?;
        list.push(item);
        Ok(())
    }
}

// The wording of Rhai's operators.
pub(crate) const STRING: &str = "Length of string";
pub(crate) const LIST: &str = "Size of array/BLOB";
const MAP: &str = "Size of object map";

/// Checks a size that a script wants.
///
/// # Errors
/// `RuntimeError` above the limit.
pub(crate) fn within(limit: Option<usize>, size: usize, what: &str) -> Result<(), Failure> {
    match limit {
        Some(limit) if size > limit => Err(raise("RuntimeError", format!("{what} too large"))),
        _ => Ok(()),
    }
}
