//! Iterators one after another (`chain`, `cycle`, `repeat`), side by side (`zip_longest`, `tee`), and in groups (`groupby`, `batched`, `pairwise`).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use rhai::{Array, Dynamic};

use super::source::{Function, iterator, source, sources};
use crate::script::{Call, Failure, Namespace, Outcome, memory, raise};
use crate::stdlib::builtins::compare::equal;
use crate::stdlib::builtins::iterator::Iter;
use crate::stdlib::builtins::lazy::Lazy;
use crate::sys::lock::locked;

pub(super) fn register(itertools: &mut Namespace<'_>) {
    itertools
        .function("chain", &["*iterables", "/"], |call| {
            let mut sources = sources(call, 0)?.into_iter().map(Ok);
            in_turn(call, move || sources.next())
        })
        .function("cycle", &["iterable", "/"], cycle)
        .function("repeat", &["object", "times?"], repeat)
        .function("zip_longest", &["*iterables"], zip_longest)
        .function("tee", &["iterable", "n?", "/"], tee)
        .function("groupby", &["iterable", "key?"], groupby)
        .function("batched", &["iterable", "n"], batched)
        .function("pairwise", &["iterable", "/"], pairwise);
}

/// `chain.from_iterable(iterable)`
pub(super) fn chained(call: &mut Call<'_>) -> Outcome {
    let mut outer = source(call, 0)?;
    let opener = Opener::of(call);
    in_turn(call, move || {
        Some(outer.next()?.and_then(|value| opener.open(value)))
    })
}

/// Begins to take the items of values when the native has returned.
struct Opener(Arc<crate::script::Interp>);

impl Opener {
    fn of(call: &Call<'_>) -> Self {
        Self(call.interp.clone())
    }

    fn open(&self, value: Dynamic) -> Result<Lazy, Failure> {
        Lazy::later(&self.0, &value)
    }
}

/// Returns the items of all sources, one source after another.
fn in_turn(
    call: &Call<'_>,
    mut next_source: impl FnMut() -> Option<Result<Lazy, Failure>> + Send + Sync + 'static,
) -> Outcome {
    let mut current: Option<Lazy> = None;
    iterator(call, "itertools.chain", move || {
        loop {
            if let Some(item) = current.as_mut().and_then(Lazy::next) {
                return Some(item);
            }
            match next_source()? {
                Ok(source) => current = Some(source),
                Err(error) => return Some(Err(error)),
            }
        }
    })
}

/// `cycle(iterable)`
fn cycle(call: &mut Call<'_>) -> Outcome {
    let mut source = Some(source(call, 0)?);
    let (mut saved, mut place) = (Array::new(), 0);
    iterator(call, "itertools.cycle", move || {
        match source.as_mut().and_then(Lazy::next) {
            Some(Ok(item)) => {
                if let Err(error) = memory::for_kept(saved.len(), saved.capacity()) {
                    return Some(Err(error));
                }
                saved.push(item.clone());
                return Some(Ok(item));
            }
            Some(error) => return Some(error),
            None => source = None,
        }
        let item = saved.get(place)?.clone();
        place = (place + 1) % saved.len();
        Some(Ok(item))
    })
}

/// `repeat(object, times=None)`
fn repeat(call: &mut Call<'_>) -> Outcome {
    let object = call.value(0);
    let mut left = match call.has_value(1) {
        true => Some(call.int(1)?),
        false => None,
    };
    iterator(call, "itertools.repeat", move || {
        if let Some(left) = &mut left {
            if *left <= 0 {
                return None;
            }
            *left -= 1;
        }
        Some(Ok(object.clone()))
    })
}

/// `zip_longest(*iterables, fillvalue=None)`
fn zip_longest(call: &mut Call<'_>) -> Outcome {
    call.keywords_only_if(&["fillvalue"]);
    let filler = call.keyword("fillvalue").unwrap_or(Dynamic::UNIT);
    let mut sources: Vec<Option<Lazy>> = sources(call, 0)?.into_iter().map(Some).collect();
    iterator(call, "itertools.zip_longest", move || {
        let mut row = Array::with_capacity(sources.len());
        for source in &mut sources {
            let next = source.as_mut().and_then(Lazy::next);
            match next {
                Some(Ok(item)) => row.push(item),
                Some(error) => return Some(error),
                None => {
                    *source = None;
                    row.push(filler.clone());
                }
            }
        }
        let has_some = sources.iter().any(Option::is_some);
        has_some.then(|| Ok(row.into()))
    })
}

