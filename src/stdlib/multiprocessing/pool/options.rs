//! The keywords that the calls of a pool have in common.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Array, Dynamic, FnPtr};

use super::promise::{Callback, When};
use crate::pool::Rules;
use crate::script::caller::Caller;
use crate::script::progress::Bar;
use crate::script::{Call, Failure, raise, truth};
use crate::stdlib::builtins::items_of;
use crate::text::{as_int, as_string};

/// What holds for each task: the parameters `timeout` and `retries` at these places.
///
/// # Errors
/// They are not numbers, or negative.
pub(in crate::stdlib::multiprocessing) fn rules(
    call: &mut Call<'_>,
    timeout: usize,
    retries: usize,
) -> Result<Rules, Failure> {
    let limit = match call.seconds(timeout)? {
        None => None,
        Some(seconds) if seconds > 0.0 => Duration::try_from_secs_f64(seconds).ok(),
        Some(seconds) => {
            let text = format!("the time limit of a task must be positive, not {seconds}");
            return Err(raise("ValueError", text));
        }
    };
    let retries = match call.int_or(retries, 0)? {
        retries if retries >= 0 => u32::try_from(retries).unwrap_or(u32::MAX),
        retries => {
            let text = format!("retries must be 0 or more, not {retries}");
            return Err(raise("ValueError", text));
        }
    };
    Ok(Rules { limit, retries })
}

/// The bar of a call of `total` tasks: the parameter `progress` is a label, or whether it is shown at all.
pub(in crate::stdlib::multiprocessing) fn bar(
    call: &mut Call<'_>,
    index: usize,
    total: Option<usize>,
) -> Option<Arc<Bar>> {
    let given = call.given(index);
    bar_of(call, given, total)
}

/// The bar of a call of `total` tasks for which `progress` is `given`.
pub(crate) fn bar_of(
    call: &Call<'_>,
    given: Option<Dynamic>,
    total: Option<usize>,
) -> Option<Arc<Bar>> {
    let given = given.filter(truth)?;
    let label = as_string(&given).map(|label| label.to_string());
    let total = total.map(|total| total as u64);
    Some(Arc::new(Bar::begin(call.interp, label, total, None)))
}

/// The parameter `chunksize`.
///
/// # Errors
/// It is not a positive integer.
pub(in crate::stdlib::multiprocessing) fn chunksize(
    call: &mut Call<'_>,
    index: usize,
) -> Result<Option<usize>, Failure> {
    let Some(given) = call.given(index) else {
        return Ok(None);
    };
    match as_int(&given) {
        Some(size) if size >= 1 => Ok(Some(usize::try_from(size).unwrap_or(usize::MAX))),
        Some(size) => {
            let text = format!("Chunksize must be 1+, not {size}");
            Err(raise("ValueError", text))
        }
        None => Err(call.mismatch(index, "an integer", &given)),
    }
}

/// The callbacks of a call: the parameters `callback` and `error_callback` at these places.
///
/// # Errors
/// They are not functions.
pub(in crate::stdlib::multiprocessing) fn callbacks(
    call: &mut Call<'_>,
    returned: usize,
    threw: usize,
) -> Result<Vec<Callback>, Failure> {
    let mut callbacks = Vec::new();
    for (index, when) in [(returned, When::Returned), (threw, When::Threw)] {
        if let Some(given) = call.given(index) {
            let function = function_of(call, index, given)?;
            callbacks.push(Callback {
                function,
                caller: Caller::of(call.interp, call.context)?,
                when,
            });
        }
    }
    Ok(callbacks)
}

fn function_of(call: &Call<'_>, index: usize, given: Dynamic) -> Result<FnPtr, Failure> {
    call.callable(&given)
        .ok_or_else(|| call.mismatch(index, "a function", &given))
}

/// The arguments of a call's only task: a list `args` and a map `kwds`, which comes last.
///
/// # Errors
/// They are not a list and a map.
pub(in crate::stdlib::multiprocessing) fn arguments(
    call: &mut Call<'_>,
    args: usize,
    kwds: usize,
) -> Result<Array, Failure> {
    let mut all = match call.given(args) {
        None => Array::new(),
        Some(given) if given.is_array() => given.into_array().unwrap_or_default(),
        Some(given) => {
            return Err(call.mismatch(args, "a list (write args: [x])", &given));
        }
    };
    if let Some(kwds) = call.given(kwds) {
        all.push(kwds);
    }
    Ok(all)
}

/// Checks that each item is a list of arguments.
///
/// # Errors
/// `TypeError` for one that is not.
pub(in crate::stdlib::multiprocessing) fn spread(
    call: &Call<'_>,
    items: Array,
) -> Result<Array, Failure> {
    let one = |item: Dynamic| items_of(call, item).map(Dynamic::from);
    items.into_iter().map(one).collect()
}
