//! All ways to choose and to arrange items: `permutations`, `combinations`, `product`, by the crate `itertools`.

use itertools::Itertools;
use rhai::{Array, Dynamic};

use super::source::iterator;
use crate::script::{Call, Failure, Namespace, Outcome, memory, raise};
use crate::stdlib::builtins::items_of;
use crate::text::as_int;

pub(super) fn register(itertools: &mut Namespace<'_>) {
    itertools
        .function("permutations", &["iterable", "r?"], |call| {
            let items = items(call)?;
            let length = length(call, items.len())?;
            let rows = items.into_iter().permutations(length);
            all(call, "itertools.permutations", rows)
        })
        .function("combinations", &["iterable", "r"], |call| {
            let (items, length) = (items(call)?, length(call, 0)?);
            let rows = items.into_iter().combinations(length);
            all(call, "itertools.combinations", rows)
        })
        .function(
            "combinations_with_replacement",
            &["iterable", "r"],
            |call| {
                let (items, length) = (items(call)?, length(call, 0)?);
                let rows = items.into_iter().combinations_with_replacement(length);
                all(call, "itertools.combinations_with_replacement", rows)
            },
        )
        .function("product", &["*iterables"], product);
}

fn items(call: &mut Call<'_>) -> Result<Array, Failure> {
    let value = call.value(0);
    items_of(call, value)
}

/// Returns the length of the rows.
fn length(call: &mut Call<'_>, default: usize) -> Result<usize, Failure> {
    let length = match call.given(1) {
        None => default,
        Some(length) => {
            let number = as_int(&length).ok_or_else(|| raise("TypeError", "Expected int as r"))?;
            let text = "r must be non-negative";
            usize::try_from(number).map_err(|_| raise("ValueError", text))?
        }
    };
    memory::for_items(call, length.saturating_mul(2))?;
    Ok(length)
}

fn all(
    call: &Call<'_>,
    name: &'static str,
    mut rows: impl Iterator<Item = Array> + Send + Sync + 'static,
) -> Outcome {
    iterator(call, name, move || Some(Ok(rows.next()?.into())))
}

/// `product(*iterables, repeat=1)`
fn product(call: &mut Call<'_>) -> Outcome {
    call.keywords_only_if(&["repeat"]);
    let times = match call.keyword("repeat") {
        None => 1,
        Some(times) => {
            let number = as_int(&times);
            let number = number.ok_or_else(|| raise("TypeError", "an integer is required"))?;
            let text = "repeat argument cannot be negative";
            usize::try_from(number).map_err(|_| raise("ValueError", text))?
        }
    };
    let given = call.rest(0);
    let columns = given.into_iter().map(|value| items_of(call, value));
    let columns = columns.collect::<Result<Vec<Array>, Failure>>()?;
    let items: usize = columns.iter().map(|column| column.len() + 1).sum();
    memory::for_items(call, items.saturating_mul(times).saturating_mul(4))?;
    let repeated = (0..times).flat_map(|_| columns.iter().cloned());
    let rows = repeated
        .map(Array::into_iter)
        .multi_cartesian_product()
        .map(|row: Vec<Dynamic>| row);
    all(call, "itertools.product", rows)
}
