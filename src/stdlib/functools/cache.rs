//! `lru_cache` and `cache`: functions that remember what they have returned.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use rhai::{Dynamic, FnPtr, Map};

use crate::script::bind::{CALL, called_object, function_named, function_of};
use crate::script::{Call, Failure, Outcome, Registry, raise};
use crate::stdlib::collections::key::Key;
use crate::sys::lock::locked;
use crate::text::{as_int, function_name};

/// Python's default.
const MOST: usize = 128;

/// A function that remembers. Clones are the same.
#[derive(Debug, Clone)]
struct Cached(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    function: FnPtr,
    most: Option<usize>,
    memory: Mutex<Memory>,
}

/// What has been returned.
#[derive(Debug, Default)]
struct Memory {
    /// The results by the arguments, each with the time of its last use.
    results: HashMap<Key, (Dynamic, u64)>,
    /// The arguments by that time; empty if nothing is ever forgotten.
    used: BTreeMap<u64, Key>,
    time: u64,
    hits: i64,
    misses: i64,
}

/// `lru_cache(32)`, which waits for its function.
#[derive(Debug, Clone)]
struct Decorator(Option<usize>);

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Cached>("functools._lru_cache_wrapper")
        .by_parts(
            "functools._lru_cache_wrapper",
            |_, cached: &Cached| {
                let function = Dynamic::from(cached.0.function.clone());
                Ok(vec![function, size(cached.0.most)].into())
            },
            |_, parts| {
                let parts: Result<[Dynamic; 2], _> =
                    parts.into_array().unwrap_or_default().try_into();
                let [function, most] = parts.map_err(|_| "not a function and a size")?;
                let function = function.try_cast::<FnPtr>().ok_or("not a function")?;
                let most = as_int(&most).and_then(|most| usize::try_from(most).ok());
                Ok(Cached::new(function, most))
            },
        )
        .unlisted(CALL, &["*args", "/"], |call| {
            let (cached, args) = (call.this::<Cached>(), call.rest(0));
            cached.call(call, args)
        });
    registry
        .class::<Decorator>("functools.lru_cache")
        .by_parts(
            "functools.lru_cache",
            |_, decorator: &Decorator| Ok(size(decorator.0)),
            |_, most| {
                Ok(Decorator(
                    as_int(&most).and_then(|most| usize::try_from(most).ok()),
                ))
            },
        )
        .unlisted(CALL, &["user_function", "/"], |call| {
            let (function, most) = (call.function(0)?, call.this::<Decorator>().0);
            remembering(call, function, most)
        });
    registry
        .extension::<FnPtr>("function")
        .lacks::<FnPtr>(|function| match cache_of(function) {
            Some(_) => &[],
            None => &["cache_clear", "cache_info"],
        })
        .method("cache_info", &[], |call| {
            let cached = cached(call)?;
            let memory = locked(&cached.0.memory);
            let number = |number: usize| Dynamic::from_int(number as i64);
            Ok(Map::from_iter([
                ("hits".into(), Dynamic::from_int(memory.hits)),
                ("misses".into(), Dynamic::from_int(memory.misses)),
                ("maxsize".into(), size(cached.0.most)),
                ("currsize".into(), number(memory.results.len())),
            ])
            .into())
        })
        .method("cache_clear", &[], |call| {
            let cached = cached(call)?;
            let old = std::mem::take(&mut *locked(&cached.0.memory));
            drop(old);
            Ok(Dynamic::UNIT)
        });
}

fn size(most: Option<usize>) -> Dynamic {
    most.map_or(Dynamic::UNIT, |most| Dynamic::from_int(most as i64))
}

/// `cache(function)`
pub(super) fn unbounded(call: &mut Call<'_>) -> Outcome {
    let function = call.function(0)?;
    remembering(call, function, None)
}

