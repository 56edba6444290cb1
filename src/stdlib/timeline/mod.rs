//! `timeline`: what a script adds to the recording of `procscript run --timeline`; without that, nothing happens.

mod span;

use rhai::Dynamic;

use crate::script::{Call, Outcome, Registry};
use crate::trace;

/// The value of the global constant `timeline`.
#[derive(Debug, Clone)]
struct Timeline;

pub(super) fn register(registry: &mut Registry) {
    registry
        .namespace("timeline", Timeline)
        .function("span", &["#", "name"], span::construct)
        .function("mark", &["#", "name"], mark)
        .function("is_recording", &[], |_| Ok(trace::is_on().into()));
    span::register(registry);
}

/// `mark(name)`: a moment.
fn mark(call: &mut Call<'_>) -> Outcome {
    let name = call.string(0)?;
    if trace::is_on() {
        trace::mark(&name, site(call));
    }
    Ok(Dynamic::UNIT)
}

/// Returns the line of the call. The lines are counted by the session.
fn site(call: &Call<'_>) -> u32 {
    let session = call.interp.session();
    session.map_or(0, |session| session.traced_site())
}
