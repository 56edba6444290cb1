//! `Process` objects on the way to other processes.

use rhai::{Array, Dynamic, Map};
use serde::{Deserialize, Serialize};

use super::identity::Identity;
use super::process::{Process, Stage};
use crate::script::codecs::{optional, record_and_value, with_record};
use crate::script::{Interp, Registry};
use crate::sync::ProcessHandle;
use crate::wire::{Unsendable, kind};

/// A Process as another process knows it.
#[derive(Serialize, Deserialize)]
struct Known {
    identity: Identity,
    pid: Option<i32>,
    creator: i32,
}

/// Registers the handle inside the parts of a Process: whoever gets them may terminate it.
pub(super) fn register(registry: &mut Registry) {
    registry.codecs().by_place(
        &[kind::PROCESS],
        |handle: &ProcessHandle| Some((kind::PROCESS, handle.handle().place())),
        |session, _, place| ProcessHandle::open(session, place).map(Dynamic::from),
    );
}

/// Returns what another process gets of a Process: a record of its name and numbers, what the script has set on it, and its handle.
///
/// # Errors
/// The record is too long, or there is no memory for the handle.
pub(super) fn parts_of(interp: &Interp, process: &Process) -> Result<Dynamic, Unsendable> {
    let session = interp.existing_session();
    let handle = session.map(|session| process.handle(&session)).transpose();
    let handle = handle.map_err(|error| Unsendable::Here(error.to_string()))?;
    let handle = handle.flatten().map_or(Dynamic::UNIT, Dynamic::from);
    let (known, attributes) = process.with(|state| {
        let known = Known {
            identity: state.identity.clone(),
            pid: state.stage.pid(),
            creator: state.creator,
        };
        (known, state.attributes.clone())
    });
    // Functions are left out, and a process may be its own attribute.
    let sent = attributes
        .into_iter()
        .filter(|(_, value)| !value.is_fnptr() && !value.is::<Process>());
    let values: Array = vec![sent.collect::<Map>().into(), handle];
    with_record(&known, values.into())
}

/// Returns the Process made of these parts.
///
/// # Errors
/// They are not those of a Process.
pub(crate) fn of_parts(parts: Dynamic) -> Result<Process, String> {
    let (known, values) = record_and_value::<Known>(parts)?;
    let values = values.into_array().ok();
    let values = values.and_then(|values| <[Dynamic; 2]>::try_from(values).ok());
    let [attributes, handle] = values.ok_or("its parts are missing")?;
    // Signals to other numbers than these are for whole groups.
    if known.creator <= 0 || known.pid.is_some_and(|pid| pid <= 0) {
        return Err("no process has such a number".into());
    }
    let attributes = attributes.try_cast::<Map>();
    let attributes = attributes.ok_or("its attributes are not a map")?;
    let handle = optional::<ProcessHandle>(handle)?;
    let process = Process::new(known.identity, None, Array::new());
    process.with(|state| {
        state.attributes = attributes;
        state.creator = known.creator;
        state.handle = handle;
        state.stage = known
            .pid
            .map_or(Stage::Initial, |pid| Stage::Elsewhere { pid });
    });
    Ok(process)
}
