//! `timeline.span(name)`: a part of the script that the timeline shows, entered and left by `with`.

use std::sync::{Arc, Mutex};

use rhai::{Dynamic, ImmutableString};

use super::site;
use crate::script::{Call, Outcome, Registry};
use crate::sys::lock::locked;
use crate::text::quoted;
use crate::trace::{self, Begun};

/// A named part of the script. It may be entered several times, also inside itself.
#[derive(Debug, Clone)]
struct Span {
    name: ImmutableString,
    /// Those that were entered and not left.
    begun: Arc<Mutex<Vec<Begun>>>,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Span>("timeline.Span")
        .by_address(|span: &Span| Arc::as_ptr(&span.begun).addr())
        .withhold(|_: &Span| Some("a span belongs to the process that has made it"))
        .getter("name", |call| Ok(call.this::<Span>().name.into()))
        .context(enter, leave)
        .repr(|call| Ok(format!("<span {}>", quoted(&call.this::<Span>().name)).into()));
}

/// `span(name)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    Ok(Dynamic::from(Span {
        name: call.string(0)?,
        begun: Arc::default(),
    }))
}

fn enter(call: &mut Call<'_>) -> Outcome {
    if trace::is_on() {
        let span: Span = call.this();
        let begun = trace::span(&span.name, site(call));
        locked(&span.begun).push(begun);
    }
    Ok(call.receiver().clone())
}

fn leave(call: &mut Call<'_>) -> Outcome {
    let begun = locked(&call.this::<Span>().begun).pop();
    trace::end_of(begun.unwrap_or_default());
    Ok(Dynamic::UNIT)
}