/// `lru_cache(function, maxsize=128)`; `lru_cache(maxsize)`, to which the function is given later.
pub(super) fn bounded(call: &mut Call<'_>) -> Outcome {
    let first = call.value(0);
    let most = match call.has(1) {
        true => Some(call.value(1)),
        false => None,
    };
    let size = |value: Option<Dynamic>| match value {
        None => Ok(Some(MOST)),
        Some(value) if value.is_unit() => Ok(None),
        Some(value) => match as_int(&value) {
            Some(number) => Ok(Some(usize::try_from(number).unwrap_or(0))),
            None => {
                let text = "Expected first argument to be an integer, a callable, or None";
                Err(raise("TypeError", text))
            }
        },
    };
    if let Some(function) = call.callable(&first) {
        return remembering(call, function, size(most)?);
    }
    let given = match (first.is_unit(), most) {
        (true, Some(most)) => Some(most),
        (true, None) => None,
        (false, _) => Some(first),
    };
    function_of(call.interp, &Dynamic::from(Decorator(size(given)?)))
}

fn remembering(call: &Call<'_>, function: FnPtr, most: Option<usize>) -> Outcome {
    let name = function_name(&function).to_string();
    let cached = Dynamic::from(Cached::new(function, most));
    function_named(call.interp, &cached, &name)
}

/// Returns the cache of a function, if it is one that remembers.
fn cache_of(function: &FnPtr) -> Option<Cached> {
    called_object(function)?.try_cast::<Cached>()
}

/// Returns the function of which one that remembers has been made.
pub(super) fn wrapped(function: &FnPtr) -> Option<FnPtr> {
    cache_of(function).map(|cached| cached.0.function.clone())
}

/// Returns the cache of a function that remembers.
fn cached(call: &mut Call<'_>) -> Result<Cached, Failure> {
    let name = call.name();
    let function = call
        .receiver()
        .read_lock::<FnPtr>()
        .map(|function| function.clone());
    let cached = function.and_then(|function| cache_of(&function));
    cached.ok_or_else(|| {
        let text = format!("'function' object has no attribute '{name}'");
        raise("AttributeError", text)
    })
}

impl Cached {
    fn new(function: FnPtr, most: Option<usize>) -> Self {
        Self(Arc::new(Inner {
            function,
            most,
            memory: Mutex::default(),
        }))
    }

    /// Returns what the function returns. Nothing is locked while it runs.
    fn call(&self, call: &Call<'_>, args: Vec<Dynamic>) -> Outcome {
        let key = Key::of(&Dynamic::from(args.clone()))?;
        if let Some(result) = locked(&self.0.memory).find(&key, self.0.most.is_some()) {
            return Ok(result);
        }
        let result = call.call(&self.0.function, args)?.flatten();
        let forgotten = locked(&self.0.memory).keep(key, &result, self.0.most);
        drop(forgotten);
        Ok(result)
    }
}

impl Memory {
    fn find(&mut self, key: &Key, is_bounded: bool) -> Option<Dynamic> {
        let Some((result, last)) = self.results.get_mut(key) else {
            self.misses += 1;
            return None;
        };
        self.hits += 1;
        if is_bounded && let Some(key) = self.used.remove(last) {
            self.time += 1;
            *last = self.time;
            self.used.insert(self.time, key);
        }
        Some(result.clone())
    }

    /// Keeps a result. Returns those that are forgotten for it.
    fn keep(&mut self, key: Key, result: &Dynamic, most: Option<usize>) -> Vec<Dynamic> {
        let mut forgotten = Vec::new();
        if most == Some(0) || self.results.contains_key(&key) {
            return forgotten;
        }
        self.time += 1;
        if let Some(most) = most {
            self.used.insert(self.time, key.clone());
            while self.results.len() >= most
                && let Some((_, oldest)) = self.used.pop_first()
            {
                forgotten.extend(self.results.remove(&oldest).map(|(result, _)| result));
            }
        }
        self.results.insert(key, (result.clone(), self.time));
        forgotten
    }
}
