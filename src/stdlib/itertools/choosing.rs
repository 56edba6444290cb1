//! Iterators over some of the items of others (`islice`, `takewhile`, `compress`, …), over what a function makes of them (`starmap`,
//! `accumulate`), and over numbers (`count`).

use rhai::{Array, Dynamic};

use super::source::{Function, iterator, source};
use crate::script::caller::Caller;
use crate::script::{Call, Failure, Namespace, Outcome, raise, truth, type_name};
use crate::stdlib::builtins::arithmetic::by_engine_in;
use crate::stdlib::builtins::lazy::Lazy;
use crate::stdlib::builtins::number::too_large;
use crate::text::{as_float, as_int};

pub(super) fn register(itertools: &mut Namespace<'_>) {
    itertools
        .function("count", &["start?", "step?"], count)
        .function(
            "islice",
            &["iterable", "start", "stop?", "step?", "/"],
            islice,
        )
        .function("takewhile", &["predicate", "iterable", "/"], takewhile)
        .function("dropwhile", &["predicate", "iterable", "/"], dropwhile)
        .function("filterfalse", &["predicate", "iterable", "/"], filterfalse)
        .function("compress", &["data", "selectors"], compress)
        .function("starmap", &["function", "iterable", "/"], starmap)
        .function("accumulate", &["iterable", "func?", "initial?"], accumulate);
}

/// `count(start=0, step=1)`
fn count(call: &mut Call<'_>) -> Outcome {
    let number = |call: &mut Call<'_>, index: usize, default: i64| {
        let value = match call.has(index) {
            true => call.value(index),
            false => Dynamic::from_int(default),
        };
        match as_float(&value) {
            Some(_) => Ok(value),
            None => Err(raise("TypeError", "a number is required")),
        }
    };
    let (start, step) = (number(call, 0, 0)?, number(call, 1, 1)?);
    if let (Some(start), Some(step)) = (as_int(&start), as_int(&step)) {
        let mut next = i128::from(start);
        return iterator(call, "itertools.count", move || {
            let this = next;
            next = next.saturating_add(i128::from(step));
            let fits = i64::try_from(this).map(Dynamic::from_int);
            Some(fits.map_err(|_| too_large(&this.to_string())))
        });
    }
    let (mut next, step) = (
        as_float(&start).unwrap_or(0.0),
        as_float(&step).unwrap_or(1.0),
    );
    iterator(call, "itertools.count", move || {
        let this = next;
        next += step;
        Some(Ok(this.into()))
    })
}

/// `islice(iterable, stop)`, `islice(iterable, start, stop, step=1)`
fn islice(call: &mut Call<'_>) -> Outcome {
    let mut items = source(call, 0)?;
    let has_start = call.has(2);
    let (start, stop) = match has_start {
        true => (
            bound(call, 1, "Indices")?.unwrap_or(0),
            bound(call, 2, "Stop argument")?,
        ),
        false => (0, bound(call, 1, "Stop argument")?),
    };
    let step = match call.given(3) {
        None => 1,
        Some(step) => {
            let text = "Step for islice() must be a positive integer or None.";
            let number = as_int(&step).and_then(|step| usize::try_from(step).ok());
            let positive = number.filter(|step| *step > 0);
            positive.ok_or_else(|| raise("ValueError", text))?
        }
    };
    let (mut place, mut wanted) = (0, start);
    iterator(call, "itertools.islice", move || {
        if stop.is_some_and(|stop| wanted >= stop) {
            // What comes before the end has been taken, as in Python.
            while stop.is_some_and(|stop| place < stop) {
                place += 1;
                if let Err(error) = items.next()? {
                    return Some(Err(error));
                }
            }
            return None;
        }
        loop {
            let item = items.next()?;
            let is_wanted = place == wanted || item.is_err();
            place += 1;
            if is_wanted {
                wanted = wanted.saturating_add(step);
                return Some(item);
            }
        }
    })
}

