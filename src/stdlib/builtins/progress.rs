//! `progress(xs)`: how far a loop, or any long work, has come.

use std::any::TypeId;
use std::sync::Arc;

use rhai::Dynamic;

use super::iterate::{known_length, lazily};
use crate::script::bind::Items;
use crate::script::progress::Bar;
use crate::script::{Call, Failure, Outcome, Registry, raise};
use crate::text::{as_int, as_string};

/// Work whose progress is shown, and what a loop over it iterates.
#[derive(Debug, Clone)]
struct Progress {
    bar: Arc<Bar>,
    items: Option<Dynamic>,
}

pub(super) fn register(registry: &mut Registry) {
    registry.function(
        "progress",
        &["iterable?", "label?", "total?", "unit?"],
        construct,
    );
    registry
        .class::<Progress>("progress")
        .method("update", &["n?"], |call| {
            let steps = call.int_or(0, 1)?;
            let steps = u64::try_from(steps)
                .map_err(|_| raise("ValueError", format!("n must not be negative, not {steps}")))?;
            call.this::<Progress>().bar.advance(steps);
            Ok(Dynamic::UNIT)
        })
        .method("close", &[], |call| {
            call.this::<Progress>().bar.finish();
            Ok(Dynamic::UNIT)
        })
        .context(
            |call| Ok(call.receiver().clone()),
            |call| {
                call.this::<Progress>().bar.finish();
                Ok(Dynamic::UNIT)
            },
        )
        .getter("n", |call| {
            Ok(Dynamic::from_int(call.this::<Progress>().bar.done() as i64))
        })
        .getter("total", |call| {
            let total = call.this::<Progress>().bar.total();
            Ok(total.map_or(Dynamic::UNIT, |total| Dynamic::from_int(total as i64)))
        })
        .repr(|call| {
            let bar = call.this::<Progress>().bar;
            let total = bar
                .total()
                .map_or_else(|| "?".into(), |total| total.to_string());
            Ok(format!("<progress {}/{total}>", bar.done()).into())
        });
    let known = registry.iterators();
    registry.iterates(TypeId::of::<Progress>(), move |interp, value| {
        let progress = value.cast::<Progress>();
        let items = || -> Result<Items, Failure> {
            let items = progress.items.as_ref().ok_or_else(|| {
                let text = "this progress has nothing to iterate over: write progress(xs), or call update()";
                raise("TypeError", text)
            })?;
            lazily(interp, &known, items)
        };
        let (bar, begun) = (progress.bar.clone(), false);
        match items() {
            Ok(items) => Box::new(Counted { bar, items, begun }),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    });
}

/// `progress(iterable=None, label=None, total=None, unit=None)`.
fn construct(call: &mut Call<'_>) -> Outcome {
    let items = call.given(0);
    let label = text(call, 1)?;
    let total = match call.given(2) {
        None => items
            .as_ref()
            .and_then(known_length)
            .map(|length| length as u64),
        Some(total) => {
            let number = as_int(&total).ok_or_else(|| call.mismatch(2, "an integer", &total))?;
            let text = || format!("total must not be negative, not {number}");
            Some(u64::try_from(number).map_err(|_| raise("ValueError", text()))?)
        }
    };
    let unit = text(call, 3)?;
    let bar = Arc::new(Bar::begin(call.interp, label, total, unit));
    Ok(Dynamic::from(Progress { bar, items }))
}

fn text(call: &mut Call<'_>, index: usize) -> Result<Option<String>, Failure> {
    let Some(value) = call.given(index) else {
        return Ok(None);
    };
    let text = as_string(&value).map(|text| text.to_string());
    text.map(Some)
        .ok_or_else(|| call.mismatch(index, "a string", &value))
}

/// The items of a loop. One counts as done when the next is asked for.
struct Counted {
    bar: Arc<Bar>,
    items: Items,
    begun: bool,
}

impl Iterator for Counted {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        if std::mem::replace(&mut self.begun, true) {
            self.bar.advance(1);
        }
        let next = self.items.next();
        if !matches!(next, Some(Ok(_))) {
            self.bar.finish();
        }
        next
    }
}

impl Drop for Counted {
    /// A `break` ends the loop too.
    fn drop(&mut self) {
        self.bar.finish();
    }
}