/// `tee(iterable, n=2)`
fn tee(call: &mut Call<'_>) -> Outcome {
    let mut items = source(call, 0)?;
    let count = call.int_or(1, 2)?;
    let text = "n must be >= 0";
    let count = usize::try_from(count).map_err(|_| raise("ValueError", text))?;
    memory::for_items(call, count.saturating_mul(2))?;
    let source = Iter::new(call.interp, "tee", move || items.next());
    // What each has to take before it takes from the source.
    let waiting = Arc::new(Mutex::new(vec![VecDeque::<Dynamic>::new(); count]));
    let one = |index: usize| {
        let (waiting, mut source) = (waiting.clone(), source.clone());
        iterator(call, "itertools._tee", move || {
            if let Some(item) = locked(&waiting)[index].pop_front() {
                return Some(Ok(item));
            }
            // Nothing is locked while an item is made, which may need another of these.
            let item = source.next()?;
            if let Ok(item) = &item {
                for (other, waiting) in locked(&waiting).iter_mut().enumerate() {
                    if other != index {
                        if let Err(error) = memory::for_kept(waiting.len(), waiting.capacity()) {
                            return Some(Err(error));
                        }
                        waiting.push_back(item.clone());
                    }
                }
            }
            Some(item)
        })
    };
    Ok((0..count)
        .map(one)
        .collect::<Result<Array, Failure>>()?
        .into())
}

/// `groupby(iterable, key=None)`: `[key, items]` for each run of items with equal keys.
fn groupby(call: &mut Call<'_>) -> Outcome {
    let mut items = source(call, 0)?;
    let key = Function::given(call, 1)?;
    let key_of = move |item: &Dynamic| match &key {
        Some(key) => key.call(vec![item.clone()]),
        None => Ok(item.clone()),
    };
    let same = Equality::of(call)?;
    let mut first: Option<(Dynamic, Dynamic)> = None;
    iterator(call, "itertools.groupby", move || {
        let mut keyed = || -> Option<Result<(Dynamic, Dynamic), Failure>> {
            Some(items.next()?.and_then(|item| Ok((key_of(&item)?, item))))
        };
        let (key, item) = match first.take() {
            Some(first) => first,
            None => match keyed()? {
                Ok(first) => first,
                Err(error) => return Some(Err(error)),
            },
        };
        let mut group = vec![item];
        loop {
            match keyed() {
                None => break,
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok((next, item))) if same.holds(&next, &key) => {
                    if let Err(error) = memory::for_kept(group.len(), group.capacity()) {
                        return Some(Err(error));
                    }
                    group.push(item);
                }
                Some(Ok(next)) => {
                    first = Some(next);
                    break;
                }
            }
        }
        Some(Ok(vec![key, group.into()].into()))
    })
}

/// `==` when the native has returned.
struct Equality(crate::script::caller::Caller);

impl Equality {
    fn of(call: &Call<'_>) -> Result<Self, Failure> {
        crate::script::caller::Caller::of(call.interp, call.context).map(Self)
    }

    fn holds(&self, a: &Dynamic, b: &Dynamic) -> bool {
        self.0.with_context(|context| equal(context, a, b))
    }
}

/// `batched(iterable, n)`
fn batched(call: &mut Call<'_>) -> Outcome {
    let mut items = source(call, 0)?;
    let text = "n must be at least one";
    let size = usize::try_from(call.int(1)?).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| raise("ValueError", text))?;
    iterator(call, "itertools.batched", move || {
        let mut batch = Array::new();
        while batch.len() < size {
            match items.next() {
                None => break,
                Some(Ok(item)) => {
                    if let Err(error) = memory::for_kept(batch.len(), batch.capacity()) {
                        return Some(Err(error));
                    }
                    batch.push(item);
                }
                Some(error) => return Some(error),
            }
        }
        (!batch.is_empty()).then(|| Ok(batch.into()))
    })
}

/// `pairwise(iterable)`
fn pairwise(call: &mut Call<'_>) -> Outcome {
    let mut items = source(call, 0)?;
    let mut before: Option<Dynamic> = None;
    iterator(call, "itertools.pairwise", move || {
        loop {
            match (before.take(), items.next()?) {
                (_, Err(error)) => return Some(Err(error)),
                (None, Ok(item)) => before = Some(item),
                (Some(first), Ok(item)) => {
                    before = Some(item.clone());
                    return Some(Ok(vec![first, item].into()));
                }
            }
        }
    })
}
