//! `Event`: a flag to wait for. All that wait when it is set continue, even if it is cleared at once.

use rhai::Dynamic;

use super::hold::waited;
use super::patience::wait_deadline;
use crate::script::{Call, Dialect, Failure, Interp, Outcome, Registry, session_failure};
use crate::sync;
use crate::wire::kind;

/// A flag shared between processes and threads.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub shared: sync::Event,
    pub dialect: Dialect,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Event>("Event")
        .by_place(
            &Dialect::marks(kind::EVENT),
            |this: &Event| Some((this.dialect.mark(kind::EVENT), this.shared.handle().place())),
            |session, number, place| {
                Ok(Dynamic::from(Event {
                    shared: sync::Event::open(session, place)?,
                    dialect: Dialect::of(number),
                }))
            },
        )
        .method("set", &[], |call| {
            call.this::<Event>().shared.set().map_err(session_failure)?;
            Ok(Dynamic::UNIT)
        })
        .method("clear", &[], |call| {
            call.this::<Event>().shared.clear();
            Ok(Dynamic::UNIT)
        })
        .method("is_set", &[], |call| {
            Ok(call.this::<Event>().shared.is_set().into())
        })
        .unlisted("isSet", &[], |call| {
            Ok(call.this::<Event>().shared.is_set().into())
        })
        .method("wait", &["timeout?"], |call| {
            let event: Event = call.this();
            let deadline = wait_deadline(call, 0, event.dialect)?;
            Ok(waited(call.interp, event.shared.wait(deadline))?.into())
        })
        .repr(repr);
}

/// `Event()`, which follows the rules of a module.
pub(crate) fn create(call: &mut Call<'_>, dialect: Dialect) -> Outcome {
    Event::new(call.interp, dialect).map(Dynamic::from)
}

impl Event {
    /// Creates a new event, not set.
    pub(crate) fn new(interp: &Interp, dialect: Dialect) -> Result<Self, Failure> {
        let shared = sync::Event::create(&interp.session()?).map_err(session_failure)?;
        Ok(Self { shared, dialect })
    }
}

/// Python's representation.
fn repr(call: &mut Call<'_>) -> Outcome {
    let Event { shared, dialect } = call.this();
    let state = if shared.is_set() { "set" } else { "unset" };
    let place = shared.handle().offset();
    Ok(match dialect {
        Dialect::Multiprocessing => format!("<Event at {place} {state}>"),
        Dialect::Threading => format!("<threading.Event at {place}: {state}>"),
    }
    .into())
}