fn bound(call: &mut Call<'_>, index: usize, what: &str) -> Result<Option<usize>, Failure> {
    let Some(value) = call.given(index) else {
        return Ok(None);
    };
    let number = as_int(&value).and_then(|number| usize::try_from(number).ok());
    number.map(Some).ok_or_else(|| {
        let text =
            format!("{what} for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
        raise("ValueError", text)
    })
}

/// `takewhile(predicate, iterable)`
fn takewhile(call: &mut Call<'_>) -> Outcome {
    let (predicate, mut items) = (Function::needed(call, 0)?, source(call, 1)?);
    let mut is_over = false;
    iterator(call, "itertools.takewhile", move || {
        if is_over {
            return None;
        }
        let item = items.next()?;
        match item.and_then(|item| Ok((truth(&predicate.call(vec![item.clone()])?), item))) {
            Ok((true, item)) => Some(Ok(item)),
            Ok((false, _)) => {
                is_over = true;
                None
            }
            Err(error) => Some(Err(error)),
        }
    })
}

/// `dropwhile(predicate, iterable)`
fn dropwhile(call: &mut Call<'_>) -> Outcome {
    let (predicate, mut items) = (Function::needed(call, 0)?, source(call, 1)?);
    let mut has_begun = false;
    iterator(call, "itertools.dropwhile", move || {
        loop {
            let item = items.next()?;
            if has_begun {
                return Some(item);
            }
            match item.and_then(|item| Ok((truth(&predicate.call(vec![item.clone()])?), item))) {
                Ok((true, _)) => (),
                Ok((false, item)) => {
                    has_begun = true;
                    return Some(Ok(item));
                }
                Err(error) => return Some(Err(error)),
            }
        }
    })
}

/// `filterfalse(predicate, iterable)`; without a function, what is false.
fn filterfalse(call: &mut Call<'_>) -> Outcome {
    let (predicate, mut items) = (Function::given(call, 0)?, source(call, 1)?);
    iterator(call, "itertools.filterfalse", move || {
        loop {
            let item = items.next()?;
            let judged = item.and_then(|item| {
                let is_true = match &predicate {
                    Some(predicate) => truth(&predicate.call(vec![item.clone()])?),
                    None => truth(&item),
                };
                Ok((is_true, item))
            });
            match judged {
                Ok((true, _)) => (),
                Ok((false, item)) => return Some(Ok(item)),
                Err(error) => return Some(Err(error)),
            }
        }
    })
}

/// `compress(data, selectors)`
fn compress(call: &mut Call<'_>) -> Outcome {
    let (mut data, mut selectors) = (source(call, 0)?, source(call, 1)?);
    iterator(call, "itertools.compress", move || {
        loop {
            let both = (data.next()?, selectors.next()?);
            match both {
                (Ok(item), Ok(selector)) if truth(&selector) => return Some(Ok(item)),
                (Ok(_), Ok(_)) => (),
                (Err(error), _) | (_, Err(error)) => return Some(Err(error)),
            }
        }
    })
}

/// `starmap(function, iterable)`
fn starmap(call: &mut Call<'_>) -> Outcome {
    let (function, mut rows) = (Function::needed(call, 0)?, source(call, 1)?);
    iterator(call, "itertools.starmap", move || {
        let row = rows.next()?;
        Some(row.and_then(|row| {
            let found = type_name(&row);
            let args = row.try_cast::<Array>().ok_or_else(|| {
                let text = format!("the arguments must be a list, not {found}");
                raise("TypeError", text)
            })?;
            function.call(args)
        }))
    })
}

/// `accumulate(iterable, func=operator.add, initial=None)`
fn accumulate(call: &mut Call<'_>) -> Outcome {
    let (mut items, function) = (source(call, 0)?, Function::given(call, 1)?);
    let mut initial = call.given(2);
    let caller = Caller::of(call.interp, call.context)?;
    let mut total: Option<Dynamic> = None;
    let join = move |total: Dynamic, item: Dynamic| match &function {
        Some(function) => function.call(vec![total, item]),
        None => caller.with_context(|context| by_engine_in(context, "+", &total, &item)),
    };
    iterator(call, "itertools.accumulate", move || {
        if let Some(first) = initial.take() {
            total = Some(first.clone());
            return Some(Ok(first));
        }
        let item = match Lazy::next(&mut items)? {
            Ok(item) => item,
            Err(error) => return Some(Err(error)),
        };
        let next = match total.take() {
            None => Ok(item),
            Some(total) => join(total, item),
        };
        if let Ok(next) = &next {
            total = Some(next.clone());
        }
        Some(next)
    })
}
