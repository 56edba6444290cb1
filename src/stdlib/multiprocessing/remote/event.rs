//! `Event` on a server.

use std::sync::Arc;

use rhai::Dynamic;

use super::arguments::place;
use super::handle::Handle;
use super::parts::EVENT;
use crate::remote::event::{event_terms, is_event_set, set_event, wait_for_event};
use crate::remote::place::Place;
use crate::script::{Call, Failure, Interp, Outcome, Registry};
use crate::sync::Deadline;

/// An event on a server as one process holds it.
#[derive(Debug, Clone)]
pub(crate) struct Event(Handle);

/// Returns the event that the arguments describe, whose `url` is argument `at`; `None` if it is one of this machine.
///
/// # Errors
/// Wrong arguments; the server cannot be reached or used, or the object there is another one.
pub(in crate::stdlib::multiprocessing) fn construct(
    call: &mut Call<'_>,
    at: usize,
) -> Result<Option<Dynamic>, Failure> {
    let Some(place) = place(call, at)? else {
        return Ok(None);
    };
    Ok(Some(Dynamic::from(Event::open(call.interp, place)?)))
}

impl Event {
    /// Opens an event.
    ///
    /// # Errors
    /// The server cannot be reached or used, or the object there is another one.
    pub(crate) fn open(interp: &Arc<Interp>, place: Place) -> Result<Self, Failure> {
        let event = Self(Handle::new(interp, place, event_terms()));
        event.0.open()?;
        Ok(event)
    }

    /// Sets or clears it.
    pub(crate) fn put(&self, on: bool) -> Result<(), Failure> {
        self.0
            .using(Deadline::NOW, |visit, caller| set_event(visit, on, caller))
    }

    pub(crate) fn is_set(&self) -> Result<bool, Failure> {
        self.0
            .using(Deadline::NOW, |visit, caller| is_event_set(visit, caller))
    }

    /// Waits until it is set. Returns false when the time ran out.
    pub(crate) fn wait(&self, deadline: Deadline) -> Result<bool, Failure> {
        self.0.using(deadline, |visit, caller| {
            wait_for_event(visit, deadline, caller)
        })
    }

    pub(crate) fn repr(&self, class: &str) -> String {
        self.0.repr(class)
    }
}

pub(in crate::stdlib::multiprocessing) fn register(registry: &mut Registry) {
    registry
        .class::<Event>("Event")
        .by_parts(
            EVENT,
            |_, event: &Event| event.0.parts(Vec::new()),
            |interp, plain| {
                let (place, _) = Handle::read(plain)?;
                Ok(Event(Handle::new(interp, place, event_terms())))
            },
        )
        .method("set", &[], |call| put(call, true))
        .method("clear", &[], |call| put(call, false))
        .method("is_set", &[], is_set)
        .unlisted("isSet", &[], is_set)
        .method("wait", &["timeout?"], |call| {
            let event: Event = call.this();
            let deadline = call.timeout(0)?.map_or(Deadline::NEVER, Deadline::after);
            Ok(event.wait(deadline)?.into())
        })
        .repr(|call| Ok(call.this::<Event>().repr("Event").into()));
}

fn put(call: &mut Call<'_>, on: bool) -> Outcome {
    call.this::<Event>().put(on)?;
    Ok(Dynamic::UNIT)
}

fn is_set(call: &mut Call<'_>) -> Outcome {
    Ok(call.this::<Event>().is_set()?.into())
}
